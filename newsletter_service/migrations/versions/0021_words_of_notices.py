"""a notice is kept as its words until it goes"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

_OPEN_NOTICES = """
    SELECT count(*) FROM letter JOIN delivery ON delivery.letter_id = letter.id
    WHERE letter.words IS NOT NULL AND delivery.settled_at IS NULL
"""


def upgrade() -> None:
    op.add_column('letter', sa.Column('words', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Of notices that wait only their words are there, which a copy of before does not know how to send."""
    if op.get_bind().scalar(sa.text(_OPEN_NOTICES)):
        raise RuntimeError("notices still wait: let a worker send them first (newsletter send)")
    op.drop_column('letter', 'words')
