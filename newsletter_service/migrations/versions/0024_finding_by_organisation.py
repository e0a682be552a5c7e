"""readers are also found by their organisation, and by indexes that hold all that a search looks at"""

import sqlalchemy as sa
from alembic import op

from newsletter_service.subscriptions.rules import searched

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

AT_ONCE = 1000
LOOKED_AT = ['search', 'id', 'status', 'language']


def upgrade() -> None:
    _fill('organisation')
    op.drop_index(op.f('ix_subscriber_search'), 'subscriber')
    op.drop_index(op.f('ix_subscriber_domain'), 'subscriber')
    op.create_index(op.f('ix_subscriber_search_id_status_language'), 'subscriber', LOOKED_AT)
    op.create_index(op.f('ix_subscriber_domain_search'), 'subscriber', ['domain', 'search'])
    op.create_index(op.f('ix_subscriber_address_hmac'), 'subscriber', ['address_hmac'])


def _fill(organisation: str) -> None:
    """Rewrites what those are searched by who said where they work."""
    bind, last = op.get_bind(), 0
    some = sa.text(f"""
        SELECT id, name, {organisation} AS organisation, address FROM subscriber
        WHERE id > :last AND organisation <> '' ORDER BY id LIMIT :number
    """)
    change = sa.text('UPDATE subscriber SET search = :search WHERE id = :id')
    while rows := bind.execute(some, {'last': last, 'number': AT_ONCE}).all():
        found = [{'id': row.id, 'search': searched(row.name, row.organisation, row.address)} for row in rows]
        bind.execute(change, found)
        last = rows[-1].id


def downgrade() -> None:
    op.drop_index(op.f('ix_subscriber_address_hmac'), 'subscriber')
    op.drop_index(op.f('ix_subscriber_domain_search'), 'subscriber')
    op.drop_index(op.f('ix_subscriber_search_id_status_language'), 'subscriber')
    op.create_index(op.f('ix_subscriber_domain'), 'subscriber', ['domain'])
    op.create_index(op.f('ix_subscriber_search'), 'subscriber', ['search'])
    _fill("''")
