"""Use cases of administrators: change the newsletter, and keep its organisations, segments and topics."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, literal, select
from sqlalchemy.orm import Session

from newsletter_service.administration.rules import Act, Part, moved
from newsletter_service.audience.models import Segment, SegmentDomain, Topic
from newsletter_service.db import Base, holds
from newsletter_service.documents.service import keep_current
from newsletter_service.editions.merging import changed, combined
from newsletter_service.errors import Conflict, Invalid, NotFound
from newsletter_service.publisher.models import Newsletter, Organisation
from newsletter_service.publisher.rules import slug_of
from newsletter_service.publisher.service import newsletter
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.consent.models import Consent

Listed = Organisation | Segment | Topic
Values = dict[str, str]
_KINDS: dict[Part, type[Organisation] | type[Segment] | type[Topic]] = {
    Part.ORGANISATIONS: Organisation,
    Part.SEGMENTS: Segment,
    Part.TOPICS: Topic,
}
_SUBJECTS = {Part.ORGANISATIONS: "organisation", Part.SEGMENTS: "segment", Part.TOPICS: "topic"}
_NAMED_BY = {Part.ORGANISATIONS: "short_name", Part.SEGMENTS: "name_nl", Part.TOPICS: "name_nl"}
_OWN_TABLES = frozenset({SegmentDomain.__tablename__})
"""What goes with the row that it belongs to."""


class ChangedMeanwhile(Conflict):
    """Somebody changed what was changed here too; nothing was saved.

    `yours` are the values as typed, with `theirs` (those that stand) where nothing clashes; `by` names, for each value
    that does clash, who changed it ("": nobody knows).
    """

    def __init__(self, yours: Values, theirs: Values, by: dict[str, str]) -> None:
        super().__init__("somebody else changed it meanwhile")
        self.yours, self.theirs, self.by = yours, theirs, by


class StillReferredTo(Conflict):
    """Something bears its name; it can be retired, and not removed."""


class LastOne(Conflict):
    """There is no newsletter without an organisation."""


def everything(session: Session, part: Part) -> Sequence[Listed]:
    """All of a list, those in use first, each in their order."""
    kind = _KINDS[part]
    retired = kind.retired_at.is_not(None)
    rows: list[Any] = list(session.scalars(select(kind).order_by(retired, kind.position, kind.id)))
    return rows


def one_of(session: Session, part: Part, number: int) -> Listed:
    """One of a list; NotFound."""
    found: Any = session.get(_KINDS[part], number)
    if found is None:
        raise NotFound(f"there is no such {_SUBJECTS[part]}")
    one: Listed = found
    return one


def change_newsletter(
    session: Session, typed: Values, began: str, contact: str, by: User, now: datetime
) -> None:
    """Save what was typed on top of what `began` tells of (see `merging`); ChangedMeanwhile."""
    row = newsletter(session)
    _change(session, row, "newsletter", typed, began, contact, by, now)


def change(
    session: Session,
    part: Part,
    number: int,
    typed: Values,
    began: str,
    contact: str,
    by: User,
    now: datetime,
) -> None:
    """The same for one of a list; Invalid where another has its name already."""
    row = one_of(session, part, number)
    _refuse_twice(session, part, typed, but=row.id)
    _change(session, row, _SUBJECTS[part], typed, began, contact, by, now)


def _change(
    session: Session,
    row: Newsletter | Listed,
    subject: str,
    typed: Values,
    began: str,
    contact: str,
    by: User,
    now: datetime,
) -> None:
    session.refresh(row, with_for_update=True)
    theirs = {name: getattr(row, name) for name in typed}
    values, clashing = combined(session, (subject, row.id), began, typed, theirs, by)
    if clashing:
        raise ChangedMeanwhile(values, theirs, clashing)
    names = changed(values, theirs)
    if not names:
        return
    keep_current(session, contact, now)  # texts name what is about to change
    for name in names:
        setattr(row, name, values[name])
    session.flush()
    keep_current(session, contact, now)
    detail = {name: [theirs[name], values[name]] for name in names}
    record(
        session, by, f"{subject}.change", subject, row.id, now, called=_called(row), changed=names, **detail
    )


def add(session: Session, part: Part, typed: Values, contact: str, by: User, now: datetime) -> Listed:
    """Add one at the end of a list; Invalid where another has its name already."""
    _refuse_twice(session, part, typed)
    kind, name = _KINDS[part], typed[_NAMED_BY[part]]
    rows = _held(session, part)
    slugs = [row.slug for row in rows]
    keep_current(session, contact, now)
    row: Listed = kind(**typed, slug=slug_of(name, slugs), position=len(rows) + 1)
    if isinstance(row, Organisation):
        row.since = now
    session.add(row)
    session.flush()
    _number(_held(session, part))
    session.flush()
    keep_current(session, contact, now)
    detail = {field: ["", value] for field, value in typed.items() if value}
    _note(session, part, "add", row, by, now, **detail)
    return row


def act_on(session: Session, part: Part, number: int, act: Act, contact: str, by: User, now: datetime) -> str:
    """Move, retire, restore or remove one of a list, and return its name. NotFound, StillReferredTo, LastOne."""
    row = one_of(session, part, number)
    name = _called(row)
    if act in (Act.UP, Act.DOWN):
        _move(session, part, row, act, by, now)
        return name
    rows = _held(session, part)
    keep_current(session, contact, now)
    if act is Act.REMOVE:
        _remove(session, part, row, by, now)
        rows.remove(row)
    else:
        _set_retired(session, part, row, act is Act.RETIRE, by, now)
    _refuse_none(part, rows)
    _number(rows)
    session.flush()
    keep_current(session, contact, now)
    return name


def is_referred_to(session: Session, part: Part, row: Listed) -> bool:
    """Whether anything bears the name of one of a list: an item, an edition, a reader, an account, or a consent."""
    table = Base.metadata.tables[row.__tablename__]
    keys = [
        key
        for other in Base.metadata.tables.values()
        if other.name not in _OWN_TABLES
        for key in other.foreign_keys
        if key.column.table is table
    ]
    for key in keys:
        pointing = select(literal(1)).select_from(key.parent.table).where(key.parent == row.id).limit(1)
        if session.scalar(pointing) is not None:
            return True
    return part is not Part.ORGANISATIONS and _was_consented_to(session, row.slug)


def _was_consented_to(session: Session, slug: str) -> bool:
    told = holds(cast(Consent.detail, Text), f'"{slug}"')
    return session.scalar(select(literal(1)).select_from(Consent).where(told).limit(1)) is not None


def _move(session: Session, part: Part, row: Listed, act: Act, by: User, now: datetime) -> None:
    rows = [one for one in _held(session, part) if one.retired == row.retired]
    before = [one.id for one in rows]
    after = moved(before, row.id, act)
    if after == before:
        return
    by_id = {one.id: one for one in rows}
    _number([by_id[number] for number in after])
    session.flush()
    places = [before.index(row.id) + 1, after.index(row.id) + 1]
    _note(session, part, "move", row, by, now, position=places)


def _set_retired(session: Session, part: Part, row: Listed, retired: bool, by: User, now: datetime) -> None:
    if row.retired == retired:
        return
    row.retired_at = now if retired else None
    verb = "retire" if retired else "restore"
    _note(session, part, verb, row, by, now, retired=[not retired, retired])


def _remove(session: Session, part: Part, row: Listed, by: User, now: datetime) -> None:
    if is_referred_to(session, part, row):
        raise StillReferredTo("something bears its name")
    session.delete(row)
    _note(session, part, "remove", row, by, now, slug=[row.slug, ""])


def _note(
    session: Session, part: Part, verb: str, row: Listed, by: User, now: datetime, **detail: object
) -> None:
    subject = _SUBJECTS[part]
    record(session, by, f"{subject}.{verb}", subject, row.id, now, called=_called(row), **detail)


def _called(row: Newsletter | Listed) -> str:
    """What a row is called in the audit trail, which keeps it when the row is gone."""
    if isinstance(row, Organisation):
        return row.short_name
    return row.name if isinstance(row, Newsletter) else row.name_nl


def _held(session: Session, part: Part) -> list[Listed]:
    """All rows in their order, which nobody else changes until the transaction ends."""
    kind = _KINDS[part]
    rows = select(kind).order_by(kind.position, kind.id).with_for_update(of=kind)
    found: list[Any] = list(session.scalars(rows.execution_options(populate_existing=True)))
    return found


def _number(rows: Sequence[Listed]) -> None:
    """Write down the order; the strokes of organisations stand in it too, and who is retired has none."""
    for place, row in enumerate(rows, 1):
        row.position = place
    speaking = [row for row in rows if isinstance(row, Organisation) and not row.retired]
    for row in rows:
        if isinstance(row, Organisation):
            row.accent = speaking.index(row) + 1 if row in speaking else 0


def _refuse_none(part: Part, rows: Sequence[Listed]) -> None:
    if part is Part.ORGANISATIONS and all(row.retired for row in rows):
        raise LastOne("there must be an organisation")


def _refuse_twice(session: Session, part: Part, typed: Mapping[str, str], but: int = 0) -> None:
    field, kind = _NAMED_BY[part], _KINDS[part]
    names = session.execute(select(kind.id, getattr(kind, field))).all()
    if any(number != but and name.casefold() == typed[field].casefold() for number, name in names):
        raise Invalid("there is one of that name already", field)
