"""budgets of forms, what forms ask for, and sign-ups of who left"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What guessers used is under keys that nobody asks for any more; a day later it would be forgotten anyway.
    op.drop_table('guess_budget')
    _create_uses('budget_use')
    op.create_table(
        'form_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('address', sa.String(length=320), nullable=False),
        sa.Column('read_in', sa.String(length=2), nullable=False),
        sa.Column('choices', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('shown', sa.String(length=128), nullable=False),
        sa.Column('within_budget', sa.Boolean(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_form_request')),
    )
    op.create_index(op.f('ix_form_request_address'), 'form_request', ['address'])
    op.create_table(
        'renewal',
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('link_key', sa.String(length=12), nullable=False),
        sa.Column('choices', sa.JSON(), nullable=False),
        sa.Column('wording_hash', sa.String(length=64), nullable=False),
        sa.Column('privacy_hash', sa.String(length=64), nullable=False),
        sa.Column('actor', sa.String(length=12), nullable=False),
        sa.Column('staff_id', sa.Integer(), nullable=True),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff_user.id'], name=op.f('fk_renewal_staff_id_staff_user')),
        sa.ForeignKeyConstraint(
            ['subscriber_id'],
            ['subscriber.id'],
            name=op.f('fk_renewal_subscriber_id_subscriber'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('subscriber_id', name=op.f('pk_renewal')),
    )
    op.create_index(op.f('ix_renewal_link_key'), 'renewal', ['link_key'], unique=True)
    op.add_column('letter', sa.Column('to_suppressed', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column('letter', 'to_suppressed')
    op.drop_table('renewal')
    op.drop_table('form_request')
    op.drop_table('budget_use')
    _create_uses('guess_budget')


def _create_uses(name: str) -> None:
    op.create_table(
        name,
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('used_until', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f(f'pk_{name}')),
    )
    op.create_index(op.f(f'ix_{name}_used_until'), name, ['used_until'])
