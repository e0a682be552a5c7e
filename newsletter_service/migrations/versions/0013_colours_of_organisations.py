"""each organisation brings its colours"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

GREY = '#55606a #38424c #e9ecef #9aa7b3 #d3dae0 #2b363f'
BY_PLACE = {
    1: '#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3 #15344a',
    2: '#bd5f16 #733405 #fbebdb #e0914b #f6c99c #43290f',
}


def upgrade() -> None:
    op.add_column('organisation', sa.Column('colours', sa.String(50), nullable=False, server_default=GREY))
    organisation = sa.table('organisation', sa.column('accent'), sa.column('colours'))
    for place, colours in BY_PLACE.items():
        op.execute(organisation.update().where(organisation.c.accent == place).values(colours=colours))


def downgrade() -> None:
    # Not in batches: making `organisation` anew on SQLite fails on what hangs on its rows.
    op.drop_column('organisation', 'colours')
