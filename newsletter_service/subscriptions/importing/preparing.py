"""What is written of each line of a list, made of it before the transaction that writes it begins."""

import json
from collections.abc import Iterator
from datetime import datetime, time
from functools import lru_cache
from itertools import chain, count

from newsletter_service.audience.rules import ListedDomain, proof_of
from newsletter_service.clock import DEFAULT_ZONE, moment_text, recurring_moment
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.languages import Language
from newsletter_service.links.tokens import new_keys
from newsletter_service.subscriptions.consent.rules import JOB, Place, Step
from newsletter_service.subscriptions.consent.service import Proof, Provenance, proof_of_step
from newsletter_service.subscriptions.importing.rows import AT_ONCE, Bringing, Offers, Row, Values
from newsletter_service.subscriptions.importing.rules import Line, Standing
from newsletter_service.subscriptions.rules import Status, searched
from newsletter_service.subscriptions.verification.rules import ClaimState, Evidence

_WAITING: Values = (ClaimState.WAITING.value, None, None, None, "", None)
_VERIFIED, _ACTIVE = ClaimState.VERIFIED.value, Status.ACTIVE.value
_BY_DOMAIN, _BY_LIST = Evidence.DOMAIN.value, Evidence.IMPORT.value
_STANDINGS = {standing: standing.value for standing in Standing}
"""Of each of 100,000 lines it would take a while to ask for what is always the same."""
_DOMAINS_KEPT = 10_000


class Preparing:
    """Makes the rows of one list, by what there is to belong to and to choose, and by what is said of it."""

    def __init__(self, offers: Offers, bringing: Bringing) -> None:
        self.offers, self.bringing = offers, bringing
        self._now = moment_text(bringing.now)
        self._until = moment_text(bringing.now + offers.term)
        self._since = moment_text(_beginning(bringing))
        self._by_list = Provenance(bringing.by, bringing.file_name, bringing.answers.proof.words)
        self._by_whom = Provenance(bringing.by, bringing.file_name)
        self._by_domain = Provenance(JOB, Place.CLAIMS.value)
        self._keys = chain.from_iterable(new_keys(AT_ONCE) for _piece in count())
        # The same few choices and domains come again and again.
        self._detail = lru_cache(maxsize=1000)(self._new_detail)
        self._proof = lru_cache(maxsize=_DOMAINS_KEPT)(self._new_proof)

    def row(self, line: Line) -> Row:
        """What is written of a line, if its reader comes in."""
        hashed = address_hmac(line.address.text, self.bringing.suppression_key)
        asked_at = moment_text(line.asked_at) if line.asked_at else ""
        agreed_at = moment_text(line.confirmed_at) if line.confirmed_at else asked_at or self._since
        detail = self._detail(line.language, line.segments, line.topics, line.source)
        claims = self._claims(line)
        return Row(
            line.number,
            _STANDINGS[line.status],
            line.address.text,
            hashed,
            moment_text(line.left_at) if line.left_at else self._now,
            self._subscriber(line, hashed, asked_at or agreed_at, agreed_at),
            tuple(claims.values()),
            tuple(self.offers.topics[slug] for slug in line.topics),
            (
                proof_of_step(hashed, Step.IMPORTED, agreed_at, detail, self._by_list),
                *self._proofs_of(hashed, claims),
            ),
        )

    def _subscriber(self, line: Line, hashed: str, asked_at: str, agreed_at: str) -> Values:
        paused = line.paused_until is not None and line.paused_until > self.bringing.now
        return (
            line.address.text,
            hashed,
            line.address.domain,
            line.name,
            line.organisation,
            line.language,
            _ACTIVE,
            next(self._keys),
            searched(line.name, line.organisation, line.address.text),
            asked_at,
            agreed_at,
            moment_text(line.paused_until) if line.paused_until and paused else None,
        )

    def _claims(self, line: Line) -> dict[str, Values]:
        """A claim to each segment: verified by the reader's domain, by the list, or waiting to be checked."""
        vouched = self.bringing.answers.vouched
        if not (line.segments or line.verified or vouched.segments):
            return {}
        brought = {one.segment: (one.source, one.until) for one in line.verified}
        brought |= dict.fromkeys(vouched.segments, (vouched.source, None))
        return {
            slug: self._claim(line, slug, brought.get(slug))
            for slug in sorted(line.segments | brought.keys())
        }

    def _claim(self, line: Line, slug: str, brought: tuple[str, datetime | None] | None) -> Values:
        segment_id = self.offers.segments[slug]
        proof = self._proof(line.address.domain, segment_id)
        if proof is None and brought is None:
            return (segment_id, self._now, *_WAITING)
        source, until = brought or ("", None)
        return (
            segment_id,
            self._now,
            _VERIFIED,
            self._now,
            None if proof else self.bringing.by.staff_id,
            _BY_DOMAIN if proof else _BY_LIST,
            proof.name if proof else source or self.bringing.file_name,
            moment_text(until) if until else self._until,
        )

    def _new_proof(self, domain: str, segment_id: int) -> ListedDomain | None:
        return proof_of(domain, self.offers.domains.get(segment_id, ()))

    def _proofs_of(self, hashed: str, claims: dict[str, Values]) -> Iterator[Proof]:
        """What was verified, and by what: a domain is nobody's decision, a list that of who brings it."""
        for slug, claim in claims.items():
            *_before, evidence, source, _until = claim
            if evidence is not None:
                detail = json.dumps({"segment": slug, "evidence": evidence, "source": source})
                seen = self._by_domain if evidence == _BY_DOMAIN else self._by_whom
                yield proof_of_step(hashed, Step.VERIFIED, self._now, detail, seen)

    def _new_detail(
        self, language: Language, segments: frozenset[str], topics: frozenset[str], source: str
    ) -> str:
        detail = {"language": language, "segments": sorted(segments), "topics": sorted(topics)}
        place = source or self.bringing.answers.proof.place
        return json.dumps(detail | {"place": place} if place else detail)


def _beginning(bringing: Bringing) -> datetime:
    """When consent was given by those of whom no column says it."""
    on = bringing.answers.proof.on
    return recurring_moment(on, time(), DEFAULT_ZONE) if on else bringing.now
