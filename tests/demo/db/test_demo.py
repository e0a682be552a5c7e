from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask_security.utils import verify_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.app import create_app
from newsletter_service.audience.models import Segment, Topic
from newsletter_service.clock import in_zone
from newsletter_service.db import db
from newsletter_service.delivery.models import Suppression
from newsletter_service.demo.load import PASSWORD, STAFF, NotADemo, load_demo
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import problems
from newsletter_service.editorial.service import content_of, unsettled_look_alikes
from newsletter_service.publisher.models import Organisation
from newsletter_service.settings import Settings
from newsletter_service.staff.models import User
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import Step
from newsletter_service.subscriptions.models import Subscriber
from scheduled_jobs.schedule import JOBS
from tests.conftest import NOW, Clock
from tests.factories import make_subscriber
from tests.smtp_server import RecordingServer


def load(session: Session, settings: Settings) -> bool:
    return load_demo(session, NOW, suppression_key=settings.suppression_key, demo=True)


def count(session: Session, kind: type) -> int | None:
    return session.scalar(select(func.count()).select_from(kind))


@pytest.fixture
def other_app(settings: Settings) -> Iterator[Flask]:
    """A real service on the same database, with a key of its own."""
    app = create_app(replace(settings, suppression_key="another-key-of-a-real-service-0123456789"))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_nothing_invented_gets_into_a_database_that_is_no_demonstration(
    session: Session, settings: Settings
) -> None:
    with pytest.raises(NotADemo):
        load_demo(session, NOW, suppression_key=settings.suppression_key, demo=False)
    assert count(session, Subscriber) == 0


def test_nothing_invented_gets_in_among_real_readers(session: Session, settings: Settings) -> None:
    make_subscriber(session, "anna@gemeente.example", now=NOW)
    session.commit()
    with pytest.raises(NotADemo):
        load(session, settings)
    assert (count(session, Subscriber), count(session, User), count(session, Item)) == (1, 0, 0)


def test_the_printed_password_opens_nothing_under_another_key(
    session: Session, settings: Settings, app: Flask, other_app: Flask
) -> None:
    load(session, settings)
    session.commit()
    kept = session.scalars(select(User.password).where(User.email == STAFF[0].email)).one()
    assert kept is not None
    with app.app_context():
        assert verify_password(PASSWORD, kept)
    with other_app.app_context():
        assert not verify_password(PASSWORD, kept)


def test_the_invented_region_is_as_large_as_it_should_be(session: Session, settings: Settings) -> None:
    assert load(session, settings)
    sizes = [count(session, kind) for kind in (Organisation, Segment, Topic, Subscriber, Item, Suppression)]
    assert sizes == [2, 5, 8, 400, 28, 0]
    wishes = select(func.count()).select_from(Consent).where(Consent.step != Step.VERIFIED)
    assert session.scalar(wishes) == 2 * 400


def test_loading_twice_adds_nothing(session: Session, settings: Settings) -> None:
    assert load(session, settings)
    assert not load(session, settings)
    assert count(session, Subscriber) == 400


def test_every_item_of_the_demo_could_have_been_queued_through_the_form(
    session: Session, settings: Settings
) -> None:
    load(session, settings)
    for item in session.scalars(select(Item)):
        assert problems(content_of(item), item.image is not None, NOW) == (), item.title


def test_no_event_falls_in_a_weekend(session: Session, settings: Settings) -> None:
    load(session, settings)
    starts = [item.starts_at for item in session.scalars(select(Item)) if item.starts_at is not None]
    assert len(starts) > 4
    assert all(in_zone(at, "Europe/Amsterdam").weekday() < 5 for at in starts)


def test_exactly_two_items_look_alike(session: Session, settings: Settings) -> None:
    load(session, settings)
    (pair,) = unsettled_look_alikes(session)
    organisations = {session.get_one(Item, item_id).organisation.slug for item_id in pair.pair}
    assert organisations == {"var", "riec"}


def test_the_jobs_alone_compose_and_send_the_first_edition_within_three_minutes(
    core: Flask, session: Session, settings: Settings, clock: Clock, smtp: RecordingServer
) -> None:
    load(session, settings)
    session.commit()
    said = []
    with core.app_context():
        while clock.now < NOW.replace(minute=NOW.minute + 3):
            said += [line for job in JOBS for line in job.run().splitlines()]
            clock.move(seconds=10)
    assert (
        "Editie 1 verstuurd: 400 bedoeld = 400 verstuurd + 0 mislukt + 0 overgeslagen + 0 geannuleerd + 0 onzeker"
        in said
    )
    staff = {user.email for user in STAFF}
    assert len([mail for mail in smtp.received if mail.recipient not in staff]) == 400
