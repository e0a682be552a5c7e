"""a ledger of consent that only grows, and texts as they were shown"""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

STEPS = {'withdrawn': 'left', 'restored': 'returned'}
PLACES = {
    'asked': '/aanmelden', 'confirmed': '/bevestigen', 'left': '/afmelden', 'returned': '/afmelden/terug',
}  # fmt: skip
NEW = {
    'address_hmac': 64, 'note': 1000, 'wording_hash': 64, 'privacy_hash': 64,
}  # fmt: skip
KEEPS_PERSON = (
    "NEW.subscriber_id IS NOT NULL OR NEW.actor IS NOT NULL OR NEW.staff_id IS NOT NULL OR NEW.source <> '' "
    "OR NEW.note <> '' OR NEW.detail IS NOT NULL"
)
CHANGES_PROOF = ' OR '.join(
    f'NEW.{column} <> OLD.{column}'
    for column in (
        'id', 'address_hmac', 'step', 'wording_version', 'wording_hash', 'privacy_version', 'privacy_hash', 'at'
    )
)  # fmt: skip
NEVER_CONFIRMED = 'SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id AND confirmed_at IS NULL'
SAYS = 'rows of consent stay as they are'
TRIGGERS = {
    'sqlite': (
        f"""
        CREATE TRIGGER consent_stays_as_it_is BEFORE UPDATE ON consent
        WHEN {KEEPS_PERSON} OR {CHANGES_PROOF} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END
        """,
        f"""
        CREATE TRIGGER consent_stays BEFORE DELETE ON consent WHEN NOT EXISTS ({NEVER_CONFIRMED})
        BEGIN SELECT RAISE(ABORT, '{SAYS}'); END
        """,
    ),
    'postgresql': (
        f"""
        CREATE OR REPLACE FUNCTION consent_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF EXISTS ({NEVER_CONFIRMED}) THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{SAYS}';
        END $$
        """,
        f"""
        CREATE TRIGGER consent_stays_as_it_is BEFORE UPDATE ON consent
        FOR EACH ROW WHEN ({KEEPS_PERSON} OR {CHANGES_PROOF}) EXECUTE FUNCTION consent_stays()
        """,
        'CREATE TRIGGER consent_stays BEFORE DELETE ON consent FOR EACH ROW EXECUTE FUNCTION consent_stays()',
        'CREATE TRIGGER consent_stays_whole BEFORE TRUNCATE ON consent EXECUTE FUNCTION consent_stays()',
    ),
}


def upgrade() -> None:
    op.create_table(
        'shown_text',
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('version', sa.String(length=20), nullable=False),
        sa.Column('language', sa.String(length=2), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('hash', name=op.f('pk_shown_text')),
    )
    for name, length in NEW.items():
        op.add_column('consent', sa.Column(name, sa.String(length=length), nullable=False, server_default=''))
    op.add_column('consent', sa.Column('actor', sa.String(length=12), nullable=True))
    op.add_column('consent', sa.Column('staff_id', sa.Integer(), nullable=True))
    op.add_column('consent', sa.Column('detail', sa.JSON(), nullable=True))
    _widen()
    _carry_over()
    with op.batch_alter_table('consent') as batch_op:
        batch_op.drop_column('wording')
        for name in NEW:
            batch_op.alter_column(name, server_default=None)
    op.create_index(op.f('ix_consent_address_hmac'), 'consent', ['address_hmac'])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _widen() -> None:
    with op.batch_alter_table('consent') as batch_op:
        batch_op.alter_column('step', type_=sa.String(length=20), existing_nullable=False)
        batch_op.alter_column('source', type_=sa.String(length=200), existing_nullable=False)
        batch_op.alter_column('subscriber_id', existing_type=sa.Integer(), nullable=True)
        batch_op.drop_constraint(op.f('fk_consent_subscriber_id_subscriber'), type_='foreignkey')
        batch_op.create_foreign_key(op.f('fk_consent_subscriber_id_subscriber'), 'subscriber', ['subscriber_id'], ['id'])
        batch_op.create_foreign_key(op.f('fk_consent_staff_id_staff_user'), 'staff_user', ['staff_id'], ['id'])


def _carry_over() -> None:
    """Into the columns of the ledger: hashes of addresses, steps and places by their new names, words to their own table."""
    op.execute("""
        UPDATE consent SET address_hmac = (SELECT address_hmac FROM subscriber WHERE subscriber.id = consent.subscriber_id)
    """)
    op.execute("UPDATE consent SET actor = 'reader' WHERE source = 'form' OR source = 'mail' AND step = 'withdrawn'")
    op.execute("UPDATE consent SET actor = 'job' WHERE source = 'mail' AND step <> 'withdrawn'")
    op.execute("UPDATE consent SET step = 'imported', actor = 'command', note = wording, wording = '' WHERE source = 'import'")
    bind = op.get_bind()
    for old, new in STEPS.items():
        bind.execute(sa.text('UPDATE consent SET step = :new WHERE step = :old'), {'old': old, 'new': new})
    for step, place in PLACES.items():
        query = sa.text("UPDATE consent SET source = :place WHERE step = :step AND source = 'form'")
        bind.execute(query, {'step': step, 'place': place})
    _keep_words(bind)


def _keep_words(bind: sa.Connection) -> None:
    some = sa.text("""
        SELECT wording, wording_version, min(at) AS at FROM consent WHERE wording <> '' GROUP BY wording, wording_version
    """)
    seen = set()
    for row in bind.execute(some).all():
        hashed = sha256(row.wording.encode()).hexdigest()
        language = 'nl' if row.wording.startswith('Ik ') else 'en'
        values = {'hash': hashed, 'version': row.wording_version, 'language': language, 'words': row.wording, 'at': row.at}
        if hashed not in seen:
            bind.execute(
                sa.text("INSERT INTO shown_text VALUES (:hash, 'consent', :version, :language, :words, :at)"), values
            )
        seen.add(hashed)
        bind.execute(sa.text('UPDATE consent SET wording_hash = :hash WHERE wording = :words'), values)


def downgrade() -> None:
    """Back to what the version before knows: steps of no reader, and of kinds it has no word for, are lost."""
    _drop_triggers()
    op.drop_index(op.f('ix_consent_address_hmac'), table_name='consent')
    bind = op.get_bind()
    for old, new in STEPS.items():
        bind.execute(sa.text('UPDATE consent SET step = :old WHERE step = :new'), {'old': old, 'new': new})
    op.execute("""
        DELETE FROM consent WHERE subscriber_id IS NULL
        OR step NOT IN ('asked', 'confirmed', 'imported', 'withdrawn', 'restored', 'bounced', 'complained')
    """)
    op.add_column('consent', sa.Column('wording', sa.String(length=1000), nullable=False, server_default=''))
    op.execute("UPDATE consent SET wording = (SELECT words FROM shown_text WHERE hash = wording_hash) WHERE wording_hash <> ''")
    op.execute("UPDATE consent SET source = CASE WHEN source IN ('mail', 'smtp') THEN 'mail' ELSE 'form' END")
    op.execute("UPDATE consent SET source = 'import', step = 'confirmed', wording = note WHERE step = 'imported'")
    with op.batch_alter_table('consent') as batch_op:
        batch_op.alter_column('wording', server_default=None)
        batch_op.alter_column('step', type_=sa.String(length=12), existing_nullable=False)
        batch_op.alter_column('source', type_=sa.String(length=12), existing_nullable=False)
        batch_op.alter_column('subscriber_id', existing_type=sa.Integer(), nullable=False)
        batch_op.drop_constraint(op.f('fk_consent_staff_id_staff_user'), type_='foreignkey')
        batch_op.drop_constraint(op.f('fk_consent_subscriber_id_subscriber'), type_='foreignkey')
        batch_op.create_foreign_key(
            op.f('fk_consent_subscriber_id_subscriber'), 'subscriber', ['subscriber_id'], ['id'], ondelete='CASCADE'
        )
        for name in (*NEW, 'actor', 'staff_id', 'detail'):
            batch_op.drop_column(name)
    op.drop_table('shown_text')


def _drop_triggers() -> None:
    on_postgresql = op.get_bind().dialect.name == 'postgresql'
    for name in ('consent_stays_as_it_is', 'consent_stays', *(['consent_stays_whole'] if on_postgresql else [])):
        op.execute(f'DROP TRIGGER {name}' + (' ON consent' if on_postgresql else ''))
    if on_postgresql:
        op.execute('DROP FUNCTION consent_stays()')
