"""Fills an empty database with the invented region; refuses to touch anything but a demonstration."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.clock import recurring_moment
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.demo.items import ITEMS, DemoItem
from newsletter_service.demo.people import Person, people
from newsletter_service.demo.pictures import draw
from newsletter_service.demo.region import region
from newsletter_service.documents.service import read_now
from newsletter_service.editions.models import Edition
from newsletter_service.editorial.images import read_picture, store
from newsletter_service.editorial.models import Item
from newsletter_service.languages import LANGUAGES
from newsletter_service.publisher.models import Organisation
from newsletter_service.setup.service import set_up
from newsletter_service.staff.accounts.making import NewUser, add_user
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.consent.rules import READER, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification.rules import Evidence
from newsletter_service.subscriptions.verification.service import settle, verify

ZONE = "Europe/Amsterdam"
CLOSES_AFTER = timedelta(seconds=60)
SENDS_AFTER = timedelta(seconds=100)
CONTACT = "redactie@maasdelta.example"
PASSWORD = "welkom-bij-de-demo"  # noqa: S105  # it is printed for everybody who tries the demo
COMMUNICATOR = "communicatie@maasdelta.example"
COLLEAGUES = (
    NewUser("hoofd.var@maasdelta.example", "Marjan van Oord", PASSWORD, [Role.HEAD], "var"),
    NewUser("hoofd.riec@maasdelta.example", "Kees ten Brink", PASSWORD, [Role.HEAD], "riec"),
    NewUser(COMMUNICATOR, "Samira Haddad", PASSWORD, [Role.COMMUNICATOR]),
)
_FIRST = region().administrator
STAFF = (
    *COLLEAGUES,
    NewUser(_FIRST.email, _FIRST.name, PASSWORD, [Role.ADMINISTRATOR, Role.COMMUNICATOR]),
)
"""Who signs in to the demonstration; set-up itself makes the account of the last."""


class NotADemo(Exception):
    """Somebody tried to load invented content outside the demonstration."""


def load_demo(
    session: Session, now: datetime, *, suppression_key: str, demo: bool, contact: str = CONTACT
) -> bool:
    """Load the invented region into an empty database, with a first edition that goes out within minutes.

    False if it is there already. NotADemo unless `demo`, the setting, says so, or if the database holds
    anybody else's accounts or readers.
    """
    if not demo:
        raise NotADemo("Invented content is loaded only with DEMO=1.")
    refuse_other_data(session)
    if session.scalars(select(User.id).limit(1)).first() is not None:
        return False
    set_up(session, region(), PASSWORD, now)
    _first_edition(session, now)
    for user in COLLEAGUES:
        add_user(session, user)
    segments = {segment.slug: segment for segment in session.scalars(select(Segment))}
    topics = {topic.slug: topic for topic in session.scalars(select(Topic))}
    vouching = session.scalars(select(User).where(User.email == COMMUNICATOR)).one()
    for person in people():
        subscriber = _subscriber(person, segments, topics, suppression_key, now)
        session.add(subscriber)
        _check(session, subscriber, person, vouching, now)
    session.flush()
    _consents(session, contact, now)
    for item in ITEMS:
        _item(session, item, segments, topics, now)
    session.flush()
    return True


def refuse_other_data(session: Session) -> None:
    """NotADemo if there are accounts or readers here, and the demonstration's own are not among them."""
    ours = select(User.id).where(User.email == STAFF[0].email)
    anybody = select(User.id).limit(1), select(Subscriber.id).limit(1)
    if session.scalar(ours) is None and any(session.scalar(one) is not None for one in anybody):
        raise NotADemo("This database holds other data than the demonstration's: nothing was touched.")


def _first_edition(session: Session, now: datetime) -> None:
    edition = session.scalars(select(Edition).where(Edition.number == 1)).one()
    edition.closes_at = now + CLOSES_AFTER
    edition.sends_at = now + SENDS_AFTER
    session.flush()


def _subscriber(
    person: Person,
    segments: Mapping[str, Segment],
    topics: Mapping[str, Topic],
    suppression_key: str,
    now: datetime,
) -> Subscriber:
    asked = now - timedelta(days=30)
    return Subscriber(
        address=person.address,
        address_hmac=address_hmac(person.address, suppression_key),
        domain=person.address.rpartition("@")[2],
        name=person.name,
        organisation=person.organisation,
        language=person.language,
        status=Status.ACTIVE,
        asked_at=asked,
        confirmed_at=asked + timedelta(minutes=9),
        memberships=[Membership(segment=segments[slug], claimed_at=asked) for slug in person.segments],
        topics=[topics[slug] for slug in person.topics],
    )


def _check(session: Session, subscriber: Subscriber, person: Person, by: User, now: datetime) -> None:
    """Verify what a listed domain proves, and what a communicator vouched for; nobody is told of it any more."""
    session.flush()
    for claim in subscriber.memberships if person.vouched else ():
        verify(session, claim, Evidence.PERSON, "", now, by=by)
    settle(session, subscriber, now, tell=False)


def _consents(session: Session, contact: str, now: datetime) -> None:
    reads = {code: read_now(session, code, contact) for code in LANGUAGES}
    for subscriber in session.scalars(select(Subscriber)):
        for step, at in ((Step.ASKED, subscriber.asked_at), (Step.CONFIRMED, subscriber.confirmed_at or now)):
            place = Place.SIGN_UP if step is Step.ASKED else Place.CONFIRM
            read, detail = reads[subscriber.language], _chosen(subscriber)
            record_wish(session, subscriber, step, READER, place, at, read=read, detail=detail)


def _chosen(subscriber: Subscriber) -> dict[str, object]:
    return {
        "language": subscriber.language,
        "segments": sorted(membership.segment.slug for membership in subscriber.memberships),
        "topics": sorted(topic.slug for topic in subscriber.topics),
    }


def _item(
    session: Session,
    demo: DemoItem,
    segments: Mapping[str, Segment],
    topics: Mapping[str, Topic],
    now: datetime,
) -> None:
    organisation = session.scalars(select(Organisation).where(Organisation.slug == demo.organisation)).one()
    queued = now - timedelta(days=demo.waited)
    item = Item(
        organisation=organisation,
        joint=demo.joint,
        kind=demo.kind,
        state="queued",
        title=demo.title,
        lead=demo.lead,
        body=demo.body,
        link_url=demo.link,
        link_label=demo.label,
        restricted=demo.restricted,
        priority=demo.priority,
        place=demo.place,
        segments=[segments[slug] for slug in demo.segments],
        topics=[topics[slug] for slug in demo.topics],
        starts_at=_moment(now, demo.starts, demo.hours[0]),
        ends_at=_moment(now, demo.starts, demo.hours[1]),
        not_before=_moment(now, demo.not_before, 9),
        expires_at=_moment(now, demo.expires, 17),
        queued_at=queued,
        created_at=queued,
        updated_at=queued,
    )
    if demo.picture is not None:
        item.image, item.image_alt = store(session, read_picture(draw(demo.picture)), now), demo.picture.alt
    session.add(item)


def _moment(now: datetime, days: int | None, hour: int) -> datetime | None:
    """That hour so many days from now, or on the Monday after if that is in a weekend."""
    if days is None:
        return None
    day = (now + timedelta(days=days)).date()
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
    return recurring_moment(day, time(hour), ZONE)
