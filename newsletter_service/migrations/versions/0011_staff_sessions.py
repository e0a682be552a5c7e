"""sessions of staff that can be ended, and budgets for wrong passwords"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('guess_budget',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('used_until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_guess_budget'))
    )
    op.create_index(op.f('ix_guess_budget_used_until'), 'guess_budget', ['used_until'])
    op.create_table('staff_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_staff_session_user_id_staff_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_session')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_staff_session_key_hash'))
    )
    op.create_index(op.f('ix_staff_session_started_at'), 'staff_session', ['started_at'])
    op.create_index(op.f('ix_staff_session_user_id'), 'staff_session', ['user_id'])
    op.create_index(op.f('ix_audit_entry_action_at'), 'audit_entry', ['action', 'at'])


def downgrade() -> None:
    op.drop_index(op.f('ix_audit_entry_action_at'), 'audit_entry')
    op.drop_table('staff_session')
    op.drop_table('guess_budget')
