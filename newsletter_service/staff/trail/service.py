"""Sealing entries of the audit trail as their transaction commits, and walking along the chain."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Text, cast, delete, event, insert, select, text
from sqlalchemy.orm import Session, SessionTransaction

from newsletter_service.db import Base, among
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.trail.models import AuditSeal, SealedMoment
from newsletter_service.staff.trail.rules import (
    BEGINNING,
    FORGOTTEN,
    Entry,
    Fault,
    Head,
    Link,
    Verification,
    sealed,
    walk,
)

_WAITING = "audit entries to be sealed"
# Any number that nothing else in this database uses.
_ADVISORY_LOCK = 5_137_020_819
_ENTRY, _SEAL = (
    Base.metadata.tables[AuditEntry.__tablename__].c,
    Base.metadata.tables[AuditSeal.__tablename__].c,
)
"""Plain columns: a million rows of mapped ones take a third longer."""
_AS_SEALED = {"at": SealedMoment(_ENTRY.at), "detail": cast(_ENTRY.detail, Text)}
_COLUMNS = tuple(_AS_SEALED.get(name, _ENTRY[name]) for name in Entry._fields)
_AT_ONCE = 5000
_FORGOTTEN_AT_ONCE = 1000


def seal_at_commit(session: Session, entry: AuditEntry) -> None:
    """Let an entry that was written have its place in the chain once its transaction is about to commit."""
    session.info.setdefault(_WAITING, set()).add(entry.id)


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Seal what this transaction wrote, as the last thing it does: nobody waits longer than a commit takes."""
    if session.in_nested_transaction() or _WAITING not in session.info:
        return
    session.flush()
    _wait_for_who_commits(session)
    mine = among(_ENTRY.id, sorted(session.info[_WAITING]))
    rows = session.execute(select(*_COLUMNS).where(mine).order_by(_ENTRY.id)).all()
    seals = _seals(head(session), rows)
    if seals:
        session.execute(insert(AuditSeal), seals)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_WAITING, None)


def _wait_for_who_commits(session: Session) -> None:
    """On SQLite one transaction writes at a time anyway; a process that stands still is not waited for forever."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '10s'"))
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


def _seals(last: Head, rows: Sequence[Sequence[Any]]) -> list[dict[str, object]]:
    seals: list[dict[str, object]] = []
    for row in rows:
        entry, number = Entry._make(row), last.number + 1
        hashed = sealed(number, last.hash, entry)
        seals.append({"number": number, "entry_id": entry.id, "before": last.hash, "hash": hashed})
        last = Head(number, hashed)
    return seals


def head(session: Session) -> Head:
    """The last place of the chain."""
    last = select(AuditSeal.number, AuditSeal.hash).order_by(AuditSeal.number.desc()).limit(1)
    row = session.execute(last).one_or_none()
    return Head(row.number, row.hash) if row else Head(0, BEGINNING)


def forget_before(session: Session, before: datetime, now: datetime, limit: int = _FORGOTTEN_AT_ONCE) -> int:
    """Deletes up to `limit` of the oldest entries, those of before a moment; returns their number.

    An entry of its own says where the chain begins from now on: without it nothing could be deleted.
    """
    oldest = select(_SEAL.number, _SEAL.hash, _ENTRY.at).join(_ENTRY.id.table, _ENTRY.id == _SEAL.entry_id)
    rows = session.execute(oldest.order_by(_SEAL.number).limit(limit)).all()
    old = list(takewhile(lambda row: row.at < before, rows))
    if not old:
        return 0
    entry = AuditEntry(
        at=now,
        action=FORGOTTEN,
        subject_type="audit_entry",
        subject_id=0,
        detail={"through": old[-1].number, "hash": old[-1].hash, "entries": len(old)},
    )
    session.add(entry)
    session.flush()
    seal_at_commit(session, entry)
    theirs = select(_SEAL.entry_id).where(_SEAL.number <= old[-1].number)
    session.execute(delete(_ENTRY.id.table).where(_ENTRY.id.in_(theirs)))
    session.expire_all()
    return len(old)


def verify(session: Session, known: Head | None = None) -> Verification:
    """Whether all entries are as they were sealed, one after the other; `known` is a head that was mailed."""
    found = walk(_links(session), known)
    if found.fault is not None:
        return found
    unsealed = _first_unsealed(session)
    return found if unsealed is None else found.broken(Fault.UNSEALED, found.head.number + 1, unsealed)


def _links(session: Session) -> Iterator[Link]:
    seals = select(_SEAL.number, _SEAL.before, _SEAL.hash, *_COLUMNS)
    both = _SEAL.number.table.outerjoin(_ENTRY.id.table, _ENTRY.id == _SEAL.entry_id)
    query = seals.select_from(both).order_by(_SEAL.number).limit(_AT_ONCE)
    after = 0
    while page := session.execute(query.where(_SEAL.number > after)).all():
        for number, before, hashed, *columns in page:
            yield Link(number, before, hashed, Entry._make(columns) if columns[0] is not None else None)
        after = page[-1].number


def _first_unsealed(session: Session) -> Entry | None:
    """An entry that did not come by way of this service: who writes one here seals it in the same transaction."""
    lone = select(*_COLUMNS).outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
    row = session.execute(
        lone.where(AuditSeal.number.is_(None)).order_by(AuditEntry.id).limit(1)
    ).one_or_none()
    return Entry._make(row) if row else None
