"""links that seal a key of the reader's own instead of a number"""

from base64 import b64encode
from secrets import token_bytes

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

AT_ONCE = 10_000
# Old links go on working for who had the number all along, as far as the ledger knows.
FORMER_LINKS = """
    UPDATE subscriber SET former_link = CAST(id AS VARCHAR) || '-' || CAST(generation AS VARCHAR)
    WHERE NOT EXISTS (
        SELECT 1 FROM delivery WHERE reader_id = subscriber.id AND reader_generation = subscriber.generation
            AND delivery.address <> subscriber.address
    )
"""
# Rows of subscriptions that are over, and of proofs, get the key that nobody has.
KEYS_OF_DELIVERIES = """
    UPDATE delivery SET reader_key = coalesce(
        (
            SELECT link_key FROM subscriber WHERE id = delivery.reader_id
                AND generation = delivery.reader_generation AND address = delivery.address
        ),
        '000000000000'
    )
    WHERE reader_id IS NOT NULL AND reader_generation IS NOT NULL
"""


def upgrade() -> None:
    # Not in batches: making `subscriber` anew on SQLite would take along what hangs on its rows.
    op.add_column('subscriber', sa.Column('link_key', sa.String(length=12), nullable=False, server_default=''))
    op.add_column('subscriber', sa.Column('former_link', sa.String(length=40), nullable=True))
    op.add_column('delivery', sa.Column('reader_key', sa.String(length=12), nullable=True))
    _give_keys()
    op.execute(FORMER_LINKS)
    op.create_index(op.f('ix_subscriber_link_key'), 'subscriber', ['link_key'], unique=True)
    op.create_index(op.f('ix_subscriber_former_link'), 'subscriber', ['former_link'], unique=True)
    op.execute(KEYS_OF_DELIVERIES)
    op.drop_column('delivery', 'reader_generation')
    op.drop_column('subscriber', 'generation')
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('subscriber', 'link_key', server_default=None)


def downgrade() -> None:
    op.add_column('subscriber', sa.Column('generation', sa.Integer(), nullable=False, server_default='1'))
    op.add_column('delivery', sa.Column('reader_generation', sa.Integer(), nullable=True))
    op.execute("UPDATE delivery SET reader_generation = 1 WHERE reader_key IS NOT NULL")
    op.drop_column('delivery', 'reader_key')
    op.drop_index(op.f('ix_subscriber_former_link'), 'subscriber')
    op.drop_index(op.f('ix_subscriber_link_key'), 'subscriber')
    op.drop_column('subscriber', 'former_link')
    op.drop_column('subscriber', 'link_key')


def _give_keys() -> None:
    bind = op.get_bind()
    ids = list(bind.scalars(sa.text("SELECT id FROM subscriber ORDER BY id")))
    for first in range(0, len(ids), AT_ONCE):
        rows = [{'id': id_, 'key': _key()} for id_ in ids[first : first + AT_ONCE]]
        bind.execute(sa.text("UPDATE subscriber SET link_key = :key WHERE id = :id"), rows)


def _key() -> str:
    return b64encode(token_bytes(9), b'pS').decode('ascii')
