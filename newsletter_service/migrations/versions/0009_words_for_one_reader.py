"""what one reader calls themselves, and who and what that is; checks that outlast a segment's unticking"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

CHOICES = {
    'burgemeesters': ('Burgemeester', 'Mayor'),
    'om': ('Ik werk bij het Openbaar Ministerie (OM)', 'I work for the Public Prosecution Service (OM)'),
    'politie': ('Ik werk bij de politie', 'I work for the police'),
    'beleidsadviseurs': ('Beleidsadviseur', 'Policy adviser'),
    'ovv': ("OVV'er", 'Public order and safety officer (OVV)'),
}
OVV = (
    'U werkt voor een gemeente aan openbare orde en veiligheid.',
    'You work on public order and safety for a municipality.',
)
RIEC = (
    'RIEC betekent Regionaal Informatie- en Expertisecentrum. Het RIEC helpt overheden om samen op te treden tegen '
    'ondermijnende criminaliteit.',
    'RIEC stands for Regional Information and Expertise Centre. It helps public authorities act together against '
    'organised crime.',
)


def upgrade() -> None:
    # Not in batches: making `segment` anew on SQLite would take along what hangs on its rows.
    for table, columns in (('segment', ('choice', 'about')), ('organisation', ('about',))):
        for column in columns:
            for language in ('nl', 'en'):
                length = 120 if column == 'choice' else 300
                added = sa.Column(f'{column}_{language}', sa.String(length), nullable=False, server_default='')
                op.add_column(table, added)
    op.create_table('dormant_approval',
    sa.Column('subscriber_id', sa.Integer(), nullable=False),
    sa.Column('segment_id', sa.Integer(), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['approved_by_id'], ['staff_user.id'], name=op.f('fk_dormant_approval_approved_by_id_staff_user')),
    sa.ForeignKeyConstraint(['segment_id'], ['segment.id'], name=op.f('fk_dormant_approval_segment_id_segment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subscriber_id'], ['subscriber.id'], name=op.f('fk_dormant_approval_subscriber_id_subscriber'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('subscriber_id', 'segment_id', name=op.f('pk_dormant_approval'))
    )
    op.create_index(op.f('ix_dormant_approval_segment_id'), 'dormant_approval', ['segment_id'])
    for slug, words in CHOICES.items():
        _say('segment', 'choice', slug, words)
    _say('segment', 'about', 'ovv', OVV)
    _say('organisation', 'about', 'riec', RIEC)


def downgrade() -> None:
    op.drop_index(op.f('ix_dormant_approval_segment_id'), 'dormant_approval')
    op.drop_table('dormant_approval')
    for table, columns in (('organisation', ('about',)), ('segment', ('choice', 'about'))):
        for column in columns:
            for language in ('nl', 'en'):
                op.drop_column(table, f'{column}_{language}')


def _say(table: str, column: str, slug: str, words: tuple[str, str]) -> None:
    """For rows that were seeded and still bear that short name."""
    statement = f'UPDATE {table} SET {column}_nl = :dutch, {column}_en = :english WHERE slug = :slug'
    op.get_bind().execute(sa.text(statement), {'dutch': words[0], 'english': words[1], 'slug': slug})
