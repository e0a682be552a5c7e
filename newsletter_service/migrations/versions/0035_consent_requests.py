"""people of lists who are asked by mail"""

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'consent_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('address', sa.String(length=320), nullable=False),
        sa.Column('choices', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('known_from', sa.String(length=150), nullable=False),
        sa.Column('file_name', sa.String(length=200), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=True),
        sa.Column('list_id', sa.Integer(), nullable=True),
        sa.Column('brought_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['list_id'],
            ['subscriber_list.id'],
            name=op.f('fk_consent_request_list_id_subscriber_list'),
            ondelete='SET NULL',
        ),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff_user.id'], name=op.f('fk_consent_request_staff_id_staff_user')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_request')),
        sa.UniqueConstraint('address', name=op.f('uq_consent_request_address')),
    )
    op.create_index(op.f('ix_consent_request_list_id'), 'consent_request', ['list_id'])
    op.create_index(op.f('ix_consent_request_brought_at'), 'consent_request', ['brought_at'])
    op.create_index(op.f('ix_consent_request_at'), 'consent_request', ['at'])


def downgrade() -> None:
    op.drop_table('consent_request')
