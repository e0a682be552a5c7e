"""senders that show they are alive, domains at rest, doubts, corrections"""

import sqlalchemy as sa
from alembic import op

from newsletter_service.migrations.numbers import go_on_counting_from, last_number

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

DUE = "settled_at IS NULL AND state <> 'claimed'"
DOUBTFUL = "doubts > 0"
DOMAIN_OF_ADDRESS = {
    'sqlite': "substr(address, instr(address, '@') + 1)",
    'postgresql': "split_part(address, '@', 2)",
}


def upgrade() -> None:
    op.create_table('sender',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('host', sa.String(length=100), nullable=False),
    sa.Column('process_id', sa.Integer(), nullable=False),
    sa.Column('beats', sa.Integer(), nullable=False),
    sa.Column('pace', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sender'))
    )
    op.create_table('domain_rest',
    sa.Column('domain', sa.String(length=255), nullable=False),
    sa.Column('strikes', sa.Integer(), nullable=False),
    sa.Column('rests_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reply', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('domain', name=op.f('pk_domain_rest'))
    )
    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('mailing_id', sa.Integer(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=150), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('readers', sa.Integer(), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_correction_edition_id_edition')),
    sa.ForeignKeyConstraint(['mailing_id'], ['mailing.id'], name=op.f('fk_correction_mailing_id_mailing')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_correction_user_id_staff_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
    sa.UniqueConstraint('mailing_id', name=op.f('uq_correction_mailing_id'))
    )
    op.create_index(op.f('ix_correction_edition_id'), 'correction', ['edition_id'])

    # Rows under way while the software was replaced: those that were handed over are doubtful, the others ready.
    op.execute("UPDATE delivery SET state = 'uncertain' WHERE state = 'claimed' AND handed_at IS NOT NULL")
    op.execute("UPDATE delivery SET state = 'ready' WHERE state = 'claimed'")
    number = last_number()
    with op.batch_alter_table('delivery', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.add_column(sa.Column('domain', sa.String(length=255), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('doubts', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('cancel_asked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_column('lease_until')
        batch_op.alter_column('lease_holder', existing_type=sa.String(length=40), type_=sa.String(length=32))
        batch_op.drop_index('ix_delivery_open')
        batch_op.drop_index('ix_delivery_mailing_id_state')
        batch_op.create_index('ix_delivery_state_mailing_id', ['state', 'mailing_id'])
        batch_op.drop_column('priority')
        batch_op.drop_index('ix_delivery_reader_id')
        batch_op.drop_constraint('uq_delivery_mailing_id_reader_id', type_='unique')
        batch_op.create_unique_constraint(op.f('uq_delivery_reader_id_mailing_id'), ['reader_id', 'mailing_id'])
    op.execute("UPDATE delivery SET lease_holder = NULL")
    op.execute(f"UPDATE delivery SET domain = {DOMAIN_OF_ADDRESS[op.get_bind().dialect.name]}")
    with op.batch_alter_table('delivery', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.alter_column('domain', server_default=None)
        batch_op.alter_column('doubts', server_default=None)
    op.create_index('ix_delivery_due', 'delivery', ['mailing_id', 'next_attempt_at', 'id'],
                    sqlite_where=sa.text(DUE), postgresql_where=sa.text(DUE))
    op.create_index('ix_delivery_doubtful', 'delivery', ['state', 'mailing_id'],
                    sqlite_where=sa.text(DOUBTFUL), postgresql_where=sa.text(DOUBTFUL))
    go_on_counting_from(number)


def downgrade() -> None:
    number = last_number()
    op.drop_index('ix_delivery_doubtful', 'delivery')
    op.drop_index('ix_delivery_due', 'delivery')
    op.execute("UPDATE delivery SET state = 'uncertain' WHERE state = 'claimed' AND handed_at IS NOT NULL")
    op.execute("UPDATE delivery SET state = 'ready' WHERE state = 'claimed'")
    with op.batch_alter_table('delivery', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_constraint(op.f('uq_delivery_reader_id_mailing_id'), type_='unique')
        batch_op.create_unique_constraint('uq_delivery_mailing_id_reader_id', ['mailing_id', 'reader_id'])
        batch_op.create_index('ix_delivery_reader_id', ['reader_id'])
        batch_op.add_column(sa.Column('priority', sa.Integer(), nullable=False, server_default='5'))
        batch_op.drop_index('ix_delivery_state_mailing_id')
        batch_op.create_index('ix_delivery_mailing_id_state', ['mailing_id', 'state'])
        batch_op.create_index('ix_delivery_open', ['state', 'priority', 'next_attempt_at', 'id'])
        batch_op.alter_column('lease_holder', existing_type=sa.String(length=32), type_=sa.String(length=40))
        batch_op.add_column(sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_column('cancel_asked_at')
        batch_op.drop_column('doubts')
        batch_op.drop_column('domain')
    go_on_counting_from(number)
    op.drop_index(op.f('ix_correction_edition_id'), 'correction')
    op.drop_table('correction')
    op.drop_table('domain_rest')
    op.drop_table('sender')
