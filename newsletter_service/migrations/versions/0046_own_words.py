"""who mails are from, where answers go, and what the newsletter says itself in mails to readers"""

import sqlalchemy as sa
from alembic import op

revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('newsletter', sa.Column('sender_name', sa.String(length=80), nullable=False, server_default=''))
    op.add_column('newsletter', sa.Column('reply_to', sa.String(length=255), nullable=False, server_default=''))
    op.create_table(
        'own_words',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('mail', sa.String(length=20), nullable=False),
        sa.Column('subject_nl', sa.String(length=120), nullable=False, server_default=''),
        sa.Column('subject_en', sa.String(length=120), nullable=False, server_default=''),
        sa.Column('sentence_nl', sa.String(length=400), nullable=False, server_default=''),
        sa.Column('sentence_en', sa.String(length=400), nullable=False, server_default=''),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_own_words')),
        sa.UniqueConstraint('mail', name=op.f('uq_own_words_mail')),
    )


def downgrade() -> None:
    op.drop_table('own_words')
    op.drop_column('newsletter', 'reply_to')
    op.drop_column('newsletter', 'sender_name')
