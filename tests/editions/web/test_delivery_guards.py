"""The pages behind the statement: who may not, what is refused without a token, and numbers that nobody has."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from tests.conftest import NOW
from tests.editions.web.conftest import Office
from tests.staff_browser import StaffBrowser

Stored = Callable[[], AbstractContextManager[Session]]
HOME = "/redactie/edities/12"
NAMES, RETRY, COUNT, FILE = (
    f"{HOME}/verzending?toestand=failed",
    f"{HOME}/opnieuw?toestand=failed",
    f"{HOME}/tel-als-verstuurd?toestand=uncertain",
    f"{HOME}/verzending/bestand?toestand=failed",
)
READ = (NAMES, RETRY, COUNT)
CHANGE = (RETRY, COUNT, FILE)
ENORMOUS = 10**30


@pytest.fixture
def released(communicator: StaffBrowser, stored: Stored) -> StaffBrowser:
    """Refused by one and unknown of all others."""
    communicator.done(f"{HOME}/versturen")
    with stored() as session:
        rows = session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))).all()
        for row in rows:
            row.state, row.settled_at = DeliveryState.UNCERTAIN, NOW
        rows[0].state = DeliveryState.FAILED
    return communicator


def standings(stored: Stored) -> list[str]:
    with stored() as session:
        mine = select(Delivery.state).where(Delivery.mailing_id.is_not(None))
        return sorted(session.scalars(mine))


def test_previews_and_proofs_are_for_those_who_edit(
    communicator: StaffBrowser, client: FlaskClient, office: Office
) -> None:
    assert "Stuur mij een proef" in communicator.text(HOME)
    client.post("/redactie/uitloggen", data={"csrf_token": communicator.token})
    administrator = StaffBrowser(client, office.administrator)
    page = administrator.text(HOME)
    assert "Stuur mij een proef" not in page
    assert "Zo ziet de lezer het" not in page
    assert administrator.get(f"{HOME}/voorbeeld").status_code == 403
    assert administrator.post(f"{HOME}/proef").status_code == 403
    assert administrator.post("/redactie/kopij/voorbeeld").status_code == 403


@pytest.fixture
def administrator(released: StaffBrowser, client: FlaskClient, office: Office) -> StaffBrowser:
    client.post("/redactie/uitloggen", data={"csrf_token": released.token})
    return StaffBrowser(client, office.administrator)


@pytest.mark.parametrize("path", READ)
def test_who_only_administers_does_not_see_readers(administrator: StaffBrowser, path: str) -> None:
    assert administrator.get(path).status_code == 403


@pytest.mark.parametrize("path", CHANGE)
def test_who_only_administers_changes_nothing(administrator: StaffBrowser, stored: Stored, path: str) -> None:
    before = standings(stored)
    assert administrator.post(path).status_code == 403
    assert standings(stored) == before


@pytest.mark.parametrize("path", CHANGE)
def test_nothing_changes_without_the_token_of_the_form(
    released: StaffBrowser, stored: Stored, path: str
) -> None:
    before = standings(stored)
    assert released.client.post(path).status_code == 400
    assert standings(stored) == before


@pytest.mark.parametrize("path", [NAMES, f"{HOME}/voortgang"])
def test_before_the_release_there_is_nothing_behind_the_statement(
    communicator: StaffBrowser, path: str
) -> None:
    assert communicator.get(path).status_code == 404


@pytest.mark.parametrize("path", CHANGE)
def test_before_the_release_there_is_nothing_to_change(communicator: StaffBrowser, path: str) -> None:
    assert communicator.post(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{NAMES}&na={ENORMOUS}", 200),
        (f"{NAMES}&na=-1", 200),
        (f"{NAMES}&na=x", 200),
        (f"{HOME}/verzending?toestand=skipped&na={ENORMOUS}", 200),
        (f"{NAMES}&domein=%00&zoek=%00", 200),
        (f"{RETRY}&brief={ENORMOUS}", 404),
        (f"{RETRY}&brief=9999999999", 200),
        (f"{COUNT}&brief=-1", 404),
        (f"{NAMES}&correctie={ENORMOUS}", 404),
        (f"{HOME}/opnieuw?toestand=sent", 404),
        (f"{HOME}/tel-als-verstuurd?toestand=failed", 404),
        (f"/redactie/edities/{ENORMOUS}/verzending", 404),
        (f"/redactie/edities/{ENORMOUS}/voortgang", 404),
    ],
)
def test_senseless_addresses_are_answered_all_the_same(
    released: StaffBrowser, path: str, status: int
) -> None:
    assert released.get(path).status_code == status


@pytest.mark.parametrize("brief", [ENORMOUS, "x", 999_999])
def test_a_tick_at_no_letter_lets_nothing_go_out(
    released: StaffBrowser, stored: Stored, brief: object
) -> None:
    before = standings(stored)
    released.post(f"{RETRY}&brief={brief}")
    assert standings(stored) == before


def test_a_cancelled_edition_lets_nothing_go_out_once_more(released: StaffBrowser, stored: Stored) -> None:
    released.done(f"{HOME}/annuleren")
    before = standings(stored)
    assert "Dit kan niet meer" in released.done(RETRY)
    assert standings(stored) == before
