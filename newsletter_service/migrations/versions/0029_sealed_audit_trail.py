"""an audit trail that is sealed entry by entry, and stays as it is"""

import json
from datetime import UTC
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

SAYS = 'entries of the audit trail stay as they are'
NUMBERS = {'audit_entry': '(SELECT number FROM audit_seal WHERE entry_id = OLD.id)', 'audit_seal': 'OLD.number'}
THROUGH = {'sqlite': "json_extract(detail, '$.through')", 'postgresql': "CAST(detail ->> 'through' AS integer)"}
AT_ONCE = 5000


def upgrade() -> None:
    op.add_column('audit_entry', sa.Column('terminal', sa.String(length=80), server_default='', nullable=False))
    op.add_column('audit_entry', sa.Column('subject_key', sa.String(length=64), server_default='', nullable=False))
    op.create_index(op.f('ix_audit_entry_subject_key'), 'audit_entry', ['subject_key'])
    op.create_index(op.f('ix_audit_entry_subject_type_subject_id'), 'audit_entry', ['subject_type', 'subject_id'])
    op.create_table(
        'audit_seal',
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('entry_id', sa.Integer(), nullable=False),
        sa.Column('before', sa.String(length=64), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ['entry_id'], ['audit_entry.id'], name=op.f('fk_audit_seal_entry_id_audit_entry'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('number', name=op.f('pk_audit_seal')),
        sa.UniqueConstraint('entry_id', name=op.f('uq_audit_seal_entry_id')),
    )
    bind = op.get_bind()
    _name_readers(bind)
    _seal(bind)
    for table in NUMBERS:
        for statement in _triggers(bind.dialect.name, table):
            op.execute(statement)


def _name_readers(bind: sa.Connection) -> None:
    """Give entries about readers the hash of their address, as far as they were not erased."""
    bind.execute(sa.text("""
        UPDATE audit_entry SET subject_key = (SELECT address_hmac FROM subscriber WHERE subscriber.id = subject_id)
        WHERE subject_type = 'subscriber' AND EXISTS (SELECT 1 FROM subscriber WHERE subscriber.id = subject_id)
    """))


def _seal(bind: sa.Connection) -> None:
    """Seal what is there, in the order of its numbers."""
    entry = sa.table(
        'audit_entry',
        sa.column('id', sa.Integer), sa.column('at', sa.DateTime(timezone=True)), sa.column('actor_id', sa.Integer),
        sa.column('terminal', sa.String), sa.column('action', sa.String), sa.column('subject_type', sa.String),
        sa.column('subject_id', sa.Integer), sa.column('subject_key', sa.String), sa.column('detail', sa.JSON),
    )  # fmt: skip
    seal = sa.table('audit_seal', sa.column('number'), sa.column('entry_id'), sa.column('before'), sa.column('hash'))
    number, before, after = 0, '0' * 64, -1
    some = sa.select(entry).order_by(entry.c.id).limit(AT_ONCE)
    while rows := bind.execute(some.where(entry.c.id > after)).all():
        seals = []
        for row in rows:
            number += 1
            hashed = _hash(number, before, row)
            seals.append({'number': number, 'entry_id': row.id, 'before': before, 'hash': hashed})
            before = hashed
        bind.execute(sa.insert(seal), seals)
        after = rows[-1].id


def _hash(number: int, before: str, row: sa.Row) -> str:
    at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
    form = [1, number, before, row.id, at.isoformat(timespec='microseconds'), *row[2:]]
    line = json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(',', ':'))
    return sha256(line.encode('utf-8', 'surrogatepass')).hexdigest()


def _triggers(dialect: str, table: str) -> tuple[str, ...]:
    forgotten = f"action = 'audit.forget' AND {THROUGH[dialect]} >= {NUMBERS[table]}"
    kept = f'NOT EXISTS (SELECT 1 FROM audit_entry WHERE {forgotten})'
    if dialect == 'sqlite':
        stop = f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        return (
            f'CREATE TRIGGER {table}_stays_as_it_is BEFORE UPDATE ON {table} {stop}',
            f'CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} WHEN {kept} {stop}',
        )
    return (
        f"""
        CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF NOT ({kept}) THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{SAYS}';
        END $$
        """,
        f"""
        CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_stays()
        """,
        f'CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {table}_stays()',
    )


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == 'postgresql'
    for table in NUMBERS:
        others = [f'{table}_stays_whole'] if on_postgresql else [f'{table}_stays_as_it_is']
        for name in (f'{table}_stays', *others):
            op.execute(f'DROP TRIGGER {name}' + (f' ON {table}' if on_postgresql else ''))
        if on_postgresql:
            op.execute(f'DROP FUNCTION {table}_stays()')
    op.drop_table('audit_seal')
    op.drop_index(op.f('ix_audit_entry_subject_type_subject_id'), table_name='audit_entry')
    op.drop_index(op.f('ix_audit_entry_subject_key'), table_name='audit_entry')
    op.drop_column('audit_entry', 'subject_key')
    op.drop_column('audit_entry', 'terminal')
