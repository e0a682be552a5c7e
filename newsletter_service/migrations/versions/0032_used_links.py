"""what became of links that are used up"""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'used_link',
        sa.Column('link_key', sa.String(length=12), nullable=False),
        sa.Column('outcome', sa.String(length=12), nullable=False),
        sa.Column('read_in', sa.String(length=2), nullable=True),
        sa.Column('leads_to', sa.String(length=64), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('link_key', name=op.f('pk_used_link')),
    )
    op.create_index(op.f('ix_used_link_until'), 'used_link', ['until'])


def downgrade() -> None:
    op.drop_table('used_link')
