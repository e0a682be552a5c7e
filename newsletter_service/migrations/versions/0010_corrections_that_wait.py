"""corrections that wait for the heads, about one item, threaded under their edition"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('correction_sign_off',
    sa.Column('correction_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['correction_id'], ['correction.id'], name=op.f('fk_correction_sign_off_correction_id_correction'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_correction_sign_off_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_correction_sign_off_user_id_staff_user')),
    sa.PrimaryKeyConstraint('correction_id', 'organisation_id', name=op.f('pk_correction_sign_off'))
    )
    op.create_table('letter_item',
    sa.Column('letter_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_letter_item_item_id_item')),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_letter_item_letter_id_letter'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('letter_id', 'item_id', name=op.f('pk_letter_item'))
    )
    with op.batch_alter_table('correction') as batch_op:
        batch_op.add_column(sa.Column('item_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('held_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('hold_reason', sa.String(length=20), nullable=False, server_default=''))
        batch_op.create_foreign_key(op.f('fk_correction_item_id_item'), 'item', ['item_id'], ['id'])
        batch_op.create_foreign_key(op.f('fk_correction_held_by_id_staff_user'), 'staff_user', ['held_by_id'], ['id'])
    with op.batch_alter_table('correction') as batch_op:
        batch_op.alter_column('hold_reason', server_default=None)
    with op.batch_alter_table('calendar') as batch_op:
        batch_op.add_column(sa.Column('correction_minutes', sa.Integer(), nullable=False, server_default='30'))
    with op.batch_alter_table('calendar') as batch_op:
        batch_op.alter_column('correction_minutes', server_default=None)
    # No batch: a table of a million rows is not to be written anew for a column that is empty.
    op.add_column('delivery', sa.Column('answers_id', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('delivery', 'answers_id')
    with op.batch_alter_table('calendar') as batch_op:
        batch_op.drop_column('correction_minutes')
    with op.batch_alter_table('correction') as batch_op:
        batch_op.drop_constraint(op.f('fk_correction_held_by_id_staff_user'), type_='foreignkey')
        batch_op.drop_constraint(op.f('fk_correction_item_id_item'), type_='foreignkey')
        for name in ('hold_reason', 'held_by_id', 'due_at', 'offered_at', 'item_id'):
            batch_op.drop_column(name)
    op.drop_table('letter_item')
    op.drop_table('correction_sign_off')
