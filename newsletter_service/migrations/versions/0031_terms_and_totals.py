"""how long things are kept, and letters of long ago as numbers"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

_TERMS = (
    'unconfirmed', 'notices', 'deliveries', 'bounce_headers', 'bounces', 'lists', 'list_reports', 'sessions', 'pictures', 'audit'
)  # fmt: skip
_STATES = ('ready', 'claimed', 'sent', 'deferred', 'failed', 'uncertain', 'cancelled')


def upgrade() -> None:
    op.create_table(
        'retention_term',
        sa.Column('name', sa.Enum(*_TERMS, name='term', native_enum=False, length=20), nullable=False),
        sa.Column('days', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_retention_term')),
    )
    op.create_table(
        'delivery_total',
        sa.Column('mailing_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.Enum(*_STATES, name='deliverystate', native_enum=False, length=10), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('repeated', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['mailing_id'], ['mailing.id'], name=op.f('fk_delivery_total_mailing_id_mailing')),
        sa.PrimaryKeyConstraint('mailing_id', 'state', name=op.f('pk_delivery_total')),
    )
    op.add_column('edition', sa.Column('excluded', sa.Integer(), server_default='0', nullable=False))
    op.create_index(op.f('ix_audit_entry_at'), 'audit_entry', ['at'])


def downgrade() -> None:
    op.drop_index(op.f('ix_audit_entry_at'), table_name='audit_entry')
    op.drop_column('edition', 'excluded')
    op.drop_table('delivery_total')
    op.drop_table('retention_term')
