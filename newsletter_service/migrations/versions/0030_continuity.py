"""what tells a database from its copies"""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Its one row is made by the first process that works with the database.
    op.create_table(
        'continuity',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('lines', sa.JSON(), nullable=False),
        sa.Column('place', sa.Text(), nullable=False),
        sa.Column('timeline', sa.Integer(), nullable=False),
        sa.Column('mark', sa.Integer(), nullable=False),
        sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('still_since', sa.DateTime(timezone=True), nullable=True),
        sa.Column('still_why', sa.String(length=10), nullable=True),
        sa.Column('known_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('worked_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('last_delivery_id', sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_continuity')),
    )


def downgrade() -> None:
    op.drop_table('continuity')
