"""A service with the invented region for the attacks of each file, and a mail server that its letters go to."""

from collections.abc import Iterator

import pytest
from flask import Flask

from newsletter_service.app import create_app
from newsletter_service.clock import utc_now
from newsletter_service.db import db, unit_of_work
from newsletter_service.demo.load import PASSWORD, STAFF, load_demo
from newsletter_service.services import services
from newsletter_service.settings import Settings
from newsletter_service.staff.accounts.making import NewUser, add_user
from newsletter_service.staff.rules import Role
from tests.attack.server import Server, Visitor, demo_environment, running_gunicorn
from tests.smtp_server import RecordingServer, running_smtp_server
from tests.tables import create_tables

ADMINISTRATOR = NewUser("alleen.beheer@maasdelta.example", "Bea Beheer", PASSWORD, [Role.ADMINISTRATOR])


@pytest.fixture(scope="session")
def mail_server() -> Iterator[RecordingServer]:
    with running_smtp_server() as server:
        yield server


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, mail_server: RecordingServer) -> dict[str, str]:
    """Its budgets let one attacker do what it takes many to do; what they stop is tested elsewhere."""
    limits = dict.fromkeys(("FORM_HOURLY", "FORM_NETWORK_HOURLY", "FORM_DOMAIN_HOURLY"), "1000000")
    limits["FORM_SECONDS"] = "0"
    return demo_environment(tmp_path_factory.mktemp("attacked"), mail_server.port) | limits


@pytest.fixture(scope="module")
def inside(environment: dict[str, str]) -> Iterator[Flask]:
    """The same service seen from inside, filled with the invented region."""
    app = create_app(Settings.from_env(environment))
    with app.app_context():
        create_tables(db.engine)
        with unit_of_work() as session:
            load_demo(session, utc_now(), suppression_key=services().suppression_key, demo=True)
            add_user(session, ADMINISTRATOR)
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def server(
    environment: dict[str, str], inside: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with running_gunicorn(environment, tmp_path_factory.mktemp("gunicorn")) as running:
        yield running


@pytest.fixture(scope="module")
def visitors(server: Server) -> list[Visitor]:
    """Somebody from the street, and one of each role, who came in before anybody guessed."""
    staff = [Visitor(server).sign_in(user.email, PASSWORD) for user in (STAFF[0], STAFF[2], ADMINISTRATOR)]
    return [Visitor(server), *staff]


@pytest.fixture(autouse=True)
def _nothing_breaks(server: Server, visitors: list[Visitor]) -> Iterator[None]:
    """Whatever was tried: no traceback, and no worker that had to be ended."""
    before = len(server.said)
    yield
    said = server.said[before:]
    assert "Traceback" not in said, said[-3000:]
    assert "WORKER TIMEOUT" not in said, said[-3000:]
