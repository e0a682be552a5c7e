"""what heads say to each other about items that look alike, and what they agree to"""

import sqlalchemy as sa
from alembic import op

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None

WISHES = ('asked', 'later', 'apart', 'joint')


def upgrade() -> None:
    op.create_table(
        'conversation',
        sa.Column('first_id', sa.Integer(), nullable=False),
        sa.Column('second_id', sa.Integer(), nullable=False),
        sa.Column('wish', sa.Enum(*WISHES, name='wish', native_enum=False, length=10), nullable=False),
        sa.Column('words', sa.String(length=500), nullable=False),
        sa.Column('joint_id', sa.Integer(), nullable=True),
        *_agreeing(),
        sa.CheckConstraint('first_id < second_id', name=op.f('ck_conversation_ordered')),
        sa.CheckConstraint("(wish = 'joint') = (joint_id IS NOT NULL)", name=op.f('ck_conversation_joint')),
        *(_of_item('conversation', name) for name in ('first_id', 'second_id', 'joint_id')),
        _of_person('conversation'),
        sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_conversation')),
        sa.UniqueConstraint('joint_id', name=op.f('uq_conversation_joint_id')),
    )
    op.create_table(
        'joint_agreement',
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('told', sa.Boolean(), nullable=False),
        *_agreeing(),
        _of_item('joint_agreement', 'item_id'),
        _of_person('joint_agreement'),
        sa.PrimaryKeyConstraint('item_id', name=op.f('pk_joint_agreement')),
    )
    # What one head said until now counts, as it did.
    op.execute(
        'INSERT INTO conversation (first_id, second_id, wish, words, by_id, at, voices, settled_at) '
        "SELECT first_id, second_id, 'apart', '', decided_by_id, decided_at, '[]', decided_at FROM likeness_verdict"
    )
    op.drop_table('likeness_verdict')
    op.add_column('calendar', sa.Column('silence_hours', sa.Integer(), nullable=False, server_default='24'))


def downgrade() -> None:
    op.drop_column('calendar', 'silence_hours')
    op.create_table(
        'likeness_verdict',
        sa.Column('first_id', sa.Integer(), nullable=False),
        sa.Column('second_id', sa.Integer(), nullable=False),
        sa.Column('decided_by_id', sa.Integer(), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('first_id < second_id', name=op.f('ck_likeness_verdict_ordered')),
        *(_of_item('likeness_verdict', name) for name in ('first_id', 'second_id')),
        sa.ForeignKeyConstraint(
            ['decided_by_id'], ['staff_user.id'], name=op.f('fk_likeness_verdict_decided_by_id_staff_user')
        ),
        sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_likeness_verdict')),
    )
    op.execute(
        'INSERT INTO likeness_verdict SELECT first_id, second_id, by_id, settled_at FROM conversation '
        "WHERE wish = 'apart' AND settled_at IS NOT NULL"
    )
    op.drop_table('joint_agreement')
    op.drop_table('conversation')


def _agreeing() -> tuple[sa.Column, ...]:
    return (
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('voices', sa.JSON(), nullable=False),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    )


def _of_item(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f'fk_{table}_{column}_item')
    return sa.ForeignKeyConstraint([column], ['item.id'], name=name, ondelete='CASCADE')


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(['by_id'], ['staff_user.id'], name=op.f(f'fk_{table}_by_id_staff_user'))
