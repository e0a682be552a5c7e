"""Use cases of keeping still: look whether this database may go on, mark that it does, and stop it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.orm import Session

from newsletter_service.continuity.models import Continuity
from newsletter_service.continuity.places import place_of
from newsletter_service.continuity.rules import Known, Place, Seen, Why, why_still
from newsletter_service.continuity.witness import Witness
from newsletter_service.db import add_missing

STILL = (
    "the service keeps still, for its database is a copy: see `newsletter still show`, or the page that all staff "
    "pages lead to now"
)
"""What operators read wherever nothing goes on for that reason."""
_ROW = 1
_COLUMNS = (
    Continuity.lines, Continuity.mark, Continuity.place, Continuity.timeline, Continuity.marked_at,
    Continuity.still_since,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the service keeps still, and else what a witness is to note once this is committed, and when it was."""

    still: bool
    known: Known | None = None
    at: datetime | None = None

    def tell(self, witness: Witness) -> None:
        """Let a witness note it."""
        if self.known is not None and self.at is not None:
            witness.note(self.known, self.at)


@dataclass(frozen=True, slots=True)
class _Row:
    known: Known
    marked_at: datetime
    still: bool


def stands_still(engine: Engine, witness: Witness, now: datetime) -> bool:
    """Whether the service keeps still. A copy that nobody noticed before is told to; nothing else is written."""
    with engine.connect().execution_options(sqlite_read_only=True) as connection:
        row = _read(connection)
        if row is not None and row.still:
            return True
        if row is not None and _trouble(connection, row, witness.seen(row.known)) is None:
            return False
    with engine.begin() as connection:
        standing = look(connection, witness, now)
    standing.tell(witness)
    return standing.still


def was_moved(engine: Engine) -> str:
    """Returns what to tell the operator where this database goes on elsewhere, "" if it does not."""
    with engine.connect().execution_options(sqlite_read_only=True) as connection:
        moved = connection.scalar(select(Continuity.still_why).where(Continuity.id == _ROW)) is Why.MOVED
    return "this database was moved, and goes on elsewhere: give that one as DATABASE_URL" if moved else ""


def look(connection: Connection, witness: Witness, now: datetime, *, marks: bool = False) -> Standing:
    """Whether the service may go on with this database; one that may not keeps still from now on.

    With `marks` it writes down that it goes on: whoever is about to send does. A database that nobody looked at before
    belongs where it lies.
    """
    row = _read_or_born(connection, now)
    if row.still:
        return Standing(still=True)
    seen = witness.seen(row.known)
    trouble = _trouble(connection, row, seen)
    if trouble is not None:
        until = seen.at if seen is not None and trouble is Why.PUT_BACK else None
        keep_still(connection, trouble, now, known_at=row.marked_at, worked_until=until)
        return Standing(still=True)
    if not marks:
        return Standing(False, row.known, now)
    known = _marked(connection, row.known, now)
    return Standing(known is None, known, now)


def keep_still(
    connection: Connection,
    why: Why,
    now: datetime,
    *,
    known_at: datetime,
    worked_until: datetime | None = None,
) -> None:
    """Let nothing go out from this database until a person has said what is true."""
    _read_or_born(connection, now)
    last = connection.scalar(text("SELECT max(id) FROM delivery")) or 0
    _set(
        connection,
        still_since=now,
        still_why=why,
        known_at=known_at,
        worked_until=worked_until,
        last_delivery_id=last,
    )


def go_on(connection: Connection, now: datetime) -> Standing:
    """Let this database go on where it lies now, on a line of its own that no copy of before knows."""
    row, place = _read_or_born(connection, now), place_of(connection)
    known = Known((*row.known.lines, _token()), row.known.mark + 1, place)
    _set(
        connection,
        lines=list(known.lines),
        mark=known.mark,
        marked_at=now,
        place=place.where,
        timeline=place.timeline,
        still_since=None,
        still_why=None,
        known_at=None,
        worked_until=None,
        last_delivery_id=None,
    )
    return Standing(False, known, now)


def still_row(session: Session, *, held: bool = False) -> Continuity | None:
    """What is known of a service that keeps still, None if it does not; `held` for nobody else to change meanwhile."""
    query = select(Continuity).where(Continuity.id == _ROW, Continuity.still_since.is_not(None))
    return session.scalars(query.with_for_update() if held else query).first()


def _trouble(connection: Connection, row: _Row, seen: Seen | None) -> Why | None:
    return why_still(row.known, place_of(connection), seen)


def _read(connection: Connection) -> _Row | None:
    found = connection.execute(select(*_COLUMNS).where(Continuity.id == _ROW)).one_or_none()
    if found is None:
        return None
    lines, mark, where, timeline, marked_at, still_since = found
    return _Row(Known(tuple(lines), mark, Place(where, timeline)), marked_at, still_since is not None)


def _read_or_born(connection: Connection, now: datetime) -> _Row:
    """The row, which is made where nobody looked at this database before; others may do so at this moment."""
    found = _read(connection)
    if found is None:
        place, known = place_of(connection), {"id": _ROW, "lines": [_token()], "mark": 0, "marked_at": now}
        add_missing(connection, Continuity, [known | {"place": place.where, "timeline": place.timeline}])
        found = _read(connection)
    return found or _read_or_born(connection, now)


def _marked(connection: Connection, known: Known, now: datetime) -> Known | None:
    """Returns what the database says of itself then, None where it was told to keep still at this moment.

    The timeline is written again: a server that was promoted without loss has another.
    """
    place = place_of(connection)
    going_on = (
        update(Continuity)
        .where(Continuity.id == _ROW, Continuity.still_since.is_(None))
        .values(mark=Continuity.mark + 1, marked_at=now, timeline=place.timeline)
    )
    mark = connection.scalars(going_on.returning(Continuity.mark)).one_or_none()
    return None if mark is None else Known(known.lines, mark, place)


def _set(connection: Connection, **values: object) -> None:
    connection.execute(update(Continuity).where(Continuity.id == _ROW).values(**values))


def _token() -> str:
    return secrets.token_hex(8)
