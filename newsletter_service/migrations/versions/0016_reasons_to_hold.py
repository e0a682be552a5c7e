"""why something is held: our reasons apart from people's words"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

REASONS = "('late', 'unsigned', 'empty', 'paused', 'unprintable', 'personal_link', 'cancelling')"

# Not in batches: making `edition` and `correction` anew on SQLite would take along what hangs on their rows.


def upgrade() -> None:
    op.execute('ALTER TABLE edition RENAME COLUMN hold_reason TO hold_words')
    op.add_column('edition', sa.Column('hold_reason', sa.String(20)))
    op.execute(f"UPDATE edition SET hold_reason = hold_words, hold_words = '' WHERE hold_words IN {REASONS}")
    op.add_column('correction', sa.Column('hindrance', sa.String(20)))
    op.execute("UPDATE correction SET hindrance = hold_reason WHERE hold_reason != ''")
    op.drop_column('correction', 'hold_reason')


def downgrade() -> None:
    op.add_column('correction', sa.Column('hold_reason', sa.String(20), nullable=False, server_default=''))
    op.execute("UPDATE correction SET hold_reason = hindrance WHERE hindrance IS NOT NULL")
    op.drop_column('correction', 'hindrance')
    op.execute("UPDATE edition SET hold_words = hold_reason WHERE hold_reason IS NOT NULL")
    op.drop_column('edition', 'hold_reason')
    op.execute('ALTER TABLE edition RENAME COLUMN hold_words TO hold_reason')
