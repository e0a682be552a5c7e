"""Two organisations with a head each, a communicator above them, and one draft of the north."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image as Pillow
from sqlalchemy.orm import Session

from newsletter_service.staff.rules import Role
from tests.conftest import NOW
from tests.factories import make_item, make_newsletter, make_organisation, make_segment, make_topic
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class LedgerClient:
    """Ids and sign-in addresses; `draft` and `queued` are items of the north."""

    north: int
    south: int
    head: str
    other_head: str
    communicator: str
    communicator_too: str
    administrator: str
    police: int
    youth: int
    draft: int
    queued: int


@pytest.fixture
def desk(stored: Stored) -> LedgerClient:
    with stored() as session:
        make_newsletter(session)
        north, south = make_organisation(session, "noord", 1), make_organisation(session, "zuid", 2)
        return LedgerClient(
            north=north.id,
            south=south.id,
            head=make_staff(session, Role.HEAD, organisation="noord", name="Hanneke Noord").email,
            other_head=make_staff(session, Role.HEAD, organisation="zuid", name="Kees Zuid").email,
            communicator=make_staff(session, Role.COMMUNICATOR, name="Marieke Midden").email,
            communicator_too=make_staff(session, Role.COMMUNICATOR, name="Nadia Noord").email,
            administrator=make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer").email,
            police=make_segment(session, "politie").id,
            youth=make_topic(session, "jeugd").id,
            draft=make_item(session, north, now=NOW, state="draft", title="Een klad").id,
            queued=make_item(session, north, now=NOW, title="Een wachtend bericht").id,
        )


@pytest.fixture
def head(client: FlaskClient, desk: LedgerClient) -> StaffBrowser:
    """The head of the north, signed in."""
    return StaffBrowser(client, desk.head)


@pytest.fixture
def another_browser(app: Flask) -> Callable[[str], StaffBrowser]:
    """Signs in somebody else, at a browser of their own."""

    def sign_in(email: str) -> StaffBrowser:
        client = app.test_client()
        client.environ_base.update({"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"})
        return StaffBrowser(client, email)

    return sign_in


@pytest.fixture
def photo() -> Callable[..., tuple[BytesIO, str]]:
    """Makes a file as a browser sends it; each time a new one, because sending closes it."""

    def upload(colour: str = "navy") -> tuple[BytesIO, str]:
        out = BytesIO()
        Pillow.new("RGB", (60, 40), colour).save(out, "PNG")
        out.seek(0)
        return out, "foto.png"

    return upload
