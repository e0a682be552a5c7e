"""when a picture came in, and whether it went out"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of what is there already nobody knows what letters named it: all of it stays. Without batches, as items hang on it.
    op.add_column('image', sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False, server_default='2026-11-27 00:00:00'))
    op.add_column('image', sa.Column('sent', sa.Boolean(), nullable=False, server_default=sa.true()))
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('image', 'stored_at', server_default=None)
        op.alter_column('image', 'sent', server_default=None)


def downgrade() -> None:
    op.drop_column('image', 'sent')
    op.drop_column('image', 'stored_at')
