"""Readers brought from elsewhere: everybody on a list or nobody, in statements for a thousand at once."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import islice
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.audience.service import segments, topics
from newsletter_service.clock import DEFAULT_ZONE, recurring_moment
from newsletter_service.db import among
from newsletter_service.delivery.rules import Suppressed, address_hmac
from newsletter_service.delivery.suppressions import KeptOff, keep_off_all, scopes, suppress
from newsletter_service.files.csv import Opener
from newsletter_service.keys.secret_keys import fingerprint
from newsletter_service.operations.logs import without_addresses
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.consent.rules import COMMAND, By, Step, by_staff
from newsletter_service.subscriptions.consent.service import Wished, record_wishes
from newsletter_service.subscriptions.importing.adding import Adding, Offers
from newsletter_service.subscriptions.importing.rules import (
    REMEMBERED,
    Answers,
    Fate,
    Known,
    Line,
    Problem,
    Proof,
    Remark,
    Standing,
    StayAway,
    fate,
)
from newsletter_service.subscriptions.importing.sheets import Sheet, read_sheet
from newsletter_service.subscriptions.models import Subscriber

_AT_ONCE = 1000
_EVERYBODY = 0
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
    """What became of the lines of a list, by their numbers; `remarks` say why somebody who waits still does."""

    lines: defaultdict[Fate, "array[int]"] = field(default_factory=_no_line_numbers)
    remarks: list[Remark] = field(default_factory=list)

    def number(self, *fates: Fate) -> int:
        """The number of lines that met one of these fates."""
        return sum(len(self.lines[one]) for one in fates)


def read(
    session: Session,
    opener: Opener,
    suppression_key: str,
    now: datetime,
    *,
    chosen: Iterable[str] | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Sheet:
    """The readers in a table, checked against the segments and topics there are."""
    known = _by_any_name(segments(session)), _by_any_name(topics(session))
    sheet = read_sheet(opener, *known, now, chosen=chosen, progress=progress)
    mine = fingerprint(suppression_key)
    foreign = next((one for one in sheet.stay_away if not one.key.startswith(f"{mine}:")), None)
    if foreign is not None:
        sheet.faults.add(foreign.number, Problem.FOREIGN_KEY)
    return sheet


def import_subscribers(
    session: Session,
    sheet: Sheet,
    answers: Answers,
    suppression_key: str,
    now: datetime,
    *,
    file_name: str = "import",
    actor: User | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Imported:
    """Add who is in `sheet`, confirmed; the answers say where and how they agreed, and are kept as proof.

    Nobody comes back by a list: neither who is not to be mailed any more, nor who left here, nor whom this or an
    earlier list names as having left. `actor` is None at a command.
    """
    by = by_staff(actor.id) if actor else COMMAND
    importing = _Import(session, answers, suppression_key, now, by, file_name)
    importing.keep_away(sheet.stay_away)
    for number, lines in enumerate(_in_pieces(sheet.lines)):
        importing.take(lines)
        progress(min(len(sheet.lines), (number + 1) * _AT_ONCE))
    result = importing.result
    detail = {
        "added": result.number(Fate.ADDED),
        "confirmed": result.number(Fate.CONFIRMED),
        "consent": without_addresses(answers.proof.words),
    }
    record(session, actor, "subscribers.import", "subscriber", _EVERYBODY, now, **detail)
    return result


def foresee(session: Session, sheet: Sheet, suppression_key: str) -> Imported:
    """What would become of everybody in `sheet`, as things stand now; nothing is changed and nobody held up."""
    foreseen = Imported()
    brought = {one.key.rpartition(":")[2]: one.scope for one in sheet.stay_away}
    for lines in _in_pieces(sheet.lines):
        _note(foreseen, _decided(session, lines, suppression_key, brought))
    return foreseen


@dataclass(frozen=True, slots=True)
class _Decided:
    """A line with the hash of its address, what becomes of it, and what the address is kept off."""

    line: Line
    hashed: str
    fate: Fate
    kept_off: Suppressed | None


def _decided(
    session: Session,
    lines: Sequence[Line],
    suppression_key: str,
    brought: Mapping[str, Suppressed] = MappingProxyType({}),
) -> list[_Decided]:
    """What becomes of some lines; `brought` is what the list itself keeps addresses off, where that is not kept yet."""
    hashes = [address_hmac(line.address.text, suppression_key) for line in lines]
    known, kept_off = _known(session, lines), scopes(session, hashes)
    decided = []
    for line, hashed in zip(lines, hashes, strict=True):
        here, kept = known.get(line.address.text), _stricter(kept_off.get(hashed), brought.get(hashed))
        became = fate(line, here, kept)
        decided.append(_Decided(line, hashed, became, kept))
    return decided


def _stricter(one: Suppressed | None, other: Suppressed | None) -> Suppressed | None:
    return Suppressed.ALL_MAIL if Suppressed.ALL_MAIL in (one, other) else one or other


def _known(session: Session, lines: Sequence[Line]) -> dict[str, Known]:
    """Readers with these addresses."""
    columns = (Subscriber.address, Subscriber.id, Subscriber.status, Subscriber.confirmed_at)
    query = select(*columns).where(among(Subscriber.address, [line.address.text for line in lines]))
    return {
        row.address: Known(row.id, row.status, row.confirmed_at is not None) for row in session.execute(query)
    }


def _note(result: Imported, decided: Sequence[_Decided]) -> None:
    for one in decided:
        result.lines[one.fate].append(one.line.number)
        if one.fate is Fate.WAITS:
            result.remarks.append(
                Remark(one.line.number, Problem.STILL_WAITS, {"about": _WAITS[one.kept_off]})
            )


def _by_any_name(rows: Iterable[Segment] | Iterable[Topic]) -> dict[str, str]:
    """Slugs by slug and by both names, in lower case."""
    return {name.casefold(): row.slug for row in rows for name in (row.name_nl, row.name_en, row.slug)}


def _in_pieces(things: Iterable[T]) -> Iterator[list[T]]:
    left = iter(things)
    while piece := list(islice(left, _AT_ONCE)):
        yield piece


@dataclass
class _Import:
    """An import under way: what staff said of the list, and what has become of its lines so far."""

    session: Session
    answers: Answers
    suppression_key: str
    now: datetime
    by: By
    file_name: str
    result: Imported = field(default_factory=Imported)

    def __post_init__(self) -> None:
        proof = self.answers.proof
        self.note = proof.words
        self.adding = Adding(
            self.session,
            Offers.of(self.session),
            self.answers.vouched,
            self.now,
            self.by,
            self.file_name,
            self.note,
            proof.place,
            _beginning_of(proof) or self.now,
        )

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
                suppress(self.session, hashed, subscriber_id, hashes[hashed].reason, self.now)

    def _keep_off(self, wanted: Mapping[str, KeptOff], steps: Mapping[str, Step]) -> None:
        new = keep_off_all(self.session, wanted)
        wished = [
            Wished(None, hashed, kept.at, {}, steps[hashed])
            for hashed, kept in wanted.items()
            if hashed in new
        ]
        record_wishes(self.session, wished, self.by, self.file_name, self.note)

    def take(self, lines: Sequence[Line]) -> None:
        """Decide what becomes of some lines, and do it."""
        decided = _decided(self.session, lines, self.suppression_key)
        _note(self.result, decided)
        sorted_out: defaultdict[Fate, list[tuple[Line, str]]] = defaultdict(list)
        for one in decided:
            sorted_out[one.fate].append((one.line, one.hashed))
        self.adding.add(sorted_out[Fate.ADDED])
        self.adding.confirm([line for line, _hashed in sorted_out[Fate.CONFIRMED]])
        self._remember(sorted_out[Fate.LEFT_THERE])

    def _remember(self, left: Sequence[tuple[Line, str]]) -> None:
        wanted = {
            hashed: KeptOff(*REMEMBERED[line.status], line.left_at or self.now) for line, hashed in left
        }
        self._keep_off(wanted, {hashed: _STEPS[line.status] for line, hashed in left})


def _beginning_of(proof: Proof) -> datetime | None:
    """When consent was given by those of whom no column says it, if staff did."""
    return recurring_moment(proof.on, time(), DEFAULT_ZONE) if proof.on else None
