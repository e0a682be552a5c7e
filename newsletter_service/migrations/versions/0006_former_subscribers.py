"""addresses that a list named as having left, as keyed hashes"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'former_subscriber',
        sa.Column('address_hmac', sa.String(length=64), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('address_hmac', name=op.f('pk_former_subscriber')),
    )


def downgrade() -> None:
    op.drop_table('former_subscriber')
