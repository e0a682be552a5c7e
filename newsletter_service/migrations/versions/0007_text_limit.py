"""how much of a text a letter shows"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

TABLES = ('calendar', 'edition')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('text_limit', sa.Integer(), server_default='900', nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, 'text_limit')
