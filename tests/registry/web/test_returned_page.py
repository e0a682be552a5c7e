from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Verdict
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.service import bounce_out
from tests.bounces.db.conftest import make_bounce, make_delivery
from tests.conftest import NOW
from tests.registry.conftest import ADDRESS, NAME
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def desk(client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        email = make_staff(session, Role.COMMUNICATOR).email
    return StaffBrowser(client, email)


def stop(stored: Stored) -> int:
    """Let a hard bounce stop the reader; its number."""
    with stored() as session:
        person = session.scalars(select(Subscriber).where(Subscriber.address == ADDRESS)).one()
        reason = "550 5.1.1 User unknown"
        made = make_bounce(session, make_delivery(session, person), Verdict.HARD, reason=reason)
        bounce_out(session, person, NOW, status="5.1.1")
        return made.id


def test_the_page_says_what_came_back_and_leads_to_the_reader(desk: StaffBrowser) -> None:
    page = desk.text("/redactie/teruggekomen")
    for words in (
        NAME,
        ADDRESS,
        "Tijdelijk: later opnieuw",
        "De mailbox is vol",
        "4.2.2 vol",
        f"To: {ADDRESS}",
    ):
        assert words in page
    assert "/redactie/lezers/1" in desk.get("/redactie/teruggekomen").text
    assert "Hier is niets teruggekomen." in desk.text("/redactie/teruggekomen?uitkomst=hard")
    assert NAME in desk.text("/redactie/teruggekomen?uitkomst=zomaar&code=4.2&voor=-")


def test_staff_take_back_what_stopped_a_reader(desk: StaffBrowser, stored: Stored) -> None:
    number = stop(stored)
    assert "We sturen niets meer." in desk.text("/redactie/teruggekomen?uitkomst=hard")
    done = desk.done(f"/redactie/teruggekomen/{number}/terugnemen?uitkomst=hard")
    assert "De lezer krijgt de nieuwsbrief weer, vanaf de volgende editie." in done
    assert "Teruggenomen op" in done
    again = desk.done(f"/redactie/teruggekomen/{number}/terugnemen")
    assert "Er is niets meer terug te nemen." in again
    with stored() as session:
        assert session.get_one(Bounce, number).undone_at is not None


def test_refusals_for_policy_stand_above_the_page(desk: StaffBrowser, stored: Stored) -> None:
    assert "weigeren onze brieven" not in desk.text("/redactie/teruggekomen")
    with stored() as session:
        person = session.scalars(select(Subscriber)).one()
        make_bounce(session, make_delivery(session, person), Verdict.POLICY, reason="5.7.1 no SPF")
    page = desk.text("/redactie/teruggekomen")
    assert "In de afgelopen 7 dagen werd 1 brief geweigerd om wie we zijn of om wat erin staat." in page
    assert "5.7.1 no SPF" in page


def test_administrators_who_answer_no_readers_see_nothing_that_came_back(
    client: FlaskClient, stored: Stored
) -> None:
    with stored() as session:
        email = make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer").email
    admin = StaffBrowser(client, email)
    assert admin.get("/redactie/teruggekomen").status_code == 403
    assert admin.post("/redactie/teruggekomen/1/terugnemen").status_code == 403
