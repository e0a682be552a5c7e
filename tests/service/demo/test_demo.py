from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Settings
from newsletter_service.app import create_app
from newsletter_service.audience.models import Segment, Topic
from newsletter_service.db import db
from newsletter_service.demo.items import ITEMS
from newsletter_service.demo.load import NotADemo, load_demo
from newsletter_service.demo.people import MUNICIPALITIES, people
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import problems
from newsletter_service.editorial.service import content_of, unsettled_look_alikes
from newsletter_service.publisher.models import Organisation
from newsletter_service.subscriptions.addresses import parse_address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import clean_name
from tests.conftest import NOW

Stored = Callable[[], AbstractContextManager[Session]]


def test_nothing_invented_gets_into_a_database_that_is_no_demonstration(session: Session) -> None:
    with pytest.raises(NotADemo):
        load_demo(session, NOW, demo=False)
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_the_mailbox_page_is_there_only_in_a_demonstration(app: Flask, settings: Settings) -> None:
    assert app.test_client().get("/demo/inbox").status_code == 404
    demo = create_app(replace(settings, demo=True, base_url="http://127.0.0.1:8000"))
    assert demo.test_client().get("/demo/inbox").status_code == 200
    with demo.app_context():
        db.engine.dispose()


def test_the_invented_region_is_as_large_as_it_should_be(session: Session, app: Flask) -> None:
    assert load_demo(session, NOW, demo=True)
    sizes = {
        kind: session.scalar(select(func.count()).select_from(kind))
        for kind in (Organisation, Segment, Topic)
    }
    assert list(sizes.values()) == [2, 5, 8]
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 400
    assert session.scalar(select(func.count()).select_from(Item)) == len(ITEMS) == 20
    assert len(MUNICIPALITIES) == 23
    assert not load_demo(session, NOW, demo=True)


def test_every_item_of_the_demo_could_have_been_queued_through_the_form(session: Session, app: Flask) -> None:
    load_demo(session, NOW, demo=True)
    for item in session.scalars(select(Item)):
        assert problems(content_of(item), item.image is not None, NOW) == (), item.title


def test_exactly_two_items_look_alike(session: Session, app: Flask) -> None:
    load_demo(session, NOW, demo=True)
    (pair,) = unsettled_look_alikes(session)
    organisations = {session.get_one(Item, item_id).organisation.slug for item_id in pair.pair}
    assert organisations == {"var", "riec"}


def test_most_readers_sit_behind_one_domain_and_all_have_an_address_that_the_form_would_take() -> None:
    readers = people()
    domains = Counter(person.address.rpartition("@")[2] for person in readers)
    assert domains.most_common(1)[0][1] == 240
    assert len({person.address for person in readers}) == len(readers)
    for person in readers:
        assert parse_address(person.address).text == person.address
        assert person.address.endswith(".example")
        assert clean_name(person.name) == person.name
    names = " ".join(person.name for person in readers)
    assert all(part in names for part in ("-", "van der ", "ë", "'t"))
