"""Use cases of checking claims to segments: at once by domain, by a person, and again when a year is over."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, exists, or_, select, tuple_
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.audience.rules import ListedDomain, proof_of
from newsletter_service.audience.service import listed_domains
from newsletter_service.db import among
from newsletter_service.publisher.service import newsletter
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record_about_reader
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import JOB, Place, Step, by_staff
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Checked, DormantCheck, Membership, Subscriber
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification.rules import (
    UNDO_WITHIN,
    ClaimState,
    DeclineReason,
    Evidence,
    may_renew,
)

Check = TypeVar("Check", bound=Checked)
ClaimKey = tuple[int, int]
"""A claim, by the numbers of its reader and of its segment."""
_CHECK = (
    "state",
    "decided_at",
    "decided_by_id",
    "evidence",
    "source",
    "reason",
    "until",
    "reminders",
)
_AT_ONCE = 500


def term(session: Session) -> timedelta:
    """How long a verification holds, as staff set it."""
    return timedelta(days=newsletter(session).verification_days)


def choose_segments(
    session: Session, subscriber: Subscriber, segment_ids: Collection[int], now: datetime
) -> None:
    """Set which segments a reader claims; one that is kept, or claimed again, keeps its check."""
    kept = {membership.segment_id: membership for membership in subscriber.memberships}
    wanted = session.scalars(select(Segment).where(Segment.id.in_(segment_ids)).order_by(Segment.id))
    for membership in subscriber.memberships:
        if membership.segment_id not in segment_ids:
            _let_sleep(session, membership, now)
    subscriber.memberships = [
        kept.get(segment.id) or _claim(session, subscriber, segment, now) for segment in wanted
    ]
    session.flush()
    settle(session, subscriber, now)


def _let_sleep(session: Session, membership: Membership, now: datetime) -> None:
    """Remember the check of a claim that is given up, once nobody can take the decision back any more."""
    if membership.state is not ClaimState.WAITING and not _may_be_undone(membership, now):
        check = DormantCheck(subscriber_id=membership.subscriber_id, segment_id=membership.segment_id)
        session.add(_copied(membership, check))


def _may_be_undone(membership: Membership, now: datetime) -> bool:
    decided = membership.decided_at if membership.decided_by_id is not None else None
    return decided is not None and now - decided < UNDO_WITHIN


def _claim(session: Session, subscriber: Subscriber, segment: Segment, now: datetime) -> Membership:
    """A claim, with its earlier check if there is one; what was declined or is over waits for a new one."""
    claim = Membership(segment=segment, state=ClaimState.WAITING, claimed_at=now)
    if dormant := session.get(DormantCheck, (subscriber.id, segment.id)):
        _copied(dormant, claim)
        if claim.state is not ClaimState.VERIFIED or claim.until is None or claim.until <= now:
            claim.state = ClaimState.WAITING
        session.delete(dormant)
    return claim


def _copied(check: Checked, onto: Check) -> Check:
    for name in _CHECK:
        setattr(onto, name, getattr(check, name))
    return onto


def settle(session: Session, subscriber: Subscriber, now: datetime, *, tell: bool = True) -> None:
    """Hold the claims of a reader against the listed domains, once the address is confirmed.

    What a domain proves counts from here, and its reader is told if `tell`; what a domain proved that does so no more
    waits again.
    """
    if subscriber.status is not Status.ACTIVE or not subscriber.memberships:
        return
    listed = listed_domains(session)
    for membership in subscriber.memberships:
        _settle(session, membership, subscriber.domain, listed.get(membership.segment_id, ()), now)
        if not tell:
            membership.tell_at = None
    session.flush()


def _settle(
    session: Session, membership: Membership, domain: str, listed: Sequence[ListedDomain], now: datetime
) -> None:
    proof = proof_of(domain, listed)
    by_domain = membership.evidence is Evidence.DOMAIN and membership.state is ClaimState.VERIFIED
    if proof is None and by_domain:
        membership.reopen(tell_at=now + UNDO_WITHIN)
        _prove(session, membership, Step.REOPENED, None, now)
    elif proof is not None and membership.state is ClaimState.WAITING:
        was_to_hear = membership.tell_at is not None
        verify(session, membership, Evidence.DOMAIN, proof.name, now)
        if was_to_hear:  # that it waits, which is over before they heard of it
            membership.tell_at = None


def reopen_claims(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Let the claims wait again that were verified for an address which their reader gives up."""
    for membership in subscriber.memberships:
        if membership.state is ClaimState.VERIFIED:
            membership.reopen(tell_at=now)
            _prove(session, membership, Step.REOPENED, None, now)


def in_domains(domains: Collection[ListedDomain]) -> ColumnElement[bool]:
    """Whether a subscriber's address lies in one of these domains, as ListedDomain.covers says of one."""
    below = [Subscriber.domain.endswith(f".{one.name}", autoescape=True) for one in domains if one.subdomains]
    return or_(Subscriber.domain.in_([one.name for one in domains]), *below)


def settle_waiting(session: Session, now: datetime, most: int = _AT_ONCE) -> int:
    """Verify what a newly listed domain proves, up to `most` claims; returns their number."""
    found = 0
    for segment_id, domains in listed_domains(session).items():
        for claim in _provable(session, segment_id, domains, most - found):
            _settle(session, claim, claim.subscriber.domain, domains, now)
            found += 1
    session.flush()
    return found


def _provable(
    session: Session, segment_id: int, domains: Collection[ListedDomain], most: int
) -> Sequence[Membership]:
    query = (
        select(Membership)
        .join(Membership.subscriber)
        .where(
            Membership.segment_id == segment_id,
            Membership.state == ClaimState.WAITING,
            Subscriber.status == Status.ACTIVE,
            in_domains(domains),
        )
        .order_by(Membership.claimed_at, Membership.subscriber_id)
        .limit(most)
    )
    whose = session.scalars(query.with_only_columns(Membership.subscriber_id)).all()
    _hold(session, whose)
    return session.scalars(_held(query.where(among(Membership.subscriber_id, whose)))).all()


def _hold(session: Session, subscriber_ids: Sequence[int]) -> None:
    """Hold readers until the transaction ends, before their claims: a reader who changes theirs does so too."""
    mine = select(Subscriber.id).where(among(Subscriber.id, subscriber_ids)).order_by(Subscriber.id)
    session.execute(mine.with_for_update())


def _held(query: Select[Membership]) -> Select[Membership]:
    """The same claims, as they stand once everybody else is done with them."""
    return query.with_for_update(of=Membership).execution_options(populate_existing=True)


def verify(
    session: Session,
    membership: Membership,
    evidence: Evidence,
    source: str,
    now: datetime,
    *,
    by: User | None = None,
    until: datetime | None = None,
    tell_at: datetime | None = None,
) -> None:
    """Let a claim count, for as long as verifications hold; its reader is told at `tell_at`, or as soon as can be."""
    membership.state = ClaimState.VERIFIED
    membership.decided_at, membership.decided_by_id = now, by.id if by else None
    membership.evidence, membership.source, membership.reason = evidence, source, None
    membership.until, membership.reminders = until or now + term(session), 0
    membership.tell_at = tell_at or now
    _prove(session, membership, Step.VERIFIED, by, now, evidence=evidence, source=source)


def renewable(subscriber: Subscriber) -> list[Membership]:
    """The claims that their owner may renew by the button in a mail."""
    if subscriber.status is not Status.ACTIVE:
        return []
    return [claim for claim in subscriber.memberships if may_renew(claim.state, claim.reminders)]


def renew(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Let what the reader was asked about hold once more; what ended meanwhile waits for a new check.

    Whoever presses the button, a mail scanner too, can so prolong what was verified before, and nothing else; an
    address in a listed domain proves by getting the mail what it proved at first.
    """
    for claim in renewable(subscriber):
        if claim.state is ClaimState.LAPSED:
            claim.reopen()
        else:
            claim.until, claim.reminders = now + term(session), 0
        _record(session, None, "claim.renewed", claim, now)
    session.flush()
    settle(session, subscriber, now)


def verify_claims(
    session: Session,
    claims: Collection[ClaimKey],
    by: User,
    now: datetime,
    *,
    seen_at: datetime | None = None,
) -> list[Membership]:
    """Let these claims count because a member of staff says so; returns those that waited still.

    Whose reader moved to another address since `seen_at` waits on: what was seen was about the one of before.
    """
    found = _waiting(session, claims, seen_at)
    for claim in found:
        verify(session, claim, Evidence.PERSON, "", now, by=by, tell_at=now + UNDO_WITHIN)
        _record(session, by, "claim.verified", claim, now)
    return found


def decline_claims(
    session: Session,
    claims: Collection[ClaimKey],
    reason: DeclineReason,
    by: User,
    now: datetime,
    *,
    tell: bool,
) -> list[Membership]:
    """Decline these claims, and `tell` their readers why; returns those that waited still."""
    found = _waiting(session, claims)
    for claim in found:
        claim.state, claim.reason = ClaimState.DECLINED, reason
        claim.decided_at, claim.decided_by_id = now, by.id
        claim.evidence, claim.source, claim.until, claim.reminders = None, "", None, 0
        claim.tell_at = now + UNDO_WITHIN if tell else None
        _prove(session, claim, Step.DECLINED, by, now, reason=reason)
        _record(session, by, "claim.declined", claim, now, reason=reason, told=tell)
    return found


def undo(session: Session, decided_at: datetime, by: User, now: datetime) -> list[Membership]:
    """Take back what this member of staff decided at that moment, as long as nobody was told of it."""
    if now - decided_at >= UNDO_WITHIN:
        return []
    mine = select(Membership).where(Membership.decided_by_id == by.id, Membership.decided_at == decided_at)
    _hold(session, session.scalars(mine.with_only_columns(Membership.subscriber_id)).all())
    found = list(session.scalars(_held(mine)))
    for claim in found:
        claim.state, claim.decided_at, claim.decided_by_id = ClaimState.WAITING, None, None
        claim.evidence, claim.reason, claim.until, claim.tell_at = None, None, None, None
        _prove(session, claim, Step.REOPENED, by, now)
        _record(session, by, "claim.decision_undone", claim, now)
    session.flush()
    return found


def _waiting(
    session: Session, claims: Collection[ClaimKey], seen_at: datetime | None = None
) -> list[Membership]:
    """Those of these claims that wait, of active readers who did not move since; held until the transaction ends."""
    _hold(session, [subscriber_id for subscriber_id, _segment_id in claims])
    query = (
        select(Membership)
        .join(Membership.subscriber)
        .where(
            tuple_(Membership.subscriber_id, Membership.segment_id).in_(list(claims)),
            Membership.state == ClaimState.WAITING,
            Subscriber.status == Status.ACTIVE,
        )
        .order_by(Membership.subscriber_id, Membership.segment_id)
    )
    if seen_at is not None:
        mine = Consent.subscriber_id == Membership.subscriber_id
        query = query.where(~exists().where(mine, Consent.step == Step.MOVED, Consent.at > seen_at))
    return list(session.scalars(_held(query)))


def _record(
    session: Session, by: User | None, action: str, claim: Membership, now: datetime, **detail: object
) -> None:
    number, segment = claim.subscriber_id, claim.segment.slug
    key = claim.subscriber.address_hmac
    record_about_reader(session, by, action, number, key, now, segment=segment, **detail)


def _prove(
    session: Session, claim: Membership, step: Step, by: User | None, now: datetime, **detail: object
) -> None:
    """Write a decision into the ledger of what each reader wished and what became of it."""
    who = by_staff(by.id) if by else JOB
    detail = {"segment": claim.segment.slug, **detail}
    record_wish(session, claim.subscriber, step, who, Place.CLAIMS, now, detail=detail)
