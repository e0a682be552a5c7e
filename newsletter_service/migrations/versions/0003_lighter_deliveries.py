"""deliveries that are written faster: no check of the letter for each of them, one index less"""

import sqlalchemy as sa
from alembic import op

from newsletter_service.migrations.numbers import go_on_counting_from, last_number

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = last_number()
    with op.batch_alter_table('delivery', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_constraint(op.f('fk_delivery_letter_id_letter'), type_='foreignkey')
        batch_op.drop_index(op.f('ix_delivery_letter_id'))
    go_on_counting_from(number)


def downgrade() -> None:
    number = last_number()
    with op.batch_alter_table('delivery', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.create_foreign_key(op.f('fk_delivery_letter_id_letter'), 'letter', ['letter_id'], ['id'])
        batch_op.create_index(op.f('ix_delivery_letter_id'), ['letter_id'])
    go_on_counting_from(number)
