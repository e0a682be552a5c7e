"""What staff do for a reader who asks: each act asks first, wants a reason, and stands in the trail and the ledger."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.service import bounce_out
from tests.conftest import NOW
from tests.registry.conftest import ADDRESS, NAME
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def desk(client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        email = make_staff(session, Role.COMMUNICATOR).email
    return StaffBrowser(client, email)


@pytest.fixture
def number(stored: Stored) -> int:
    with stored() as session:
        return session.scalars(select(Subscriber.id).where(Subscriber.address == ADDRESS)).one()


@pytest.fixture
def page(number: int) -> str:
    return f"/redactie/lezers/{number}"


def trail(stored: Stored) -> list[tuple[str, dict[str, object]]]:
    with stored() as session:
        mine = select(AuditEntry).where(AuditEntry.subject_type == "subscriber").order_by(AuditEntry.id)
        return [(row.action, row.detail) for row in session.scalars(mine)]


def last_step(stored: Stored) -> tuple[str, str | None, bool]:
    with stored() as session:
        row = session.scalars(select(Consent).order_by(Consent.id.desc()).limit(1)).one()
        return row.step, row.actor, row.staff_id is not None


def test_a_pause_and_its_end_say_who_asked(desk: StaffBrowser, page: str, stored: Stored) -> None:
    assert "ook later niet" in desk.text(f"{page}/pauze")
    reason = f"Belde: {NAME}"
    said = desk.done(f"{page}/pauze", length="kort", reason=reason)
    assert "De lezer heeft pauze tot maandag 7 december 2026." in said
    assert "Pauze tot maandag 7 december 2026" in said
    assert last_step(stored) == ("paused", "staff", True)
    assert "De pauze is voorbij" in desk.done(f"{page}/hervatten", reason=reason)
    assert last_step(stored) == ("resumed", "staff", True)
    assert trail(stored) == [
        ("subscriber.pause", {"reason": "Belde: … …", "until": "2026-12-07"}),
        ("subscriber.resume", {"reason": "Belde: … …"}),
    ]


def test_a_name_is_corrected_and_neither_name_stands_in_the_trail(
    desk: StaffBrowser, page: str, stored: Stored
) -> None:
    assert f'value="{NAME}"' in desk.get(f"{page}/naam").text
    refused = desk.post(f"{page}/naam", name="www.kwaad.example", reason="Belde")
    assert refused.status_code == 422
    said = desk.done(f"{page}/naam", name="Madelief Kwartel", reason="Heet nu Madelief, was Zonnebloem")
    assert "De naam is veranderd." in said
    assert "Madelief Kwartel" in said
    assert trail(stored) == [("subscriber.rename", {"reason": "Heet nu …, was …"})]
    assert last_step(stored) == ("changed", "staff", True)


def test_another_address_is_asked_and_nothing_moves_before_it_answers(
    desk: StaffBrowser, page: str, stored: Stored
) -> None:
    assert (
        "Op dit adres krijgt u de nieuwsbrief al."
        in desk.post(f"{page}/adres", address=ADDRESS, reason="x").text
    )
    said = desk.done(f"{page}/adres", address="nieuw@elders.example", reason="Belde")
    assert "We vragen het nieuwe adres om te bevestigen." in said
    assert "nieuw@elders.example, moet daar nog bevestigd worden" in said
    with stored() as session:
        change = session.scalars(select(AddressChange)).one()
        assert change.silence_counts_from is not None
        assert change.subscriber.address == ADDRESS
    assert trail(stored) == [("subscriber.move", {"reason": "Belde"})]


def test_unsubscribing_ends_it_once_and_says_so(desk: StaffBrowser, page: str, stored: Stored) -> None:
    assert "De lezer is afgemeld." in desk.done(f"{page}/afmelden", reason="Per brief")
    assert last_step(stored) == ("left", "staff", True)
    assert "Er is niets veranderd" in desk.done(f"{page}/afmelden", reason="Per brief")
    assert [action for action, _detail in trail(stored)] == ["subscriber.unsubscribe"]


@pytest.mark.parametrize(
    "act", ["pauze", "hervatten", "naam", "adres", "afmelden", "niet-meer-mailen", "weer-mailen", "wissen"]
)
def test_every_act_asks_first_and_does_nothing_without_a_reason(
    desk: StaffBrowser, page: str, stored: Stored, act: str
) -> None:
    assert "Wie vroeg erom, en hoe?" in desk.text(f"{page}/{act}")
    sent = {"length": "kort", "name": "Ander", "address": "nieuw@elders.example"}
    answer = desk.post(f"{page}/{act}", reason=" ", **sent)
    assert answer.status_code == 422
    assert "Schrijf op wie erom vroeg, en hoe." in answer.text
    assert trail(stored) == []


def test_only_what_can_be_done_is_offered(desk: StaffBrowser, page: str, stored: Stored, number: int) -> None:
    offered = desk.text(page)
    assert "Pauzeer de nieuwsbrief" in offered
    assert "Stop de pauze" not in offered
    assert "Stuur weer e-mail" not in offered
    with stored() as session:
        bounce_out(session, session.get_one(Subscriber, number), NOW)
    offered = desk.text(page)
    assert "Pauzeer de nieuwsbrief" not in offered
    assert "Verander het adres" in offered, "who changed jobs may be a reader again at another address"
    assert "Stuur weer e-mail" in offered


def test_what_is_no_act_is_not_found(desk: StaffBrowser, page: str) -> None:
    assert desk.get(f"{page}/promoveren").status_code == 404
    assert desk.get("/redactie/lezers/9999/pauze").status_code == 404


def test_the_page_says_in_good_dutch_that_erasing_is_for_good(desk: StaffBrowser, page: str) -> None:
    assert "Wissen kunt u niet ongedaan maken." in desk.text(f"{page}/wissen")
