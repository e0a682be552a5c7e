"""Readers of a list put into the tables, many in one statement, with the proof of what they agreed to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.audience.rules import ListedDomain, proof_of
from newsletter_service.audience.service import listed_domains, segments, topics
from newsletter_service.db import among, insert_rows
from newsletter_service.links.tokens import new_key
from newsletter_service.subscriptions.consent.rules import JOB, By, Place, Step
from newsletter_service.subscriptions.consent.service import Wished, record_wishes
from newsletter_service.subscriptions.importing.rules import Line, Vouched
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.rules import Status, searched
from newsletter_service.subscriptions.verification.rules import ClaimState, Evidence
from newsletter_service.subscriptions.verification.service import term

Values = dict[str, Any]
_SUBSCRIBER, _MEMBERSHIP = cast(Table, Subscriber.__table__), cast(Table, Membership.__table__)


@dataclass(frozen=True)
class Offers:
    """What readers may belong to and choose, by slug; how segments prove themselves, and for how long."""

    segments: Mapping[str, Segment]
    topics: Mapping[str, Topic]
    domains: Mapping[int, tuple[ListedDomain, ...]]
    term: timedelta

    @classmethod
    def of(cls, session: Session) -> "Offers":
        """What there is now."""
        return cls(
            {segment.slug: segment for segment in segments(session)},
            {topic.slug: topic for topic in topics(session)},
            listed_domains(session),
            term(session),
        )


@dataclass(frozen=True)
class Adding:
    """Adds readers of one list: who brings it, under which name, and what proves that they agreed."""

    session: Session
    offers: Offers
    vouched: Vouched
    now: datetime
    by: By
    file_name: str
    note: str
    place: str
    since: datetime

    def add(self, readers: Sequence[tuple[Line, str]]) -> None:
        """Add those whom nobody knows here, each with the hash of the address."""
        if readers:
            rows = [self._subscriber(line, hashed) for line, hashed in readers]
            added = insert_rows(
                self.session, _SUBSCRIBER, rows, returning=(_SUBSCRIBER.c.id, _SUBSCRIBER.c.address)
            )
            numbers = {row.address: row.id for row in added}
            self._add_choices([(numbers[line.address.text], hashed, line) for line, hashed in readers])

    def confirm(self, lines: Sequence[Line]) -> None:
        """Confirm those who signed up here, and whose consent the list proves; the list says what they chose."""
        by_address = {line.address.text: line for line in lines}
        mine = select(Subscriber).where(among(Subscriber.address, [*by_address]))
        found = self.session.scalars(mine.with_for_update()).all() if lines else ()
        for subscriber in found:
            line = by_address[subscriber.address]
            subscriber.name, subscriber.language = line.name, line.language
            subscriber.organisation = line.organisation
            subscriber.status, subscriber.confirmed_at = Status.ACTIVE, self._agreed_at(line)
            subscriber.paused_until = self._paused_until(line)
            subscriber.memberships, subscriber.topics = [], []
        self.session.flush()
        self._add_choices([(one.id, one.address_hmac, by_address[one.address]) for one in found])
        for subscriber in found:
            self.session.expire(subscriber)

    def _add_choices(self, readers: Sequence[tuple[int, str, Line]]) -> None:
        claims = [claim for number, _hashed, line in readers for claim in self._claims(number, line)]
        chosen = [
            {"subscriber_id": number, "topic_id": self.offers.topics[slug].id}
            for number, _hashed, line in readers
            for slug in line.topics
        ]
        if claims:
            insert_rows(self.session, _MEMBERSHIP, claims)
        if chosen:
            insert_rows(self.session, subscriber_topic, chosen)
        self._prove(readers)
        self._prove_claims(readers, claims)

    def _subscriber(self, line: Line, hashed: str) -> Values:
        return {
            "address": line.address.text,
            "address_hmac": hashed,
            "domain": line.address.domain,
            "name": line.name,
            "organisation": line.organisation,
            "language": line.language,
            "status": Status.ACTIVE,
            "link_key": new_key(),
            "search": searched(line.name, line.organisation, line.address.text),
            "asked_at": line.asked_at or self._agreed_at(line),
            "confirmed_at": self._agreed_at(line),
            "paused_until": self._paused_until(line),
        }

    def _paused_until(self, line: Line) -> datetime | None:
        return line.paused_until if line.paused_until and line.paused_until > self.now else None

    def _agreed_at(self, line: Line) -> datetime:
        return line.confirmed_at or line.asked_at or self.since

    def _claims(self, number: int, line: Line) -> Iterator[Values]:
        """A claim to each segment: verified by the reader's domain, by the list, or waiting to be checked."""
        brought = {one.segment: (one.source, one.until) for one in line.verified}
        brought |= dict.fromkeys(self.vouched.segments, (self.vouched.source, None))
        for slug in sorted(line.segments | brought.keys()):
            segment_id = self.offers.segments[slug].id
            listed = self.offers.domains.get(segment_id, ())
            proof = proof_of(line.address.domain, listed)
            source, until = brought.get(slug, ("", None))
            claim: Values = {"subscriber_id": number, "segment_id": segment_id, "claimed_at": self.now}
            if proof is not None or slug in brought:
                claim |= {
                    "state": ClaimState.VERIFIED,
                    "decided_at": self.now,
                    "decided_by_id": None if proof else self.by.staff_id,
                    "evidence": Evidence.DOMAIN if proof else Evidence.IMPORT,
                    "source": proof.name if proof else source or self.file_name,
                    "until": until or self.now + self.offers.term,
                }
            yield _WAITING | claim

    def _prove(self, readers: Sequence[tuple[int, str, Line]]) -> None:
        """Write down that they agreed elsewhere, to what, and where and when."""
        wished = [
            Wished(number, hashed, self._agreed_at(line), self._detail(line), Step.IMPORTED)
            for number, hashed, line in readers
        ]
        record_wishes(self.session, wished, self.by, self.file_name, self.note)

    def _detail(self, line: Line) -> Values:
        detail: Values = {
            "language": line.language,
            "segments": sorted(line.segments),
            "topics": sorted(line.topics),
        }
        place = line.source or self.place
        return detail | {"place": place} if place else detail

    def _prove_claims(self, readers: Sequence[tuple[int, str, Line]], claims: Sequence[Values]) -> None:
        """Write down what was verified, and by what: a domain is nobody's decision, a list that of who brings it."""
        hashes = {number: hashed for number, hashed, _line in readers}
        slugs = {segment.id: slug for slug, segment in self.offers.segments.items()}
        for evidence, by in ((Evidence.DOMAIN, JOB), (Evidence.IMPORT, self.by)):
            wished = [
                Wished(
                    claim["subscriber_id"],
                    hashes[claim["subscriber_id"]],
                    self.now,
                    {"segment": slugs[claim["segment_id"]], "evidence": evidence, "source": claim["source"]},
                    Step.VERIFIED,
                )
                for claim in claims
                if claim["evidence"] is evidence
            ]
            source = Place.CLAIMS if evidence is Evidence.DOMAIN else self.file_name
            record_wishes(self.session, wished, by, source, "")


_WAITING: Values = {
    "state": ClaimState.WAITING,
    "decided_at": None,
    "decided_by_id": None,
    "evidence": None,
    "source": "",
    "until": None,
}
