"""what came back of letters"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bounce',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('subscriber_id', sa.Integer(), nullable=True),
    sa.Column('verdict', sa.String(length=12), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('source', sa.String(length=8), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('headers', sa.Text(), nullable=False),
    sa.CheckConstraint("verdict IN ('hard', 'soft', 'policy', 'complaint', 'unsubscribe')", name=op.f('ck_bounce_verdict')),
    sa.ForeignKeyConstraint(['subscriber_id'], ['subscriber.id'], name=op.f('fk_bounce_subscriber_id_subscriber'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bounce')),
    sa.UniqueConstraint('delivery_id', 'verdict', name=op.f('uq_bounce_delivery_id_verdict'))
    )
    op.create_index(op.f('ix_bounce_subscriber_id'), 'bounce', ['subscriber_id'])
    op.create_index(op.f('ix_bounce_verdict_at'), 'bounce', ['verdict', 'at'])


def downgrade() -> None:
    op.drop_table('bounce')
