"""Plain functions that put one thing of a kind into the database, with sensible values for what is not said."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, SegmentDomain, Topic
from newsletter_service.audience.rules import ListedDomain, proof_of
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.suppressions import suppress
from newsletter_service.editorial.models import Item
from newsletter_service.publisher.models import Newsletter, Organisation
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.verification.rules import ClaimState, Evidence

SUPPRESSION_KEY = "a-suppression-key-that-only-tests-know-01"


def make_newsletter(session: Session) -> Newsletter:
    """The newsletter's one row; call it once a test."""
    newsletter = Newsletter(
        slug="veilig-verbonden",
        name="Veilig Verbonden",
        tagline_nl="Nieuwsbrief van Noord en Zuid",
        tagline_en="Newsletter of North and South",
        postal_address="Postbus 1, 1000 AA Voorbeeldstad",
    )
    session.add(newsletter)
    session.flush()
    return newsletter


COLOURS = (
    "#bd5f16 #733405 #fbebdb #e0914b #f6c99c #43290f",
    "#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3 #15344a",
)


def make_organisation(session: Session, slug: str = "noord", accent: int = 1) -> Organisation:
    organisation = Organisation(
        slug=slug,
        name=f"Samenwerking {slug.title()}",
        short_name=slug.upper(),
        accent=accent,
        colours=COLOURS[accent % 2],
        position=accent,
    )
    session.add(organisation)
    session.flush()
    return organisation


def make_segment(session: Session, slug: str = "politie", domains: tuple[str, ...] = ()) -> Segment:
    segment = Segment(slug=slug, name_nl=slug.title(), name_en=f"{slug.title()} (en)")
    segment.domains = [SegmentDomain(domain=domain, subdomains=True) for domain in domains]
    session.add(segment)
    session.flush()
    return segment


def make_topic(session: Session, slug: str = "ondermijning") -> Topic:
    topic = Topic(slug=slug, name_nl=slug.title(), name_en=f"{slug.title()} (en)")
    session.add(topic)
    session.flush()
    return topic


def make_subscriber(
    session: Session,
    address: str = "lezer@gemeente.example",
    *,
    now: datetime,
    name: str = "",
    language: str = "nl",
    status: str = "active",
    segments: tuple[Segment, ...] = (),
    approved: tuple[Segment, ...] = (),
    topics: tuple[Topic, ...] = (),
) -> Subscriber:
    """A reader, confirmed unless `status` says otherwise; `approved` are the segments a communicator vouched for."""
    subscriber = Subscriber(
        address=address,
        address_hmac=address_hmac(address, SUPPRESSION_KEY),
        domain=address.rpartition("@")[2],
        name=name,
        language=language,
        status=status,
        asked_at=now,
        confirmed_at=now if status == "active" else None,
        topics=list(topics),
    )
    subscriber.memberships = [
        make_claim(segment, subscriber.domain, now=now, vouched=segment in approved) for segment in segments
    ]
    session.add(subscriber)
    session.flush()
    return subscriber


def make_claim(segment: Segment, domain: str = "", *, now: datetime, vouched: bool = False) -> Membership:
    """A claim that waits, unless it is proved by its reader's `domain`, or a communicator vouched for it just now."""
    listed = [ListedDomain(one.domain, one.subdomains) for one in segment.domains]
    proof = proof_of(domain, listed)
    if proof is None and not vouched:
        return Membership(segment=segment, claimed_at=now)
    return Membership(
        segment=segment,
        claimed_at=now,
        state=ClaimState.VERIFIED,
        decided_at=now,
        evidence=Evidence.DOMAIN if proof else Evidence.PERSON,
        source=proof.name if proof else "",
        until=now + timedelta(days=365),
    )


def make_suppression(
    session: Session,
    address: str,
    *,
    now: datetime,
    subscriber: Subscriber | None = None,
    reason: str = "asked",
) -> None:
    """An address that is not to be mailed; letters that are on their way to its `subscriber` are cancelled."""
    hashed = address_hmac(address, SUPPRESSION_KEY)
    suppress(session, hashed, subscriber.id if subscriber else None, reason, now)


def make_item(
    session: Session,
    organisation: Organisation,
    *,
    now: datetime,
    title: str = "Een bericht",
    kind: str = "news",
    state: str = "queued",
    segments: tuple[Segment, ...] = (),
    topics: tuple[Topic, ...] = (),
    restricted: bool = False,
    joint: bool = False,
    priority: int = 1,
    starts_at: datetime | None = None,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
    waiting: timedelta = timedelta(days=1),
) -> Item:
    """An item, queued `waiting` ago unless `state` says otherwise."""
    item = Item(
        organisation=organisation,
        title=title,
        lead=f"Wat u moet weten over: {title.lower()}.",
        body=f"Over {title.lower()} schrijven we met **nadruk**.",
        kind=kind,
        state=state,
        joint=joint,
        priority=priority,
        restricted=restricted,
        segments=list(segments),
        topics=list(topics),
        starts_at=starts_at,
        expires_at=expires_at,
        not_before=not_before,
        queued_at=now - waiting if state == "queued" else None,
        created_at=now - waiting,
        updated_at=now - waiting,
    )
    session.add(item)
    session.flush()
    return item
