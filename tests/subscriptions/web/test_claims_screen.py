"""The claims screen: what waits, what speaks for it, and decisions by button, alone or together."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.claims.service import AT_ONCE
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.verification.rules import DeclineReason
from tests.conftest import NOW
from tests.factories import make_claim, make_newsletter, make_organisation, make_segment, make_subscriber
from tests.staff_browser import StaffBrowser, make_staff
from tests.subscriptions.web.conftest import Stored

PAGE = "/redactie/functies"


@pytest.fixture
def waiting(stored: Stored) -> dict[str, str]:
    """Karin and Daan wait, in that order; Samira verified a colleague of Karin. Keys of their claims, by name."""
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        mayors, police = make_segment(session, "burgemeesters"), make_segment(session, "politie")
        samira = make_staff(session, Role.COMMUNICATOR, name="Samira Haddad")
        make_staff(session, Role.ADMINISTRATOR, name="Ada Beheer")
        make_staff(session, Role.HEAD, organisation="noord", name="Hans Hoofd")
        colleague = make_subscriber(
            session, "joost@ridder.example", now=NOW, segments=(police,), approved=(police,)
        )
        checked = colleague.memberships[0]
        checked.decided_by_id, checked.decided_at = samira.id, NOW - timedelta(days=9)
        karin = make_subscriber(
            session, "karin@ridder.example", now=NOW, name="Karin Smit", segments=(mayors,)
        )
        karin.organisation = "Gemeente Ridder"
        karin.memberships[0].claimed_at = NOW - timedelta(days=6)
        daan = make_subscriber(session, "daan@schie.example", now=NOW, name="Daan Kuiper", segments=(police,))
        make_subscriber(
            session, "pia@schie.example", now=NOW, name="Pia Wacht", status="pending", segments=(police,)
        )
        return {one.name: f"{one.id}-{one.memberships[0].segment_id}" for one in (karin, daan)}


@pytest.fixture
def samira(client: FlaskClient, waiting: dict[str, str]) -> StaffBrowser:
    return StaffBrowser(client, "samira.haddad@redactie.example")


def states(stored: Stored) -> dict[str, tuple[str, str | None]]:
    with stored() as session:
        claims = session.scalars(select(Membership).join(Subscriber).where(Subscriber.name != ""))
        return {claim.subscriber.name: (claim.state, claim.reason) for claim in claims}


def flat(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def test_the_claim_that_waits_longest_is_shown_with_what_speaks_for_it(samira: StaffBrowser) -> None:
    page = flat(samira.get(PAGE).text)
    assert "2 functies wachten op controle" in page
    assert "wacht 6 dagen" in page
    assert "Karin Smit zegt: Burgemeesters" in page
    assert "Gemeente Ridder vulde de lezer zelf in" in page
    assert "1 andere lezer bij dit domein 1 gecontroleerd als Politie: door Samira Haddad" in page
    assert "Nooit eerder gecontroleerd of afgewezen" in page
    assert "Daan Kuiper" in page
    assert "Pia Wacht" not in page, "who did not confirm an address has nothing to be checked"


def test_the_menu_says_how_many_wait_to_who_decides_on_them(
    samira: StaffBrowser, client: FlaskClient
) -> None:
    assert "Functies 2" in flat(samira.get("/redactie/").text)
    head = StaffBrowser(client, "hans.hoofd@redactie.example")
    assert "Functies" not in flat(head.get("/redactie/").text)


@pytest.mark.parametrize("who", ["ada.beheer", "hans.hoofd"])
def test_only_communicators_see_and_decide(
    client: FlaskClient, waiting: dict[str, str], stored: Stored, who: str
) -> None:
    browser = StaffBrowser(client, f"{who}@redactie.example")
    assert browser.get(PAGE).status_code == 403
    answer = browser.post(PAGE, claim=waiting["Karin Smit"], besluit="klopt")
    assert answer.status_code == 403
    assert browser.post(f"{PAGE}/ongedaan", besloten=NOW.isoformat()).status_code == 403
    assert {state for state, _reason in states(stored).values()} == {"waiting"}


def test_one_press_verifies_and_another_takes_it_back(
    samira: StaffBrowser, waiting: dict[str, str], stored: Stored
) -> None:
    answer = samira.post(PAGE, claim=waiting["Karin Smit"], besluit="klopt", reason="not_found")
    assert states(stored)["Karin Smit"] == ("verified", None)
    page = samira.get(answer.headers["Location"]).text
    assert "Karin Smit is gecontroleerd als “Burgemeesters”." in page
    assert "Daan Kuiper zegt: Politie" in flat(page)
    samira.post(f"{PAGE}/ongedaan", besloten=NOW.isoformat())
    assert states(stored)["Karin Smit"] == ("waiting", None)
    with stored() as session:
        actions = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    actions = [action for action in actions if action.startswith("claim.")]
    assert actions == ["claim.verified", "claim.decision_undone"]


def test_a_decline_has_the_reason_that_was_chosen(
    samira: StaffBrowser, waiting: dict[str, str], stored: Stored
) -> None:
    form = {"claim": waiting["Karin Smit"], "besluit": "klopt-niet", "reason": "other_address", "tell": "y"}
    page = samira.get(samira.post(PAGE, **form).headers["Location"]).text
    assert states(stored)["Karin Smit"] == ("declined", DeclineReason.OTHER_ADDRESS)
    assert "Karin Smit is afgewezen als “Burgemeesters”." in page


def test_many_are_decided_together_and_taken_back_together(
    samira: StaffBrowser, waiting: dict[str, str], stored: Stored
) -> None:
    form = {"claim": list(waiting.values()), "besluit": "klopt", "reason": "not_found"}
    page = samira.get(samira.post(PAGE, **form).headers["Location"]).text
    assert "2 functies zijn gecontroleerd." in page
    assert "Niets wacht op een besluit." in page
    assert {state for state, _reason in states(stored).values() if state != "waiting"} == {"verified"}
    samira.post(f"{PAGE}/ongedaan", besloten=NOW.isoformat())
    assert {state for state, _reason in states(stored).values()} == {"waiting"}


@pytest.mark.parametrize("claim", ["", "x", "1-", "999999-1", "9" * 40 + "-1"])
def test_what_is_no_claim_that_waits_changes_nothing(
    samira: StaffBrowser, stored: Stored, claim: str
) -> None:
    answer = samira.post(PAGE, claim=claim, besluit="klopt", reason="not_found")
    assert "Er is niets gekozen dat nog wacht" in samira.get(answer.headers["Location"]).text
    assert {state for state, _reason in states(stored).values()} == {"waiting"}


def test_a_form_without_a_decision_decides_nothing(
    samira: StaffBrowser, waiting: dict[str, str], stored: Stored
) -> None:
    samira.post(PAGE, claim=list(waiting.values()), reason="not_found")
    assert {state for state, _reason in states(stored).values()} == {"waiting"}


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "gisteren",
        "2026-11-26",
        "2026-11-26T10:00:00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00+23:59",
    ],
)
def test_what_is_no_moment_takes_nothing_back(samira: StaffBrowser, moment: str) -> None:
    assert samira.post(f"{PAGE}/ongedaan", besloten=moment).status_code == 303
    assert samira.get(f"{PAGE}?besloten={moment}&na=onzin").status_code == 200


def test_pages_go_by_key_and_show_every_claim_once(samira: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        police = session.scalars(select(Membership)).first()
        assert police is not None
        for number in range(2 * AT_ONCE):
            address = f"n{number}@vele.example"
            reader = make_subscriber(session, address, now=NOW, name=f"Lezer {number:03}")
            reader.memberships = [make_claim(police.segment, now=NOW + timedelta(seconds=number // 7))]
    address, seen = f"{PAGE}?domein=vele.example", []
    while address:
        page = samira.get(address).text
        seen += re.findall(r"Lezer \d{3}(?= zegt|</strong>)", page)
        following = re.search(r'href="([^"]*)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"Lezer {number:03}" for number in range(2 * AT_ONCE)]


def test_a_domain_and_a_segment_narrow_what_is_shown(samira: StaffBrowser) -> None:
    assert "Karin" not in samira.get(f"{PAGE}?domein=schie.example").text
    assert "Daan" not in samira.get(f"{PAGE}?doelgroep=burgemeesters").text
    assert "Toon alle functies" in samira.get(f"{PAGE}?doelgroep=bestaat-niet").text
