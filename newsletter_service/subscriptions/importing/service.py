"""Readers brought from elsewhere, with the proof of their consent, and taken along."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.audience.service import segments, topics
from newsletter_service.db import among
from newsletter_service.delivery.models import Suppression
from newsletter_service.delivery.rules import Suppressed, address_hmac
from newsletter_service.delivery.suppressions import keep_off, scopes, suppress
from newsletter_service.keys.secret_keys import fingerprint
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.rules import COMMAND, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.importing.sheets import Line, Remark, Sheet, StayAway, read_sheet
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification.service import settle

_ROWS_AT_ONCE = 500
_EVERYBODY = 0
_LEFT_REASON = "left"


@dataclass
class Imported:
    """What became of the lines of a sheet; `remarks` say why somebody who waits to be confirmed still does.

    Who is `known` already stays as they are, also if they left. `confirmed` are those who had signed up and
    whose consent the sheet proves; `left` those whom this or an earlier sheet named as having left.
    """

    added: int = 0
    known: int = 0
    confirmed: int = 0
    suppressed: int = 0
    left: int = 0
    not_active: int = 0
    remarks: list[Remark] = field(default_factory=list)


def read(session: Session, text: str, suppression_key: str, now: datetime) -> Sheet:
    """The readers in a table, checked against the segments and topics there are."""
    sheet = read_sheet(text, _by_any_name(segments(session)), _by_any_name(topics(session)), now)
    mine = fingerprint(suppression_key)
    foreign = next((one for one in sheet.stay_away if not one.key.startswith(f"{mine}:")), None)
    if foreign is not None:
        what = (
            "has the hash of an address from a service with another SUPPRESSION_KEY, which cannot be recognised here. "
            "Start this copy with the suppression_key file of that service while it is empty, or leave such lines out"
        )
        sheet.faults.append(Remark(foreign.number, what))
    return sheet


def import_subscribers(
    session: Session,
    sheet: Sheet,
    consent: str,
    suppression_key: str,
    now: datetime,
    file_name: str = "import",
) -> Imported:
    """Add who is in `sheet`, confirmed; `consent` says where and how they agreed, and is kept as proof.

    Nobody is mailed, and nobody comes back by a list: neither who is not to be mailed any more, nor who left
    here, nor whom this or an earlier list names as having left.
    """
    importing = _Import.begin(session, consent, suppression_key, now, file_name)
    importing.keep_away(sheet.stay_away)
    for line in sheet.lines:
        importing.take(line)
    session.flush()
    result = importing.result
    detail = {"added": result.added, "confirmed": result.confirmed, "consent": consent}
    record(session, None, "subscribers.import", "subscriber", _EVERYBODY, now, **detail)
    return result


def record_export(session: Session, now: datetime) -> None:
    """Write down in the audit trail that everybody's data were taken along."""
    record(session, None, "subscribers.export", "subscriber", _EVERYBODY, now)


def all_subscribers(session: Session) -> Iterator[Line]:
    """Everybody, by address, for a sheet."""
    query = select(Subscriber).order_by(Subscriber.address).execution_options(yield_per=_ROWS_AT_ONCE)
    for number, subscriber in enumerate(session.scalars(query), 2):
        yield Line(
            number=number,
            address=Address(subscriber.address),
            name=subscriber.name,
            language=subscriber.language,
            segments=frozenset(membership.segment.slug for membership in subscriber.memberships),
            topics=frozenset(topic.slug for topic in subscriber.topics),
            status=subscriber.status,
            confirmed_at=subscriber.confirmed_at,
        )


def all_who_stay_away(session: Session, suppression_key: str) -> Iterator[StayAway]:
    """The keyed hashes of addresses that no list may bring in, for a copy of this service with the same key.

    Who signed up and confirmed after a list had named them as having left came back by their own wish.
    """
    mine = fingerprint(suppression_key)
    back = exists().where(
        Subscriber.address_hmac == Suppression.address_hmac, Subscriber.status == Status.ACTIVE
    )
    query = select(Suppression).where(or_(Suppression.scope == Suppressed.ALL_MAIL, ~back))
    for row in session.scalars(query.order_by(Suppression.scope, Suppression.address_hmac)):
        yield StayAway(0, f"{mine}:{row.address_hmac}", row.scope, row.reason, row.at)


def _by_any_name(rows: Iterable[Segment] | Iterable[Topic]) -> dict[str, str]:
    """Slugs by slug and by both names, in lower case."""
    return {name.casefold(): row.slug for row in rows for name in (row.name_nl, row.name_en, row.slug)}


@dataclass
class _Import:
    """An import under way: what it needs to know of who is there, and what has become of the lines so far."""

    session: Session
    consent: str
    suppression_key: str
    now: datetime
    file_name: str
    segments: dict[str, Segment]
    topics: dict[str, Topic]
    known: dict[str, str]
    kept_off: dict[str, Suppressed]
    result: Imported = field(default_factory=Imported)

    @classmethod
    def begin(
        cls, session: Session, consent: str, suppression_key: str, now: datetime, file_name: str
    ) -> "_Import":
        return cls(
            session=session,
            consent=consent,
            suppression_key=suppression_key,
            now=now,
            file_name=file_name,
            segments={segment.slug: segment for segment in segments(session)},
            topics={topic.slug: topic for topic in topics(session)},
            known={
                row.address: row.status
                for row in session.execute(select(Subscriber.address, Subscriber.status))
            },
            kept_off=scopes(session),
        )

    def keep_away(self, stay_away: Sequence[StayAway]) -> None:
        """Write down who stays away; what is on its way to those who are not to be mailed is cancelled."""
        hashes = {one.key.rpartition(":")[2]: one for one in stay_away}
        for hashed, one in hashes.items():
            if hashed not in self.kept_off:
                self._record_left(hashed, one.since)
            keep_off(self.session, hashed, one.scope, one.reason, one.since)
        self.session.flush()
        self.kept_off = scopes(self.session)
        never = [hashed for hashed, one in hashes.items() if one.scope is Suppressed.ALL_MAIL]
        query = select(Subscriber.id, Subscriber.address_hmac).where(among(Subscriber.address_hmac, never))
        for subscriber_id, hashed in self.session.execute(query):
            suppress(self.session, hashed, subscriber_id, hashes[hashed].reason, self.now)

    def _record_left(self, hashed: str, at: datetime) -> None:
        record_wish(self.session, hashed, Step.LEFT, COMMAND, self.file_name, at, note=self.consent)

    def take(self, line: Line) -> None:
        """Decide what becomes of one line, and count it."""
        key = address_hmac(line.address.text, self.suppression_key)
        kept_off = self.kept_off.get(key)
        status = self.known.get(line.address.text)
        if status == Status.PENDING and line.status is Status.ACTIVE:
            self._take_pending(line, kept_off)
        elif status is not None:
            self.result.known += 1
        elif kept_off is Suppressed.ALL_MAIL:
            self.result.suppressed += 1
        elif line.status is Status.LEFT:
            self._remember_as_left(key)
            self.result.not_active += 1
        elif kept_off is Suppressed.IMPORTS:
            self.result.left += 1
        elif line.status is not Status.ACTIVE:
            self.result.not_active += 1
        else:
            self._add(line, key)
            self.result.added += 1

    def _take_pending(self, line: Line, kept_off: Suppressed | None) -> None:
        """Somebody signed the address up and nobody has confirmed it yet: the sheet's proof does, if it can."""
        subscriber = self.session.scalars(
            select(Subscriber).where(Subscriber.address == line.address.text).with_for_update()
        ).one()
        why_not = self._reason_to_wait(subscriber, kept_off)
        if why_not:
            self.result.known += 1
            self.result.remarks.append(
                Remark(line.number, f"waits to be confirmed and still does: {why_not}")
            )
            return
        self._activate(subscriber, line)
        self.result.confirmed += 1

    def _reason_to_wait(self, subscriber: Subscriber, kept_off: Suppressed | None) -> str:
        if kept_off is Suppressed.ALL_MAIL:
            return "this address wants no mail"
        if kept_off is Suppressed.IMPORTS:
            return "an earlier list names this reader as having left"
        if subscriber.confirmed_at is not None:
            return "this reader had left here; only they themselves can come back"
        return ""

    def _remember_as_left(self, key: str) -> None:
        if key not in self.kept_off:
            self.kept_off[key] = Suppressed.IMPORTS
            self._record_left(key, self.now)
            keep_off(self.session, key, Suppressed.IMPORTS, _LEFT_REASON, self.now)

    def _add(self, line: Line, key: str) -> None:
        subscriber = Subscriber(
            address=line.address.text,
            address_hmac=key,
            domain=line.address.domain,
            asked_at=line.confirmed_at or self.now,
        )
        self.session.add(subscriber)
        self._activate(subscriber, line)

    def _activate(self, subscriber: Subscriber, line: Line) -> None:
        """Make `reader` what the line says, and write down the proof."""
        confirmed = line.confirmed_at or self.now
        subscriber.name = line.name
        subscriber.language = line.language
        subscriber.status = Status.ACTIVE
        subscriber.confirmed_at = confirmed
        subscriber.memberships = [
            Membership(segment=self.segments[slug], claimed_at=self.now) for slug in sorted(line.segments)
        ]
        subscriber.topics = [self.topics[slug] for slug in sorted(line.topics)]
        self.session.flush()
        record_wish(
            self.session,
            subscriber,
            Step.IMPORTED,
            COMMAND,
            self.file_name,
            confirmed,
            note=self.consent,
            detail={
                "language": line.language,
                "segments": sorted(line.segments),
                "topics": sorted(line.topics),
            },
        )
        settle(self.session, subscriber, self.now, tell=False)
