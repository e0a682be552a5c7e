"""how each claim to a segment was checked, until when that holds, and what readers say of their organisation"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

IN_A_YEAR = {'sqlite': "datetime('now', '+365 days')", 'postgresql': "now() + interval '365 days'"}
LISTED = """
    FROM segment_domain JOIN subscriber ON subscriber.id = membership.subscriber_id
    WHERE segment_domain.segment_id = membership.segment_id AND subscriber.status <> 'pending'
    AND (subscriber.domain = segment_domain.domain OR subscriber.domain LIKE '%.' || segment_domain.domain)
"""


def upgrade() -> None:
    # Not in batches: making `subscriber` or `newsletter` anew on SQLite would take along what hangs on its rows.
    op.add_column('subscriber', sa.Column('organisation', sa.String(length=120), nullable=False, server_default=''))
    op.create_index(op.f('ix_subscriber_domain'), 'subscriber', ['domain'])
    op.add_column('newsletter', sa.Column('verification_days', sa.Integer(), nullable=False, server_default='365'))
    with op.batch_alter_table('segment_domain') as batch_op:
        batch_op.add_column(sa.Column('subdomains', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute('UPDATE segment_domain SET domain = lower(domain)')
    _take_over_claims()
    _take_over_dormant()
    _verify_by_domain()


def _take_over_claims() -> None:
    op.execute('CREATE TABLE former AS SELECT * FROM membership')
    op.drop_table('membership')
    _create('membership', sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False))
    op.create_index(
        op.f('ix_membership_state_claimed_at_subscriber_id_segment_id'),
        'membership',
        ['state', 'claimed_at', 'subscriber_id', 'segment_id'],
    )
    op.create_index(op.f('ix_membership_state_until'), 'membership', ['state', 'until'])
    op.execute(f"""
        INSERT INTO membership
            (subscriber_id, segment_id, claimed_at, state, decided_at, decided_by_id, evidence, until)
        SELECT former.subscriber_id, former.segment_id, subscriber.asked_at,
            CASE WHEN approved_at IS NULL THEN 'waiting' ELSE 'verified' END, approved_at, approved_by_id,
            CASE WHEN approved_at IS NULL THEN NULL ELSE 'person' END,
            CASE WHEN approved_at IS NULL THEN NULL ELSE {_in_a_year()} END
        FROM former JOIN subscriber ON subscriber.id = former.subscriber_id
    """)
    op.drop_table('former')


def _take_over_dormant() -> None:
    _create('dormant_check')
    op.execute(f"""
        INSERT INTO dormant_check (subscriber_id, segment_id, state, decided_at, decided_by_id, evidence, until)
        SELECT subscriber_id, segment_id, 'verified', approved_at, approved_by_id, 'person', {_in_a_year()}
        FROM dormant_approval
    """)
    op.drop_table('dormant_approval')


def _verify_by_domain() -> None:
    """Addresses in a listed domain counted always; from here on that is written down, and a year begins."""
    now = {'sqlite': "datetime('now')", 'postgresql': 'now()'}[op.get_bind().dialect.name]
    op.execute(f"""
        UPDATE membership SET state = 'verified', evidence = 'domain', decided_at = {now}, until = {_in_a_year()},
            source = (SELECT max(segment_domain.domain) {LISTED})
        WHERE state = 'waiting' AND EXISTS (SELECT 1 {LISTED})
    """)


def downgrade() -> None:
    for name, former in (('membership', 'membership'), ('dormant_check', 'dormant_approval')):
        op.execute(f"CREATE TABLE former AS SELECT * FROM {name}")
        op.drop_table(name)
        _create_former(former)
        op.execute(f"""
            INSERT INTO {former} (subscriber_id, segment_id, approved_at, approved_by_id)
            SELECT subscriber_id, segment_id,
                CASE WHEN evidence = 'domain' THEN NULL ELSE decided_at END, decided_by_id FROM former
            WHERE state = 'verified' {"AND evidence <> 'domain'" if former == 'dormant_approval' else "OR 1 = 1"}
        """)
        op.drop_table('former')
    with op.batch_alter_table('segment_domain') as batch_op:
        batch_op.drop_column('subdomains')
    op.drop_column('newsletter', 'verification_days')
    op.drop_index(op.f('ix_subscriber_domain'), 'subscriber')
    op.drop_column('subscriber', 'organisation')


def _in_a_year() -> str:
    return IN_A_YEAR[op.get_bind().dialect.name]


def _create(name: str, *more: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('segment_id', sa.Integer(), nullable=False),
        *more,
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('evidence', sa.String(length=10), nullable=True),
        sa.Column('source', sa.String(length=255), nullable=False, server_default=''),
        sa.Column('reason', sa.String(length=20), nullable=True),
        sa.Column('until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reminders', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('tell_at', sa.DateTime(timezone=True), nullable=True),
        *_keys(name, 'decided_by_id'),
    )
    op.create_index(op.f(f'ix_{name}_segment_id'), name, ['segment_id'])
    op.create_index(op.f(f'ix_{name}_tell_at'), name, ['tell_at'])


def _create_former(name: str) -> None:
    op.create_table(
        name,
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('segment_id', sa.Integer(), nullable=False),
        sa.Column('approved_at', sa.DateTime(timezone=True), nullable=name == 'membership'),
        sa.Column('approved_by_id', sa.Integer(), nullable=True),
        *_keys(name, 'approved_by_id'),
    )
    op.create_index(op.f(f'ix_{name}_segment_id'), name, ['segment_id'])


def _keys(name: str, by: str) -> tuple[sa.Constraint, ...]:
    gone = {'ondelete': 'CASCADE'}
    return (
        sa.ForeignKeyConstraint([by], ['staff_user.id'], name=op.f(f'fk_{name}_{by}_staff_user')),
        sa.ForeignKeyConstraint(['segment_id'], ['segment.id'], name=op.f(f'fk_{name}_segment_id_segment'), **gone),
        sa.ForeignKeyConstraint(['subscriber_id'], ['subscriber.id'], name=op.f(f'fk_{name}_subscriber_id_subscriber'), **gone),
        sa.PrimaryKeyConstraint('subscriber_id', 'segment_id', name=op.f(f'pk_{name}')),
    )
