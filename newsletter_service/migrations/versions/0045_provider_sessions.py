"""which session at the identity provider a session of staff belongs to"""

import sqlalchemy as sa
from alembic import op

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'staff_session', sa.Column('provider_session', sa.String(length=64), nullable=False, server_default='')
    )
    op.create_index(op.f('ix_staff_session_provider_session'), 'staff_session', ['provider_session'])


def downgrade() -> None:
    op.drop_index(op.f('ix_staff_session_provider_session'), 'staff_session')
    op.drop_column('staff_session', 'provider_session')
