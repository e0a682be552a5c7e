"""codes for the page that sets the newsletter up"""

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'setup_code',
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_setup_code')),
    )


def downgrade() -> None:
    op.drop_table('setup_code')
