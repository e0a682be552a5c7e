"""A service whose staff may sign in by an identity provider, which runs over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.identity_provider import IdentityProvider
from newsletter_service.settings import Settings
from newsletter_service.staff.rules import Role
from tests.conftest import Clock, share_compiled_statements, write_without_waiting
from tests.factories import make_newsletter, make_organisation
from tests.identity_provider import CLIENT, SECRET, Provider, running_provider
from tests.single_sign_on.browsing import GROUPS, Stored
from tests.staff_browser import make_staff


@pytest.fixture
def provider(clock: Clock) -> Iterator[Provider]:
    with running_provider(clock) as running:
        yield running


@pytest.fixture
def app(settings: Settings, clock: Clock, provider: Provider) -> Iterator[Flask]:
    known = IdentityProvider(provider.issuer, CLIENT, SECRET, groups=GROUPS)
    app = create_app(replace(settings, identity_provider=known, second_factor_required=True), clock)
    with app.app_context():
        write_without_waiting(db.engine)
        share_compiled_statements(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def bea(stored: Stored) -> None:
    """An administrator; there is a newsletter and an organisation."""
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        make_staff(session, Role.ADMINISTRATOR, name="Bea Beheer")


@pytest.fixture
def sam(stored: Stored) -> str:
    with stored() as session:
        return make_staff(session, Role.COMMUNICATOR).email
