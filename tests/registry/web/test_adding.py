"""Staff sign somebody up who asked for it: the ordinary mail asks to confirm, and the ledger says who added them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW
from tests.factories import make_suppression
from tests.registry.conftest import ADDRESS
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
PAGE = "/redactie/lezers/nieuw"
NEW = "nieuw@gemeente.example"


@pytest.fixture
def desk(client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        email = make_staff(session, Role.COMMUNICATOR).email
    return StaffBrowser(client, email)


def sent(**more: str) -> dict[str, str]:
    return {
        "address": NEW,
        "name": "Nieuw Gezicht",
        "language": "nl",
        "reason": f"Vroeg het op een congres: {NEW}",
    } | more


def test_who_is_added_waits_to_confirm_and_the_ledger_says_who_added_them(
    desk: StaffBrowser, stored: Stored
) -> None:
    assert PAGE in desk.get("/redactie/lezers/").text
    assert "Wie vroeg erom, en hoe?" in desk.text(PAGE)
    said = desk.done(PAGE, **sent())
    assert "De lezer krijgt een e-mail om de aanmelding te bevestigen." in said
    assert "nog niet bevestigd" in said
    with stored() as session:
        reader = session.scalars(select(Subscriber).where(Subscriber.address == NEW)).one()
        assert (reader.status, reader.name) == ("pending", "Nieuw Gezicht")
        mail = session.scalars(select(Delivery).where(Delivery.subscriber_id == reader.id)).one()
        assert mail.letter.subject == "Bevestig uw aanmelding voor Veilig Verbonden"
        step = session.scalars(select(Consent).where(Consent.subscriber_id == reader.id)).one()
        assert (step.step, step.actor, step.source, step.wording_hash) == (
            "asked",
            "staff",
            "/redactie/lezers",
            "",
        )
        assert step.staff_id is not None
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "subscriber.add")).one()
        assert (entry.subject_id, entry.detail) == (reader.id, {"reason": "Vroeg het op een congres: …"})


def test_who_is_a_reader_already_stays_as_they_are(desk: StaffBrowser, stored: Stored) -> None:
    assert "Dit is al een lezer." in desk.done(PAGE, **sent(address=ADDRESS))
    with stored() as session:
        assert (
            session.scalars(select(Subscriber.name).where(Subscriber.address == ADDRESS)).one()
            != "Nieuw Gezicht"
        )
        assert session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "subscriber")).all() == []


def test_an_address_that_wants_no_mail_is_not_added(desk: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        make_suppression(session, NEW, now=NOW)
    answer = desk.post(PAGE, **sent())
    assert answer.status_code == 422
    assert "Dit adres wil geen e-mail van ons." in answer.text
    with stored() as session:
        assert session.scalars(select(Subscriber).where(Subscriber.address == NEW)).all() == []


@pytest.mark.parametrize("left_out", ["address", "reason"])
def test_nobody_is_added_without_an_address_and_a_reason(
    desk: StaffBrowser, stored: Stored, left_out: str
) -> None:
    assert desk.post(PAGE, **sent(**{left_out: ""})).status_code == 422
    with stored() as session:
        assert len(session.scalars(select(Subscriber)).all()) == 1


def test_a_fourth_mail_in_a_day_is_not_sent_by_hand_either(desk: StaffBrowser, stored: Stored) -> None:
    for _ in range(3):
        desk.done(PAGE, **sent())
    assert "kreeg vandaag al genoeg e-mails" in desk.done(PAGE, **sent())


def test_an_address_for_which_strangers_asked_too_often_is_no_reader_and_staff_hear_so(
    desk: StaffBrowser, stored: Stored, client: FlaskClient
) -> None:
    for _ in range(3):
        assert client.post("/link-kwijt", data={"address": NEW}).status_code == 302
    assert "kreeg vandaag al genoeg e-mails" in desk.done(PAGE, **sent())
    with stored() as session:
        assert session.scalars(select(Subscriber).where(Subscriber.address == NEW)).all() == []
