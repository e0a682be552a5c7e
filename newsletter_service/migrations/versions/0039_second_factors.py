"""passkeys, codes of an app and recovery codes"""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff_user', sa.Column('totp_secret', sa.String(length=400), nullable=True))
    op.add_column('staff_user', sa.Column('totp_counter', sa.Integer(), nullable=True))
    op.create_table(
        'staff_passkey',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('credential_id', sa.LargeBinary(), nullable=False),
        sa.Column('public_key', sa.LargeBinary(), nullable=False),
        sa.Column('sign_count', sa.BigInteger(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['user_id'], ['staff_user.id'], name=op.f('fk_staff_passkey_user_id_staff_user'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_passkey')),
        sa.UniqueConstraint('credential_id', name=op.f('uq_staff_passkey_credential_id')),
    )
    op.create_index(op.f('ix_staff_passkey_user_id'), 'staff_passkey', ['user_id'])
    op.create_table(
        'staff_recovery_code',
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ['user_id'],
            ['staff_user.id'],
            name=op.f('fk_staff_recovery_code_user_id_staff_user'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('user_id', 'code_hash', name=op.f('pk_staff_recovery_code')),
    )


def downgrade() -> None:
    op.drop_table('staff_recovery_code')
    op.drop_table('staff_passkey')
    op.drop_column('staff_user', 'totp_counter')
    op.drop_column('staff_user', 'totp_secret')
