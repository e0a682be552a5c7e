"""which organisations got a place more than others"""

import sqlalchemy as sa
from alembic import op

revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('edition', sa.Column('ahead', sa.JSON(), nullable=False, server_default='[]'))


def downgrade() -> None:
    op.drop_column('edition', 'ahead')
