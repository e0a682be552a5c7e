"""accounts that are invited, closed and looked after: last sign-in, links, muted notices, who asked for a password"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff_user', sa.Column('last_sign_in_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('staff_user', sa.Column('link_key', sa.String(length=12), nullable=True))
    op.add_column('staff_user', sa.Column('muted', sa.JSON(), nullable=False, server_default='[]'))
    op.create_index(op.f('ix_staff_user_link_key'), 'staff_user', ['link_key'], unique=True)
    op.execute(
        "UPDATE staff_user SET last_sign_in_at = (SELECT max(at) FROM audit_entry"
        " WHERE actor_id = staff_user.id AND action = 'account.sign_in')"
    )
    op.add_column('staff_session', sa.Column('browser', sa.String(length=60), nullable=False, server_default=''))
    op.create_table(
        'password_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('email', sa.String(length=255), nullable=False),
        sa.Column('within_budget', sa.Boolean(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_password_request')),
    )


def downgrade() -> None:
    op.drop_table('password_request')
    op.drop_column('staff_session', 'browser')
    op.drop_index(op.f('ix_staff_user_link_key'), 'staff_user')
    op.drop_column('staff_user', 'muted')
    op.drop_column('staff_user', 'link_key')
    op.drop_column('staff_user', 'last_sign_in_at')
