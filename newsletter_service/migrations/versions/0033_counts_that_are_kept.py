"""counts that are kept: the statement of editions that are sent, and readers by what they chose"""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('edition', sa.Column('numbers', sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        'reader_kind',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claims', sa.JSON(), nullable=False),
        sa.Column('topics', sa.JSON(), nullable=False),
        sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('readers', sa.Integer(), nullable=False),
        sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reader_kind')),
    )


def downgrade() -> None:
    op.drop_table('reader_kind')
    op.drop_column('edition', 'numbers')
