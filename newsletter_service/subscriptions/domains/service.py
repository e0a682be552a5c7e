"""Use cases of listed domains: add one, take one off, and set how long a check holds."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, SegmentDomain
from newsletter_service.audience.rules import ListedDomain
from newsletter_service.audience.service import listed_domains, segment_by_slug
from newsletter_service.db import rows_changed
from newsletter_service.publisher.service import newsletter
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.consent.rules import Place, Step, by_staff
from newsletter_service.subscriptions.consent.service import record_of_all
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.verification.rules import UNDO_WITHIN, ClaimState, Evidence
from newsletter_service.subscriptions.verification.service import in_domains


def list_domain(session: Session, slug: str, domain: ListedDomain, by: User, now: datetime) -> int:
    """Let confirmed addresses in `domain` prove that their owners belong to a segment; NotFound without such a segment.

    One that is listed already changes only in whether those below it count. What waits is verified within a minute, by
    the scheduled job; returns the number of claims that wait again, because it covers less than before.
    """
    segment = segment_by_slug(session, slug)
    row = session.get(SegmentDomain, (segment.id, domain.name))
    if row is None:
        session.add(SegmentDomain(segment_id=segment.id, domain=domain.name, subdomains=domain.subdomains))
    else:
        row.subdomains = domain.subdomains
    return _changed(session, segment, "segment.domain_listed", domain, by, now)


def unlist_domain(session: Session, slug: str, name: str, by: User, now: datetime) -> int:
    """Take a domain off the list of a segment; returns the number of claims that wait again. NotFound as above."""
    segment = segment_by_slug(session, slug)
    row = session.get(SegmentDomain, (segment.id, name))
    if row is None:
        return 0
    session.delete(row)
    return _changed(session, segment, "segment.domain_unlisted", ListedDomain(name, row.subdomains), by, now)


def what_changes(slug: str, domain: str, *, subdomains: bool, listed: bool) -> dict[str, object]:
    """What listing a domain, or taking it off, does: as values that somebody else can accept."""
    return {"segment": slug, "domain": domain, "subdomains": subdomains, "listed": listed}


def _changed(
    session: Session, segment: Segment, action: str, domain: ListedDomain, by: User, now: datetime
) -> int:
    session.flush()
    session.expire(segment, ["domains"])
    reopened = _reopen_unproved(session, segment, by, now)
    detail = {"domain": domain.name, "subdomains": domain.subdomains, "reopened": reopened}
    record(session, by, action, "segment", segment.id, now, **detail)
    return reopened


def _reopen_unproved(session: Session, segment: Segment, by: User, now: datetime) -> int:
    """Let the claims wait that a domain proved and that no listed one proves any more."""
    listed = listed_domains(session).get(segment.id, ())
    proved = select(Subscriber.id).where(in_domains(listed))
    which = (
        Membership.segment_id == segment.id,
        Membership.state == ClaimState.VERIFIED,
        Membership.evidence == Evidence.DOMAIN,
        Membership.subscriber_id.not_in(proved),
    )
    theirs = select(Membership.subscriber_id).where(*which)
    record_of_all(
        session, theirs, Step.REOPENED, by_staff(by.id), Place.CLAIMS, now, {"segment": segment.slug}
    )
    told = now + UNDO_WITHIN  # a slip that is mended before that is nobody's news
    waits = {"state": ClaimState.WAITING, "claimed_at": now, "until": None, "tell_at": told, "reminders": 0}
    return rows_changed(session, update(Membership).where(*which).values(waits))


def set_term(session: Session, days: int, by: User, now: datetime) -> None:
    """Set how many days a check holds; what was checked before keeps its end."""
    row = newsletter(session)
    before, row.verification_days = row.verification_days, days
    record(session, by, "newsletter.verification_days", "newsletter", row.id, now, before=before, after=days)
