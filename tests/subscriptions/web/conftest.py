"""What tests of readers' pages share: a newsletter, one reader, and links as mails carry them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.links.urls import MANAGE_WITHIN, Links
from newsletter_service.services import Services
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from tests.conftest import NOW
from tests.factories import make_newsletter, make_segment, make_subscriber, make_topic

Stored = Callable[[], AbstractContextManager[Session]]
ADDRESS = "anna@politie.example"


@dataclass(frozen=True)
class Pages:
    """Addresses of the pages of one reader, without the host."""

    links: Links
    key: str

    def confirm(self, now: datetime = NOW) -> str:
        return self._path(self.links.confirm(self.key, now))

    def never(self, now: datetime = NOW) -> str:
        return self._path(self.links.never(self.key, now))

    def manage(self, now: datetime = NOW) -> str:
        """As it is mailed to who asks for it."""
        return self._path(self.links.manage(self.key, now + MANAGE_WITHIN))

    def manage_in_letter(self) -> str:
        return self._path(self.links.manage(self.key))

    def still_there(self, now: datetime = NOW) -> str:
        return self._path(self.links.still_there(self.key, now))

    def leave(self) -> str:
        return self._path(self.links.unsubscribe(self.key))

    def _path(self, address: str) -> str:
        return address.removeprefix(self.links.base_url)


@pytest.fixture
def wired(app: Flask) -> Services:
    parts: Services = app.extensions["newsletter"]
    return parts


@pytest.fixture
def anna(wired: Services, stored: Stored) -> Pages:
    """An active reader who claims two segments, one of them proven by her address."""
    with stored() as session:
        make_newsletter(session)
        police = make_segment(session, "politie", domains=("politie.example",))
        mayors = make_segment(session, "burgemeesters")
        topic = make_topic(session, "jeugd")
        reader = make_subscriber(
            session, ADDRESS, now=NOW, name="Anna", segments=(police, mayors), topics=(topic,)
        )
        return Pages(wired.links, reader.link_key)


@pytest.fixture
def set_status(stored: Stored, anna: Pages) -> Callable[[Status], None]:
    """Put Anna into another state, as if it had been so all along."""

    def change(status: Status) -> None:
        with stored() as session:
            reader = session.scalars(select(Subscriber)).one()
            reader.status = status
            reader.confirmed_at = NOW if status != "pending" else None
            reader.left_at = NOW if status == "left" else None

    return change


@pytest.fixture
def status(stored: Stored) -> Callable[[], Status | None]:
    """How Anna stands."""

    def read() -> Status | None:
        with stored() as session:
            return session.scalars(select(Subscriber.status).where(Subscriber.address == ADDRESS)).first()

    return read
