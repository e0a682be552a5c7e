"""accounts that are invited, closed and looked after: last sign-in, links, muted notices, who asked for a password"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('staff_user') as batch_op:
        batch_op.add_column(sa.Column('last_sign_in_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('link_key', sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column('muted', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.create_unique_constraint(op.f('uq_staff_user_link_key'), ['link_key'])
    op.execute(
        "UPDATE staff_user SET last_sign_in_at = (SELECT max(at) FROM audit_entry"
        " WHERE actor_id = staff_user.id AND action = 'account.sign_in')"
    )
    with op.batch_alter_table('staff_user') as batch_op:
        batch_op.alter_column('muted', server_default=None)
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
    with op.batch_alter_table('staff_user') as batch_op:
        batch_op.drop_constraint(op.f('uq_staff_user_link_key'), type_='unique')
        batch_op.drop_column('muted')
        batch_op.drop_column('link_key')
        batch_op.drop_column('last_sign_in_at')
