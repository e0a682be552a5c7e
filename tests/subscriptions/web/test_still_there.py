"""The page behind "I still work here": it takes a press of the button, and prolongs only what was asked about."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.links.urls import ANSWER_WITHIN
from newsletter_service.subscriptions.models import Membership
from tests.conftest import NOW
from tests.subscriptions.web.conftest import Pages, Stored

SOON = NOW + timedelta(days=20)


@pytest.fixture
def asked(anna: Pages, stored: Stored) -> Pages:
    """Her membership of the police ends soon, and she was asked about it."""
    with stored() as session:
        claim = session.scalars(select(Membership).where(Membership.until.is_not(None))).one()
        claim.until, claim.reminders = SOON, 1
    return anna


def ends(stored: Stored) -> list[object]:
    with stored() as session:
        return list(session.scalars(select(Membership.until).where(Membership.until.is_not(None))))


def test_looking_changes_nothing_and_the_button_is_good_for_a_year(
    client: FlaskClient, asked: Pages, stored: Stored
) -> None:
    page = client.get(asked.still_there())
    assert "Klopt uw functie nog?" in page.text
    assert client.head(asked.still_there()).status_code == 200
    assert ends(stored) == [SOON]
    for _ in range(2):
        assert "Dank u wel" in client.post(asked.still_there()).text
    assert ends(stored) == [NOW + timedelta(days=365)]
    assert "U hoeft niets te doen" in client.get(asked.still_there()).text


def test_a_press_verifies_nothing_that_was_not_verified_before(
    client: FlaskClient, asked: Pages, stored: Stored
) -> None:
    client.post(asked.still_there())
    with stored() as session:
        states = {claim.segment.slug: claim.state for claim in session.scalars(select(Membership))}
    assert states == {"politie": "verified", "burgemeesters": "waiting"}


def test_who_was_not_asked_gets_no_button_and_a_press_prolongs_nothing(
    client: FlaskClient, anna: Pages, stored: Stored
) -> None:
    before = ends(stored)
    assert "<form" not in client.get(anna.still_there()).text.split("<main")[1].split("</main")[0]
    client.post(anna.still_there())
    assert ends(stored) == before


def test_a_link_of_before_or_for_something_else_leads_nowhere(client: FlaskClient, asked: Pages) -> None:
    assert client.post(asked.still_there(NOW - ANSWER_WITHIN)).status_code == 410
    token = asked.leave().rpartition("/")[2]
    assert client.post(f"/functie/{token}").status_code == 410
