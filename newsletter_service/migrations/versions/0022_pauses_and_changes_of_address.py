"""pauses, changes of address that wait for answers, and who was mailed the link that lifts a suppression"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column('subscriber', sa.Column('paused_until', moment, nullable=True))
    op.create_index(op.f('ix_subscriber_paused_until'), 'subscriber', ['paused_until'])
    op.add_column('suppression', sa.Column('asked_back_at', moment, nullable=True))
    op.add_column('suppression', sa.Column('link_key', sa.String(length=12), nullable=True))
    op.create_index(op.f('ix_suppression_link_key'), 'suppression', ['link_key'], unique=True)
    op.create_table(
        'address_change',
        sa.Column('subscriber_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('link_key', sa.String(length=12), nullable=False),
        sa.Column('new_address', sa.String(length=320), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=True),
        sa.Column('asked_at', moment, nullable=False),
        sa.Column('silence_counts_from', moment, nullable=True),
        sa.Column('new_agreed_at', moment, nullable=True),
        sa.Column('old_agreed_at', moment, nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff_user.id'], name=op.f('fk_address_change_staff_id_staff_user')),
        sa.ForeignKeyConstraint(
            ['subscriber_id'],
            ['subscriber.id'],
            name=op.f('fk_address_change_subscriber_id_subscriber'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('subscriber_id', name=op.f('pk_address_change')),
        sa.UniqueConstraint('link_key', name=op.f('uq_address_change_link_key')),
    )
    for column in ('asked_at', 'silence_counts_from'):
        op.create_index(op.f(f'ix_address_change_{column}'), 'address_change', [column])


def downgrade() -> None:
    op.drop_table('address_change')
    op.drop_index(op.f('ix_suppression_link_key'), table_name='suppression')
    op.drop_column('suppression', 'link_key')
    op.drop_column('suppression', 'asked_back_at')
    op.drop_index(op.f('ix_subscriber_paused_until'), table_name='subscriber')
    op.drop_column('subscriber', 'paused_until')
