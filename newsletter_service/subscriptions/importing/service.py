"""Readers brought from elsewhere: everybody on a list or nobody, in statements for a thousand at once."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.audience.service import segments, topics
from newsletter_service.clock import moment_from, moment_text
from newsletter_service.db import among, expect_many_rows
from newsletter_service.delivery.rules import Suppressed
from newsletter_service.delivery.suppressions import KeptOff, keep_off_all, scopes, suppress
from newsletter_service.errors import Conflict
from newsletter_service.files.csv import Opener
from newsletter_service.keys.secret_keys import fingerprint
from newsletter_service.operations.logs import without_addresses
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.consent.rules import Step
from newsletter_service.subscriptions.consent.service import Provenance, proof_of_step, record_proofs
from newsletter_service.subscriptions.importing.adding import add, confirm, offers
from newsletter_service.subscriptions.importing.preparing import Preparing
from newsletter_service.subscriptions.importing.rows import AT_ONCE, Bringing, Row, Rows
from newsletter_service.subscriptions.importing.rules import (
    REMEMBERED,
    Fate,
    Known,
    Problem,
    Remark,
    Standing,
    StayAway,
    fate,
)
from newsletter_service.subscriptions.importing.sheets import Sheet, read_sheet
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.requesting.planning import Asking
from newsletter_service.subscriptions.requesting.rules import Pace
from newsletter_service.subscriptions.requesting.service import (
    Brought,
    ask_later,
    number_waiting,
    waiting_among,
)

_EVERYBODY = 0
_STANDINGS = {str(one): one for one in Standing}
_STEPS = {Standing.LEFT: Step.LEFT, Standing.BOUNCED: Step.BOUNCED, Standing.BLOCKED: Step.LEFT}
_WAITS = {
    Suppressed.ALL_MAIL: "this address wants no mail",
    Suppressed.IMPORTS: "an earlier list names this reader as having left",
    None: "this reader had left here; only they themselves can come back",
}
T = TypeVar("T")


def _no_line_numbers() -> defaultdict[Fate, "array[int]"]:
    return defaultdict(lambda: array("L"))


@dataclass
class Imported:
    """What became of the lines of a list, by their numbers; `remarks` say why somebody who waits still does.

    Who is asked by mail is so until `asked_until`.
    """

    lines: defaultdict[Fate, "array[int]"] = field(default_factory=_no_line_numbers)
    remarks: list[Remark] = field(default_factory=list)
    asked_until: datetime | None = None

    def number(self, *fates: Fate) -> int:
        """The number of lines that met one of these fates."""
        return sum(len(self.lines.get(one, ())) for one in fates)


class OffersChanged(Conflict):
    """Segments, topics or domains are others than when the list was read: it has to be read again."""


def read(
    session: Session,
    opener: Opener,
    bringing: Bringing,
    rows: Rows,
    *,
    chosen: Iterable[str] | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Sheet:
    """The readers in a table, checked against the segments and topics there are; their lines go into `rows`."""
    preparing = Preparing(offers(session), bringing)
    sheet = read_sheet(
        opener,
        _by_any_name(segments(session)),
        _by_any_name(topics(session)),
        bringing.now,
        chosen=chosen,
        keep=lambda line: rows.append(preparing.row(line)),
        progress=progress,
    )
    rows.offers = preparing.offers
    mine = fingerprint(bringing.suppression_key)
    foreign = next((one for one in sheet.stay_away if not one.key.startswith(f"{mine}:")), None)
    if foreign is not None:
        sheet.faults.add(foreign.number, Problem.FOREIGN_KEY)
    return sheet


def import_subscribers(
    session: Session,
    sheet: Sheet,
    rows: Rows,
    bringing: Bringing,
    *,
    actor: User | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Imported:
    """Add who is in `sheet` and `rows`, confirmed; the answers say where and how they agreed, and are kept as proof.

    Nobody comes back by a list: neither who is not to be mailed any more, nor who left here, nor whom this or an
    earlier list names as having left. `actor` is None at a command. OffersChanged.
    """
    if offers(session) != rows.offers:
        raise OffersChanged("segments, topics or domains changed since the list was read")
    expect_many_rows(session)
    importing = _Import(session, bringing, _asking(session, rows, bringing))
    importing.keep_away(sheet.stay_away)
    done = 0
    for piece in rows.pieces():
        importing.take(piece)
        done += len(piece)
        progress(done)
    result = importing.result
    result.asked_until = importing.asking.pace.last
    words, asks = without_addresses(bringing.answers.proof.words), bringing.answers.asks
    became = {
        str(one): result.number(one) for one in ((Fate.ASKED,) if asks else (Fate.ADDED, Fate.CONFIRMED))
    }
    detail = became | {"known_from" if asks else "consent": words}
    record(session, actor, "subscribers.import", "subscriber", _EVERYBODY, bringing.now, **detail)
    return result


def foresee(session: Session, sheet: Sheet, rows: Rows, bringing: Bringing) -> Imported:
    """What would become of everybody in `sheet` and `rows`, as things stand now; nothing is changed, nobody held up."""
    foreseen = Imported()
    brought = {one.key.rpartition(":")[2]: one.scope for one in sheet.stay_away}
    asking = _asking(session, rows, bringing)
    for piece in rows.pieces():
        decided = _decided(session, piece, asks=bringing.answers.asks, brought=brought)
        _note(foreseen, decided)
        asking.plan([one.row for one in decided if one.fate is Fate.ASKED])
    foreseen.asked_until = asking.pace.last
    return foreseen


def _asking(session: Session, rows: Rows, bringing: Bringing) -> Asking:
    return Asking(rows.offers, Pace(bringing.limits, bringing.now, number_waiting(session)))


class _Decided(NamedTuple):
    """A row, what becomes of it, and what its address is kept off."""

    row: Row
    fate: Fate
    kept_off: Suppressed | None


def _decided(
    session: Session,
    rows: Sequence[Row],
    *,
    asks: bool,
    brought: Mapping[str, Suppressed] = MappingProxyType({}),
) -> list[_Decided]:
    """What becomes of some rows; `brought` is what the list itself keeps addresses off, where that is not kept yet."""
    known, kept_off = _known(session, rows), scopes(session, [row.hashed for row in rows])
    waiting = waiting_among(session, [row.address for row in rows]) if asks else frozenset[str]()
    decided = []
    for row in rows:
        kept = _stricter(kept_off.get(row.hashed), brought.get(row.hashed))
        became = fate(_STANDINGS[row.stood], known.get(row.address), kept, asks=asks)
        decided.append(_Decided(row, Fate.KNOWN if row.address in waiting else became, kept))
    return decided


def _stricter(one: Suppressed | None, other: Suppressed | None) -> Suppressed | None:
    return Suppressed.ALL_MAIL if Suppressed.ALL_MAIL in (one, other) else one or other


def _known(session: Session, rows: Sequence[Row]) -> dict[str, Known]:
    """Readers with these addresses."""
    columns = (Subscriber.address, Subscriber.id, Subscriber.status, Subscriber.confirmed_at)
    query = select(*columns).where(among(Subscriber.address, [row.address for row in rows]))
    return {
        row.address: Known(row.id, row.status, row.confirmed_at is not None) for row in session.execute(query)
    }


def _note(result: Imported, decided: Sequence[_Decided]) -> None:
    for row, became, kept_off in decided:
        result.lines[became].append(row.number)
        if became is Fate.WAITS:
            result.remarks.append(Remark(row.number, Problem.STILL_WAITS, {"about": _WAITS[kept_off]}))


def _by_any_name(rows: Iterable[Segment] | Iterable[Topic]) -> dict[str, str]:
    """Slugs by slug and by both names, in lower case."""
    return {name.casefold(): row.slug for row in rows for name in (row.name_nl, row.name_en, row.slug)}


def _in_pieces(things: Iterable[T]) -> Iterator[list[T]]:
    left = iter(things)
    while piece := list(islice(left, AT_ONCE)):
        yield piece


@dataclass
class _Import:
    """An import under way, and what has become of its lines so far."""

    session: Session
    bringing: Bringing
    asking: Asking
    result: Imported = field(default_factory=Imported)

    def keep_away(self, stay_away: Sequence[StayAway]) -> None:
        """Write down who stays away; what is on its way to those who are not to be mailed is cancelled."""
        for piece in _in_pieces(stay_away):
            hashes = {one.key.rpartition(":")[2]: one for one in piece}
            self._keep_off(
                {hashed: KeptOff(one.scope, one.reason, one.since) for hashed, one in hashes.items()},
                dict.fromkeys(hashes, Step.LEFT),
            )
            never = [hashed for hashed, one in hashes.items() if one.scope is Suppressed.ALL_MAIL]
            query = select(Subscriber.id, Subscriber.address_hmac).where(
                among(Subscriber.address_hmac, never)
            )
            for subscriber_id, hashed in self.session.execute(query):
                suppress(self.session, hashed, subscriber_id, hashes[hashed].reason, self.bringing.now)

    def _keep_off(self, wanted: Mapping[str, KeptOff], steps: Mapping[str, Step]) -> None:
        new = keep_off_all(self.session, wanted)
        seen = Provenance(self.bringing.by, self.bringing.file_name, self.bringing.answers.proof.words)
        proofs = [
            (None, proof_of_step(hashed, steps[hashed], moment_text(kept.at), None, seen))
            for hashed, kept in wanted.items()
            if hashed in new
        ]
        record_proofs(self.session, proofs)

    def take(self, rows: Sequence[Row]) -> None:
        """Decide what becomes of some rows, and do it."""
        decided = _decided(self.session, rows, asks=self.bringing.answers.asks)
        _note(self.result, decided)
        sorted_out: defaultdict[Fate, list[Row]] = defaultdict(list)
        for row, became, _kept_off in decided:
            sorted_out[became].append(row)
        add(self.session, sorted_out[Fate.ADDED])
        confirm(self.session, sorted_out[Fate.CONFIRMED])
        ask_later(self.session, self.asking.plan(sorted_out[Fate.ASKED]), self._brought())
        self._remember(sorted_out[Fate.LEFT_THERE])

    def _brought(self) -> Brought:
        bringing = self.bringing
        words, by = bringing.answers.proof.words, bringing.by.staff_id
        return Brought(words, bringing.file_name, by, bringing.list_id, bringing.now)

    def _remember(self, left: Sequence[Row]) -> None:
        wanted = {
            row.hashed: KeptOff(*REMEMBERED[_STANDINGS[row.stood]], moment_from(row.left_at)) for row in left
        }
        self._keep_off(wanted, {row.hashed: _STEPS[_STANDINGS[row.stood]] for row in left})
