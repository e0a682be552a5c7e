"""lists of readers that staff hand in"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

STATES = (
    'handed_in', 'looked_at', 'answered', 'checked', 'approved', 'taken_in', 'unreadable', 'stuck', 'thrown_away',
    'forgotten',
)


def upgrade() -> None:
    op.create_table(
        'subscriber_list',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('file_name', sa.String(length=150), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('handed_in_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.Enum(*STATES, native_enum=False, length=12), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('chosen', sa.JSON(), nullable=True),
        sa.Column('answers', sa.JSON(), nullable=True),
        sa.Column('outcome', sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(['by_id'], ['staff_user.id'], name=op.f('fk_subscriber_list_by_id_staff_user')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_subscriber_list')),
        sa.UniqueConstraint('key', name=op.f('uq_subscriber_list_key')),
    )
    op.create_index(op.f('ix_subscriber_list_handed_in_at'), 'subscriber_list', ['handed_in_at'])


def downgrade() -> None:
    op.drop_table('subscriber_list')
