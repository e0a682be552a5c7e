"""periods in which fewer people read"""

import sqlalchemy as sa
from alembic import op

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'recess',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.CheckConstraint('first_day <= last_day', name=op.f('ck_recess_days_in_order')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recess')),
    )


def downgrade() -> None:
    op.drop_table('recess')
