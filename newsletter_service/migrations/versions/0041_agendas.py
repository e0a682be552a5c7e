"""what the agendas of staff follow the calendar by"""

import sqlalchemy as sa
from alembic import op

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff_user', sa.Column('agenda_key', sa.String(length=12), nullable=True))
    op.create_index(op.f('ix_staff_user_agenda_key'), 'staff_user', ['agenda_key'], unique=True)


def downgrade() -> None:
    op.drop_index(op.f('ix_staff_user_agenda_key'), 'staff_user')
    op.drop_column('staff_user', 'agenda_key')
