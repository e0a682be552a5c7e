"""tables and columns by the words that the field knows them by"""

import sqlalchemy as sa
from alembic import op

from newsletter_service.migrations.numbers import go_on_counting_from, last_number

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

COLUMNS = (
    ('exclusion', 'reader_id', 'subscriber_id'),
    ('delivery', 'reader_id', 'subscriber_id'),
    ('delivery', 'reader_key', 'subscriber_key'),
    ('delivery', 'doubts', 'ambiguous_attempts'),
    ('domain_rest', 'strikes', 'failures'),
    ('domain_rest', 'rests_until', 'until'),
)
TABLES = (('domain_rest', 'domain_backoff'), ('sender', 'worker'))
OLD_UNIQUE, NEW_UNIQUE = 'uq_delivery_reader_id_mailing_id', 'uq_delivery_subscriber_id_mailing_id'
OLD_INDEX, NEW_INDEX = 'ix_delivery_doubtful', 'ix_delivery_ambiguous'


def upgrade() -> None:
    for table, old, new in COLUMNS:
        op.execute(f'ALTER TABLE {table} RENAME COLUMN {old} TO {new}')
    for old, new in TABLES:
        _rename_table(old, new)
    _rename_index(OLD_INDEX, NEW_INDEX, 'ambiguous_attempts')
    _rename_unique(OLD_UNIQUE, NEW_UNIQUE, 'subscriber_id')


def downgrade() -> None:
    _rename_unique(NEW_UNIQUE, OLD_UNIQUE, 'subscriber_id')
    _rename_index(NEW_INDEX, OLD_INDEX, 'ambiguous_attempts')
    for old, new in TABLES:
        _rename_table(new, old)
    for table, old, new in COLUMNS:
        op.execute(f'ALTER TABLE {table} RENAME COLUMN {new} TO {old}')


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == 'postgresql'


def _rename_table(old: str, new: str) -> None:
    op.rename_table(old, new)
    if _on_postgresql():
        op.execute(f'ALTER TABLE {new} RENAME CONSTRAINT pk_{old} TO pk_{new}')


def _rename_index(old: str, new: str, column: str) -> None:
    if _on_postgresql():
        op.execute(f'ALTER INDEX {old} RENAME TO {new}')
        return
    op.drop_index(old, 'delivery')
    op.create_index(new, 'delivery', ['state', 'mailing_id'], sqlite_where=sa.text(f'{column} > 0'))


def _rename_unique(old: str, new: str, column: str) -> None:
    """SQLite has to make the table anew for this: some seconds for a million rows, once."""
    if _on_postgresql():
        op.execute(f'ALTER TABLE delivery RENAME CONSTRAINT {old} TO {new}')
        return
    number = last_number()
    with op.batch_alter_table('delivery', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_constraint(old, type_='unique')
        batch_op.create_unique_constraint(new, [column, 'mailing_id'])
    go_on_counting_from(number)
