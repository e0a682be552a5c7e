"""what items said before"""

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'item_version',
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('image_id', sa.Integer(), nullable=True),
        sa.Column('restored', sa.Integer(), nullable=True),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('saved_by_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['image_id'], ['image.id'], name=op.f('fk_item_version_image_id_image')),
        sa.ForeignKeyConstraint(
            ['item_id'], ['item.id'], name=op.f('fk_item_version_item_id_item'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['saved_by_id'], ['staff_user.id'], name=op.f('fk_item_version_saved_by_id_staff_user')
        ),
        sa.PrimaryKeyConstraint('item_id', 'number', name=op.f('pk_item_version')),
    )
    op.create_index(op.f('ix_item_version_image_id'), 'item_version', ['image_id'])


def downgrade() -> None:
    op.drop_table('item_version')
