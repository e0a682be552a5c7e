"""what staff search readers in, and the code with which mail came back"""

import sqlalchemy as sa
from alembic import op

from newsletter_service.subscriptions.rules import searched

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    op.add_column('suppression', sa.Column('status', sa.String(length=12), nullable=False, server_default=''))
    op.add_column('subscriber', sa.Column('search', sa.String(length=700), nullable=False, server_default=''))
    _fill()
    op.create_index(op.f('ix_subscriber_search'), 'subscriber', ['search'])


def _fill() -> None:
    bind, last = op.get_bind(), 0
    some = sa.text("SELECT id, name, address FROM subscriber WHERE id > :last ORDER BY id LIMIT :number")
    change = sa.text("UPDATE subscriber SET search = :search WHERE id = :id")
    while rows := bind.execute(some, {"last": last, "number": AT_ONCE}).all():
        bind.execute(change, [{"id": row.id, "search": searched(row.name, "", row.address)} for row in rows])
        last = rows[-1].id


def downgrade() -> None:
    op.drop_index(op.f('ix_subscriber_search'), table_name='subscriber')
    op.drop_column('subscriber', 'search')
    op.drop_column('suppression', 'status')
