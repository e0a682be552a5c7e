"""acts that need a second person, and requests for one"""

import sqlalchemy as sa
from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

ACTS = ('import', 'export', 'erase', 'domains')
STATES = ('open', 'accepted', 'declined', 'withdrawn', 'used')


def upgrade() -> None:
    op.create_table(
        'four_eyes',
        sa.Column('act', sa.Enum(*ACTS, name='act', native_enum=False, length=20), nullable=False),
        sa.Column('needed', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('act', name=op.f('pk_four_eyes')),
    )
    op.create_table(
        'act_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('act', sa.Enum(*ACTS, name='act', native_enum=False, length=20), nullable=False),
        sa.Column('what', sa.JSON(), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.Column('state', sa.Enum(*STATES, name='requeststate', native_enum=False, length=12), nullable=False),
        sa.Column('asked_by_id', sa.Integer(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['asked_by_id'], ['staff_user.id'], name=op.f('fk_act_request_asked_by_id_staff_user')),
        sa.ForeignKeyConstraint(
            ['decided_by_id'], ['staff_user.id'], name=op.f('fk_act_request_decided_by_id_staff_user')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_act_request')),
    )
    op.create_index(op.f('ix_act_request_state'), 'act_request', ['state'])


def downgrade() -> None:
    op.drop_table('act_request')
    op.drop_table('four_eyes')
