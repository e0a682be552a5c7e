"""Whoever changes the audit trail in the database itself is found out."""

import json
from collections.abc import Callable
from datetime import timedelta
from random import Random
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from newsletter_service.db import Base, db
from newsletter_service.migrations import init_migrations
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record, record_about_reader
from newsletter_service.staff.trail.models import AuditSeal
from newsletter_service.staff.trail.rules import Entry, Fault, Head, moment_text, sealed
from newsletter_service.staff.trail.service import head, verify
from tests.conftest import NOW
from tests.factories import make_newsletter
from tests.staff_browser import make_staff

ENTRIES = 24
EACH = 145
"""Seven kinds of tampering, each so many times: more than a thousand in all."""


@pytest.fixture
def user(session: Session) -> User:
    make_newsletter(session)
    return make_staff(session, Role.ADMINISTRATOR)


def fill(session: Session, user: User | None, number: int = ENTRIES) -> Head:
    """Some transactions, of one, two or three entries each."""
    for count in range(number):
        at = NOW + timedelta(minutes=count, microseconds=count)
        detail: dict[str, Any] = {"Straße": "één", "z": [count, None, True], "a": {"2": 1.5, "1": ""}}
        actor = user if count % 4 else None
        record_about_reader(session, actor, f"item.{count % 5}", count, "k" * (count % 3), at, **detail)
        if count % 3:
            session.commit()
    session.commit()
    return head(session)


def unguard(session: Session) -> None:
    """What somebody does first who owns the database."""
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    for table in ("audit_entry", "audit_seal"):
        if on_postgresql:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            session.execute(text(f"DROP TRIGGER {table}_stays"))
            session.execute(text(f"DROP TRIGGER {table}_stays_as_it_is"))


def test_all_that_is_written_down_is_sealed_in_its_own_transaction(session: Session, user: User) -> None:
    last = fill(session, user)
    assert last.number == ENTRIES
    found = verify(session, last)
    assert (found.fault, found.entries, found.head) == (None, ENTRIES, last)


def test_what_is_rolled_back_leaves_no_place_in_the_chain(session: Session, user: User) -> None:
    fill(session, user, 4)
    record(session, user, "item.1", "item", 1, NOW)
    session.rollback()
    with session.begin_nested() as savepoint:
        record(session, user, "item.2", "item", 2, NOW)
        savepoint.rollback()
    with session.begin_nested():
        record(session, user, "item.3", "item", 3, NOW)
    session.commit()
    record(session, user, "item.4", "item", 4, NOW)
    session.close()
    fill(session, user, 1)
    found = verify(session)
    assert (found.fault, found.entries) == (None, 6)


def test_many_who_write_at_the_same_time_form_one_chain(app: Flask, session: Session, user: User) -> None:
    number, threads, together = user.id, 6, Barrier(6)
    session.commit()

    def write() -> None:
        with app.app_context(), Session(db.engine) as own:
            together.wait()
            for count in range(10):
                record(own, own.get_one(User, number), "item.change", "item", count, NOW)
                record(own, None, "item.change", "item", count, NOW)
                own.commit()

    writers = [Thread(target=write) for _ in range(threads)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = verify(session)
    assert (found.fault, found.entries) == (None, threads * 20)


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_lets_nobody_change_or_delete_an_entry(
    session: Session, user: User, table: str, change: str
) -> None:
    fill(session, user)
    what = {"audit_entry": "terminal = 'x'", "audit_seal": "before = 'x'"}[table]
    with pytest.raises(DatabaseError):
        session.execute(text(change.format(table, what)))
    session.rollback()
    assert verify(session).fault is None


Tampering = Callable[[Session, Random], None]


ENTRY, SEAL = Base.metadata.tables["audit_entry"], Base.metadata.tables["audit_seal"]


def columns_of(session: Session, entry_id: int) -> dict[str, Any]:
    return dict(session.execute(select(ENTRY).where(ENTRY.c.id == entry_id)).one()._mapping)


def set_entry(session: Session, entry_id: int, **values: object) -> None:
    session.execute(ENTRY.update().where(ENTRY.c.id == entry_id).values(**values))


def set_seal(session: Session, place: int, **values: object) -> None:
    session.execute(SEAL.update().where(SEAL.c.number == place).values(**values))


def change(session: Session, random: Random) -> None:
    """One column of one entry or of its seal is another."""
    entry = session.get_one(AuditEntry, random.randint(1, ENTRIES))
    others: list[dict[str, Any]] = [
        {"at": entry.at + timedelta(microseconds=random.choice((-1, 1)))},
        {"actor_id": 1 if entry.actor_id is None else None},
        {"terminal": "root"},
        {"action": entry.action + "x"},
        {"subject_type": "edition"},
        {"subject_id": entry.subject_id + random.randint(1, 99)},
        {"subject_key": entry.subject_key + "k"},
        {"detail": {**entry.detail, "z": [entry.subject_id, False, None]}},
        {"detail": {}},
    ]
    other = random.choice(others)
    if random.random() < 0.2:
        name, digits = random.choice(("before", "hash")), f"{random.getrandbits(256):064x}"
        set_seal(session, random.randint(1, ENTRIES), **{name: digits})
    else:
        set_entry(session, entry.id, **other)


def delete(session: Session, random: Random) -> None:
    """Some entries in a row go, with or without their seals; the last one stays."""
    first = random.randint(1, ENTRIES - 1)
    last = random.randint(first, ENTRIES - 1)
    which = {"first": first, "last": last}
    session.execute(text("DELETE FROM audit_seal WHERE number BETWEEN :first AND :last"), which)
    if random.random() < 0.8:
        session.execute(text("DELETE FROM audit_entry WHERE id BETWEEN :first AND :last"), which)


def cut_off(session: Session, random: Random) -> None:
    """The last entries go, or all."""
    after = {"after": random.randint(0, ENTRIES - 1)}
    session.execute(text("DELETE FROM audit_seal WHERE number > :after"), after)
    session.execute(text("DELETE FROM audit_entry WHERE id > :after"), after)


def insert(session: Session, random: Random) -> None:
    """An entry comes from nowhere, alone or with a seal that looks well between those that were there."""
    values = columns_of(session, random.randint(1, ENTRIES)) | {"id": ENTRIES + random.randint(1, 99)}
    session.execute(ENTRY.insert().values(**values))
    if random.random() < 0.5:
        place = random.randint(1, ENTRIES)
        for number in range(ENTRIES, place - 1, -1):
            set_seal(session, number, number=number + 1)
        before = session.get_one(AuditSeal, place - 1).hash if place > 1 else "0" * 64
        entry = session.get_one(AuditEntry, values["id"])
        hashed = sealed(place, before, sealable(entry))
        session.execute(SEAL.insert().values(number=place, entry_id=entry.id, before=before, hash=hashed))


def sealable(entry: AuditEntry) -> Entry:
    told = {name: getattr(entry, name) for name in Entry._fields}
    return Entry(**{**told, "at": moment_text(entry.at), "detail": json.dumps(entry.detail)})


def swap(session: Session, random: Random) -> None:
    """Two entries change places, in what they say or in the chain."""
    one, other = random.sample(range(1, ENTRIES + 1), 2)
    if random.random() < 0.5:
        first, second = columns_of(session, one), columns_of(session, other)
        set_entry(session, one, **{**second, "id": one})
        set_entry(session, other, **{**first, "id": other})
        return
    session.execute(ENTRY.insert().values(**{**columns_of(session, one), "id": 999}))
    set_seal(session, one, entry_id=999)
    set_seal(session, other, entry_id=one)
    set_seal(session, one, entry_id=other)
    session.execute(ENTRY.delete().where(ENTRY.c.id == 999))


def restore(session: Session, random: Random) -> None:
    """A backup comes back, and work goes on with it."""
    cut_off(session, random)
    for count in range(random.randint(1, ENTRIES)):
        record(session, None, "item.later", "item", count, NOW + timedelta(days=1))
    seal_again(session, len(session.execute(text("SELECT 1 FROM audit_seal")).all()) + 1)


def rewrite(session: Session, random: Random) -> None:
    """An entry is another, and every seal from there on is made anew."""
    entry_id = random.randint(1, ENTRIES)
    set_entry(session, entry_id, action="item.harmless")
    session.execute(text("DELETE FROM audit_seal WHERE number >= :first"), {"first": entry_id})
    seal_again(session, entry_id)


def seal_again(session: Session, first: int) -> None:
    """As our own code does, by somebody who has read it."""
    session.expire_all()
    last = head(session)
    entries = session.query(AuditEntry).order_by(AuditEntry.id).offset(first - 1).all()
    for entry in entries:
        hashed = sealed(last.number + 1, last.hash, sealable(entry))
        session.add(AuditSeal(number=last.number + 1, entry_id=entry.id, before=last.hash, hash=hashed))
        last = Head(last.number + 1, hashed)
    session.flush()


WITHOUT_A_HEAD = {
    change: (Fault.CHANGED, Fault.OUT_OF_PLACE),
    delete: (Fault.GONE, Fault.CUT_OFF, Fault.UNSEALED),
}
"""What shows in the chain itself; the others may show only against a head that was mailed."""


@pytest.mark.parametrize("tamper", [change, delete, cut_off, insert, swap, restore, rewrite])
def test_whatever_is_done_to_the_trail_behind_our_back_is_found(
    session: Session, user: User, tamper: Tampering
) -> None:
    known = fill(session, user)
    unguard(session)
    session.commit()
    for seed in range(EACH):
        tamper(session, Random(f"{tamper.__name__} {seed}"))
        session.expire_all()
        found = verify(session, known)
        assert found.fault is not None, f"{tamper.__name__} {seed}"
        if tamper in WITHOUT_A_HEAD:
            assert verify(session).fault in WITHOUT_A_HEAD[tamper]
        session.rollback()
    assert verify(session, known).fault is None


@pytest.mark.parametrize(
    ("statement", "fault", "number"),
    [
        ("UPDATE audit_entry SET action = 'x' WHERE id IN (9, 17)", Fault.CHANGED, 9),
        ("DELETE FROM audit_entry WHERE id IN (9, 17)", Fault.GONE, 9),
        ("DELETE FROM audit_entry WHERE id > 20", Fault.OTHER_HEAD, 21),
        ("DELETE FROM audit_entry WHERE id < 5", Fault.CUT_OFF, 1),
        ("DELETE FROM audit_seal WHERE number = 24", Fault.UNSEALED, 24),
        ("UPDATE audit_seal SET before = 'x' WHERE number = 9", Fault.OUT_OF_PLACE, 9),
    ],
)
def test_the_first_broken_entry_is_named(
    session: Session, user: User, statement: str, fault: Fault, number: int
) -> None:
    known = fill(session, user)
    unguard(session)
    session.execute(text(statement))
    found = verify(session, known if fault is not Fault.UNSEALED else None)
    assert (found.fault, found.number) == (fault, number)


BEFORE = (
    "INSERT INTO subscriber (id, address, address_hmac, domain, name, language, status, link_key, asked_at, search)"
    " VALUES (7, 'anna@gemeente.example', 'hash', 'gemeente.example', '', 'nl', 'active', 'k', '2026-01-01', '')",
    """
    INSERT INTO audit_entry (id, at, actor_id, action, subject_type, subject_id, detail) VALUES
    (3, '2026-01-01 09:00:00.000001+00', NULL, 'subscriber.pause', 'subscriber', 7, '{"reason": "één", "b": [1]}'),
    (4, '2026-01-01 09:00:00+00', NULL, 'edition.compose', 'edition', 7, '{}')
    """,
)


def test_what_was_written_down_before_there_were_seals_is_sealed_too(app: Flask) -> None:
    with app.app_context():
        init_migrations(app)
        Base.metadata.drop_all(db.engine)
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
        upgrade(revision="0028")
        with db.engine.begin() as connection:
            for statement in BEFORE:
                connection.exec_driver_sql(
                    statement.replace("+00'", "'") if "sqlite" in str(db.engine.url) else statement
                )
        upgrade()
        with Session(db.engine) as session:
            found = verify(session)
            assert (found.fault, found.entries) == (None, 2)
            assert session.scalars(select(AuditEntry.subject_key).order_by(AuditEntry.id)).all() == [
                "hash",
                "",
            ]
            with pytest.raises(DatabaseError):
                session.execute(text("DELETE FROM audit_entry"))
            session.rollback()
        downgrade(revision="0028")
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM audit_entry"))


def test_no_address_is_ever_sealed_however_deep_it_stands(session: Session, user: User) -> None:
    told = {"reason": "brief van anna@gemeente.example", "was": [{"by": ["bert@noord.example"]}, 3]}
    record(session, user, "item.edit", "item", 1, NOW, **told)
    session.commit()
    kept = session.scalars(select(AuditEntry)).one().detail
    assert kept == {"reason": "brief van …", "was": [{"by": ["…"]}, 3]}
