"""one table for all addresses that are kept off something, hashes of addresses on their rows, fingerprints of keys"""

import hmac

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError
from flask import current_app

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

AT_ONCE = 10_000
MADE_WITH_SECRET_KEY = ('staff_user', 'suppression', 'former_subscriber')
OTHER_KEY = (
    'This database has hashes that were made with SECRET_KEY, of before there was a suppression key, and the one given '
    'here is another. Take SUPPRESSION_KEY (or the file suppression_key in the instance folder) away for the upgrade, '
    'which then goes on with SECRET_KEY; or give as SUPPRESSION_KEY the SECRET_KEY that has been in use.'
)


def upgrade() -> None:
    key = _suppression_key()
    # Not in batches: making `subscriber` anew on SQLite would take along what hangs on its rows.
    op.add_column('subscriber', sa.Column('address_hmac', sa.String(length=64), nullable=False, server_default=''))
    _hash_addresses(key)
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('subscriber', 'address_hmac', server_default=None)
    with op.batch_alter_table('suppression') as batch_op:
        batch_op.add_column(sa.Column('scope', sa.String(length=10), nullable=False, server_default='all_mail'))
        batch_op.create_check_constraint(op.f('ck_suppression_scope'), "scope IN ('all_mail', 'imports')")
    op.execute("""
        INSERT INTO suppression (address_hmac, scope, reason, at)
        SELECT address_hmac, 'imports', 'left', at FROM former_subscriber
        WHERE address_hmac NOT IN (SELECT address_hmac FROM suppression)
    """)
    op.drop_table('former_subscriber')
    table = op.create_table(
        'key_fingerprint',
        sa.Column('name', sa.String(length=12), nullable=False),
        sa.Column('first_delivery_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('fingerprint', sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint('name', 'first_delivery_id', name=op.f('pk_key_fingerprint')),
    )
    fingerprint = hmac.digest(key.encode(), b'suppression key', 'sha256').hex()[:16]
    op.bulk_insert(table, [{'name': 'suppression', 'first_delivery_id': 0, 'fingerprint': fingerprint}])


def downgrade() -> None:
    """For a service whose suppression key was its SECRET_KEY: the version before knows no other."""
    op.drop_table('key_fingerprint')
    op.create_table(
        'former_subscriber',
        sa.Column('address_hmac', sa.String(length=64), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('address_hmac', name=op.f('pk_former_subscriber')),
    )
    op.execute("INSERT INTO former_subscriber SELECT address_hmac, at FROM suppression WHERE scope = 'imports'")
    op.execute("DELETE FROM suppression WHERE scope = 'imports'")
    with op.batch_alter_table('suppression') as batch_op:
        batch_op.drop_constraint(op.f('ck_suppression_scope'), type_='check')
        batch_op.drop_column('scope')
    op.drop_column('subscriber', 'address_hmac')


def _suppression_key() -> str:
    wired = current_app.extensions['newsletter']
    bind = op.get_bind()
    hashed = any(bind.scalar(sa.text(f'SELECT 1 FROM {table} LIMIT 1')) for table in MADE_WITH_SECRET_KEY)
    if hashed and wired.suppression_key != wired.keys.oldest:
        raise CommandError(OTHER_KEY)
    return wired.suppression_key


def _hash_addresses(key: str) -> None:
    bind, last = op.get_bind(), 0
    some = sa.text('SELECT id, address FROM subscriber WHERE id > :last ORDER BY id LIMIT :limit')
    while rows := bind.execute(some, {'last': last, 'limit': AT_ONCE}).all():
        hashes = [{'id': row.id, 'hash': _hash(key, row.address)} for row in rows]
        bind.execute(sa.text('UPDATE subscriber SET address_hmac = :hash WHERE id = :id'), hashes)
        last = rows[-1].id


def _hash(key: str, address: str) -> str:
    return hmac.digest(key.encode(), b'suppression:' + address.casefold().encode(), 'sha256').hex()
