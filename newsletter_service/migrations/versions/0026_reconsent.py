"""readers who are asked again about a text that changed, and what silence means"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('document', sa.Column('ends_unanswered', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        'reconsent_request',
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('document_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_reconsent_request_document_id_document')),
        sa.ForeignKeyConstraint(
            ['subscriber_id'], ['subscriber.id'], name=op.f('fk_reconsent_request_subscriber_id_subscriber'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('subscriber_id', 'document_id', name=op.f('pk_reconsent_request')),
    )
    op.create_index(
        op.f('ix_reconsent_request_document_id_reminded_at_until'), 'reconsent_request', ['document_id', 'reminded_at', 'until']
    )


def downgrade() -> None:
    op.drop_table('reconsent_request')
    op.drop_column('document', 'ends_unanswered')
