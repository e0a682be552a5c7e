"""how many items of an edition its readers get in full, and in which order"""

import sqlalchemy as sa
from alembic import op

revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None

ALL_IN_FULL = 1000
"""What was composed under the old limit, which counted the items of the edition, stays as it was."""


def upgrade() -> None:
    op.add_column('edition', sa.Column('item_limit', sa.Integer(), nullable=False, server_default='8'))
    op.add_column('placement', sa.Column('rank', sa.Integer(), nullable=False, server_default='0'))
    edition = sa.table('edition', sa.column('state'), sa.column('item_limit'))
    calendar = sa.table('calendar', sa.column('item_limit'))
    placement = sa.table('placement', sa.column('position'), sa.column('rank'))
    usual = sa.select(sa.func.coalesce(sa.func.max(calendar.c.item_limit), 8)).scalar_subquery()
    collecting = edition.c.state == 'collecting'
    op.execute(edition.update().where(collecting).values(item_limit=usual))
    op.execute(edition.update().where(sa.not_(collecting)).values(item_limit=ALL_IN_FULL))
    op.execute(placement.update().where(placement.c.position.is_not(None)).values(rank=placement.c.position))


def downgrade() -> None:
    op.drop_column('placement', 'rank')
    op.drop_column('edition', 'item_limit')
