"""organisations, segments and topics that are retired, and what notices end with"""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ('organisation', 'segment', 'topic'):
        op.add_column(table, sa.Column('retired_at', MOMENT, nullable=True))
    op.add_column('organisation', sa.Column('since', MOMENT, nullable=True))
    for language in ('nl', 'en'):
        closing = sa.Column(f'closing_{language}', sa.String(length=200), nullable=False, server_default='')
        op.add_column('newsletter', closing)


def downgrade() -> None:
    for language in ('nl', 'en'):
        op.drop_column('newsletter', f'closing_{language}')
    op.drop_column('organisation', 'since')
    for table in ('topic', 'segment', 'organisation'):
        op.drop_column(table, 'retired_at')
