"""who staff are at an identity provider"""

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff_user', sa.Column('identity', sa.String(length=64), nullable=True))
    op.add_column('staff_user', sa.Column('by_groups', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f('ix_staff_user_identity'), 'staff_user', ['identity'], unique=True)
    op.add_column(
        'staff_session', sa.Column('by_provider', sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column('staff_session', 'by_provider')
    op.drop_index(op.f('ix_staff_user_identity'), 'staff_user')
    op.drop_column('staff_user', 'by_groups')
    op.drop_column('staff_user', 'identity')
