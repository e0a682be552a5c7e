"""Finding entries of the audit trail, a page at a time, with the names of what they are about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from newsletter_service.audience.service import segments
from newsletter_service.db import LARGEST_NUMBER, among
from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editorial.models import Item
from newsletter_service.languages import Language
from newsletter_service.publisher.service import all_organisations
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.service import record
from newsletter_service.trail.rules import Done, Topic

_AT_ONCE = 1000
EXPORTED = "audit.export"
_Name = TypeVar("_Name", int, str)


@dataclass(frozen=True)
class Narrowing:
    """Which entries: by who did it (a number, or not a person), what it was about, and from when until when.

    `subscriber` is a reader's number, `subscriber_key` the keyed hash of an address.
    """

    actor_id: int | None = None
    done_by: Done | None = None
    topic: Topic | None = None
    item: int | None = None
    edition: int | None = None
    subscriber: int | None = None
    subscriber_key: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Names:
    """What numbers in entries stand for, as far as it is still there."""

    users: dict[int, str] = field(default_factory=dict)
    items: dict[int, str] = field(default_factory=dict)
    editions: dict[int, int] = field(default_factory=dict)
    corrected: dict[int, int] = field(default_factory=dict)
    organisations: dict[int, str] = field(default_factory=dict)
    segments: dict[int | str, str] = field(default_factory=dict)


def entries(
    session: Session, narrowing: Narrowing, below: int = LARGEST_NUMBER, limit: int = 50
) -> Sequence[AuditEntry]:
    """Up to `limit` entries with ids below `below`, the newest first."""
    query = _narrowed(narrowing).where(AuditEntry.id < below).order_by(AuditEntry.id.desc())
    return session.scalars(query.limit(limit)).unique().all()


def every_entry(
    session: Session, narrowing: Narrowing, language: Language
) -> Iterator[tuple[AuditEntry, Names]]:
    """All such entries, the newest first, with the names that go with them; a piece at a time."""
    below = LARGEST_NUMBER
    while some := entries(session, narrowing, below, _AT_ONCE):
        known = names(session, some, language)
        yield from ((one, known) for one in some)
        below = some[-1].id
        session.expunge_all()


def record_export(session: Session, actor: User, now: datetime) -> None:
    """Write down that the trail was taken along."""
    record(session, actor, EXPORTED, "audit_entry", 0, now)


def _narrowed(narrowing: Narrowing) -> Select[AuditEntry]:
    return select(AuditEntry).where(*_by_whom_and_when(narrowing), *_about(narrowing))


def _by_whom_and_when(narrowing: Narrowing) -> Iterator[ColumnElement[bool]]:
    if narrowing.actor_id is not None:
        yield AuditEntry.actor_id == narrowing.actor_id
    if narrowing.done_by is not None:
        nobody = AuditEntry.actor_id.is_(None)
        at_a_terminal = AuditEntry.terminal != ""
        yield and_(nobody, at_a_terminal if narrowing.done_by is Done.AT_A_TERMINAL else ~at_a_terminal)
    if narrowing.since is not None:
        yield AuditEntry.at >= narrowing.since
    if narrowing.until is not None:
        yield AuditEntry.at < narrowing.until


def _about(narrowing: Narrowing) -> Iterator[ColumnElement[bool]]:
    if narrowing.topic is not None:
        yield or_(*(AuditEntry.action.startswith(f"{kind}.") for kind in narrowing.topic.kinds))
    if narrowing.item is not None:
        in_an_edition = and_(
            AuditEntry.action == "edition.edit", AuditEntry.detail["item"].as_integer() == narrowing.item
        )
        yield or_(_is("item", narrowing.item), in_an_edition)
    if narrowing.edition is not None:
        edition = select(Edition.id).where(Edition.number == narrowing.edition).scalar_subquery()
        corrections = select(Correction.id).where(Correction.edition_id == edition)
        about = and_(AuditEntry.subject_type == "correction", AuditEntry.subject_id.in_(corrections))
        yield or_(_is("edition", edition), about)
    if narrowing.subscriber is not None:
        yield _is("subscriber", narrowing.subscriber)
    if narrowing.subscriber_key:
        yield AuditEntry.subject_key == narrowing.subscriber_key


def _is(kind: str, number: object) -> ColumnElement[bool]:
    return and_(AuditEntry.subject_type == kind, AuditEntry.subject_id == number)


def names(session: Session, found: Iterable[AuditEntry], language: Language) -> Names:
    """What the numbers in these entries stand for."""
    ids: dict[str, list[int]] = {}
    for entry in found:
        ids.setdefault(entry.subject_type, []).append(entry.subject_id)
        for kind, key in (("item", "item"), ("item", "other"), ("account", "asked_by")):
            if isinstance(entry.detail.get(key), int):
                ids.setdefault(kind, []).append(entry.detail[key])
    all_segments = segments(session)
    return Names(
        users=_named(session, select(User.id, User.name).where(among(User.id, ids.get("account", [])))),
        items=_named(session, select(Item.id, Item.title).where(among(Item.id, ids.get("item", [])))),
        editions=_named(
            session, select(Edition.id, Edition.number).where(among(Edition.id, ids.get("edition", [])))
        ),
        corrected=_named(
            session,
            select(Correction.id, Edition.number)
            .join(Edition, Edition.id == Correction.edition_id)
            .where(among(Correction.id, ids.get("correction", []))),
        ),
        organisations={one.id: one.short_name for one in all_organisations(session)},
        segments={key: one.name(language) for one in all_segments for key in (one.id, one.slug)},
    )


def _named(session: Session, query: Select[int, _Name]) -> dict[int, _Name]:
    return {row[0]: row[1] for row in session.execute(query)}


def everybody(session: Session) -> dict[int, str]:
    """The names of all accounts, by number."""
    return _named(session, select(User.id, User.name).order_by(User.name, User.id))
