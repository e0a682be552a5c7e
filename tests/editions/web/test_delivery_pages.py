"""Behind the statement: names for each number, the file, letters once more, and how sending goes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery, DomainBackoff, Worker
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.models import Edition, Exclusion
from newsletter_service.editions.rules import EditionState, HoldReason
from newsletter_service.registry.four_eyes import service as acts
from newsletter_service.staff.four_eyes.models import ActRequest, FourEyes
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.four_eyes.service import second_persons
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from tests.conftest import NOW
from tests.editions.web.conftest import Office
from tests.staff_browser import StaffBrowser

Stored = Callable[[], AbstractContextManager[Session]]
LIST = "/redactie/edities/12/verzending"


@pytest.fixture
def released(communicator: StaffBrowser, stored: Stored) -> StaffBrowser:
    """Sent to one, refused by one, unknown of one, and one that is still to go."""
    communicator.done("/redactie/edities/12/versturen")
    with stored() as session:
        rows = session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None)).order_by(Delivery.id))
        sent, failed, uncertain, _waiting = rows
        for row, state in (
            (sent, DeliveryState.SENT),
            (failed, DeliveryState.FAILED),
            (uncertain, DeliveryState.UNCERTAIN),
        ):
            row.state, row.settled_at, row.attempts = state, NOW, 1
        sent.ambiguous_attempts, failed.reply_code, failed.reply_text = 1, 550, "=5.1.1 onbekend"
        failed.name = "=1+1"
        edition = session.scalars(select(Edition).where(Edition.number == 12)).one()
        session.add(
            Exclusion(edition_id=edition.id, subscriber_id=failed.subscriber_id or 0, reason="suppressed")
        )
    return communicator


def waiting(session: Session) -> Delivery:
    return session.scalars(
        select(Delivery).where(Delivery.state == "ready", Delivery.mailing_id.is_not(None))
    ).one()


def rows(stored: Stored, state: str) -> int:
    with stored() as session:
        return len(session.scalars(select(Delivery).where(Delivery.state == state)).all())


def test_each_number_leads_to_the_names_behind_it(released: StaffBrowser) -> None:
    page = released.get("/redactie/edities/12").text
    assert f'href="{LIST}?toestand=failed"' in page
    assert "Van de verstuurde brieven is er 1 misschien dubbel aangekomen" in page
    assert "550 =5.1.1 onbekend" in released.text(f"{LIST}?toestand=failed")
    assert "@korps.example" in released.text(f"{LIST}?toestand=repeated")
    assert "Dit adres wil geen e-mail meer" in released.text(f"{LIST}?toestand=skipped")
    assert "Hier staat niemand." in released.text(f"{LIST}?toestand=sent&domein=elders.example")


def test_where_taking_everybody_along_needs_two_so_do_the_names_of_an_edition(
    released: StaffBrowser, app: Flask, stored: Stored
) -> None:
    with stored() as session:
        session.add(FourEyes(act=Act.EXPORT, needed=True))
    file = f"{LIST}/bestand?toestand=sent"
    refused = released.post(file)
    assert (refused.status_code, refused.headers["Location"]) == (303, f"{LIST}?toestand=sent")
    assert "Hier is een tweede collega voor nodig." in released.text(f"{LIST}?toestand=sent")
    with stored() as session:
        request = session.scalars(select(ActRequest)).one()
        other = second_persons(session, Act.EXPORT, request.asked_by)[0]
        acts.accept(session, app.extensions["newsletter"], request.id, request.hash, other, NOW)
    assert "@korps.example" in released.post(file).text
    assert released.post(file).status_code == 303


def test_names_come_a_hundred_at_a_time(released: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        row = waiting(session)
        values = {c.name: getattr(row, c.name) for c in Delivery.__table__.columns if c.name != "id"}
        session.add_all(
            Delivery(**(values | {"subscriber_id": 1000 + n, "address": f"n{n}@x.example"}))
            for n in range(149)
        )
    first = released.get(f"{LIST}?toestand=open")
    assert first.text.count("@") >= 100
    assert "n98@x.example" in first.text
    assert "n99@x.example" not in first.text
    following = first.text.split("na=")[1].split('"')[0]
    second = released.text(f"{LIST}?toestand=open&na={following}")
    assert "n99@x.example" in second
    assert "n148@x.example" in second
    assert "Volgende honderd" not in second


def test_a_group_that_does_not_exist_is_not_found(released: StaffBrowser) -> None:
    assert released.get(f"{LIST}?toestand=vrolijk").status_code == 404
    assert released.get("/redactie/edities/12/opnieuw?toestand=sent").status_code == 404
    assert released.get("/redactie/edities/13/verzending").status_code == 404
    assert released.get("/redactie/edities/13/voortgang").status_code == 404


def test_who_only_administers_sees_no_names(
    released: StaffBrowser, client: FlaskClient, office: Office
) -> None:
    client.post("/redactie/uitloggen", data={"csrf_token": released.token})
    administrator = StaffBrowser(client, office.administrator)
    assert administrator.get(f"{LIST}?toestand=failed").status_code == 403
    assert f"{LIST}?toestand=failed" not in administrator.get("/redactie/edities/12").text


def test_the_file_holds_all_of_them_and_runs_nothing(released: StaffBrowser, stored: Stored) -> None:
    answer = released.post(f"{LIST}/bestand?toestand=failed")
    assert answer.mimetype == "text/csv"
    header, line, rest = answer.text.split("\r\n")
    headings = "Naam;E-mailadres;Domein;Stand;Pogingen;Moment;Antwoord van de mailserver"
    assert (header, rest) == (f"\ufeff{headings}", "")
    assert line.startswith("'=1+1;")
    assert ";Mislukt;" in line
    assert "550 =5.1.1 onbekend" in line
    with stored() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "edition.export")).one()


def test_the_file_of_those_without_a_letter_says_why(released: StaffBrowser) -> None:
    _header, line, _rest = released.post(f"{LIST}/bestand?toestand=skipped").text.split("\r\n")
    assert line.endswith(";Dit adres wil geen e-mail meer")


def test_letters_that_failed_go_out_once_more_after_asking(released: StaffBrowser, stored: Stored) -> None:
    page = released.text("/redactie/edities/12/opnieuw?toestand=failed")
    assert "1 brief die niet aankwam, gaat dan nog eens uit." in page
    page = released.done("/redactie/edities/12/opnieuw?toestand=failed")
    assert "1 brief gaat nog eens uit." in page
    assert (rows(stored, "failed"), rows(stored, "deferred")) == (0, 1)


def test_only_letters_that_were_ticked_go_out_once_more(released: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        for row in session.scalars(select(Delivery).where(Delivery.state.in_(("failed", "uncertain")))):
            row.state = DeliveryState.FAILED
        one, other = session.scalars(
            select(Delivery.id).where(Delivery.state == "failed").order_by(Delivery.id)
        ).all()
    assert f'name="brief" value="{one}"' in released.get(f"{LIST}?toestand=failed").text
    address = f"/redactie/edities/12/opnieuw?toestand=failed&brief={other}"
    page = released.get(address).text
    assert "Het gaat om de brieven die u aankruiste." in page
    assert f"brief={other}" in page
    assert "1 brief gaat nog eens uit." in released.done(address)
    with stored() as session:
        assert (session.get_one(Delivery, one).state, session.get_one(Delivery, other).state) == (
            "failed",
            "deferred",
        )


def test_a_reader_is_found_by_a_part_of_name_or_address(released: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        waiting(session).name = "Ans de Vries"
    assert "Ans de Vries" in released.text(f"{LIST}?toestand=open&zoek=de+vries")
    assert "Ans de Vries" in released.text(f"{LIST}?toestand=open&zoek=B@GEMEENTE")
    assert "Hier staat niemand." in released.text(f"{LIST}?toestand=open&zoek=%25")


def test_whoever_left_meanwhile_gets_no_second_try(released: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        row = session.scalars(select(Delivery).where(Delivery.state == "failed")).one()
        reader = session.get_one(Subscriber, row.subscriber_id)
        reader.status = Status.LEFT
    page = released.text("/redactie/edities/12/opnieuw?toestand=failed")
    assert "1 lezer krijgt niets: die heeft zich intussen afgemeld" in page
    assert "0 brieven gaan nog eens uit." in released.done("/redactie/edities/12/opnieuw?toestand=failed")
    assert rows(stored, "failed") == 1


def test_an_unknown_outcome_can_be_counted_as_sent(released: StaffBrowser, stored: Stored) -> None:
    assert "Tel als verstuurd…" in released.text(f"{LIST}?toestand=uncertain")
    asked = released.text("/redactie/edities/12/tel-als-verstuurd?toestand=uncertain")
    assert "1 brief waarvan we niet weten of hij aankwam, telt dan als verstuurd." in asked
    page = released.done("/redactie/edities/12/tel-als-verstuurd?toestand=uncertain")
    assert "1 brief telt nu als verstuurd." in page
    assert (rows(stored, "uncertain"), rows(stored, "sent")) == (0, 2)


def test_the_page_says_how_sending_goes(released: StaffBrowser, stored: Stored) -> None:
    assert "Er is nu geen verzender aan het werk." in released.text("/redactie/edities/12/voortgang")
    with stored() as session:
        session.add(Worker(id="a", host="een", process_id=1, pace=3, started_at=NOW, seen_at=NOW))
        until = NOW + timedelta(minutes=5)
        session.add(DomainBackoff(domain="korps.example", failures=3, until=until, reply="451 later"))
        waiting(session).state = DeliveryState.DEFERRED
    page = released.text("/redactie/edities/12/voortgang")
    assert "Afgehandeld: 3 van 4" in page
    assert "3 brieven per seconde" in page
    assert "1 brief wordt later opnieuw geprobeerd : gemeente.example (1)" in page
    assert "korps.example neemt even geen brieven aan." in page
    assert "451 later" in page


def test_per_domain_it_says_how_letters_fare_and_who_rests(released: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        until = NOW + timedelta(minutes=5)
        session.add(DomainBackoff(domain="korps.example", failures=3, until=until, reply="451 later"))
    page = released.text("/redactie/edities/12/domeinen")
    assert "korps.example Neemt even geen brieven aan. Volgende poging:" in page
    assert "451 later 3 1 0 0 1 1" in page
    assert "gemeente.example 1 0 1 0 0 0" in page
    address = f"{LIST}?toestand=failed&amp;domein=korps.example"
    assert address in released.get("/redactie/edities/12/domeinen").text


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        (550, "5.1.1", "Dit adres bestaat niet"),
        (552, "5.2.2", "Deze postbus is vol"),
        (550, "5.7.26", "Geweigerd door het beleid van de ontvanger"),
        (451, "4.3.0", "Kan nu niet, later wel"),
        (554, "", "Geweigerd"),
    ],
)
def test_an_answer_of_the_mail_server_is_put_in_words(
    released: StaffBrowser, stored: Stored, code: int, status: str, meaning: str
) -> None:
    with stored() as session:
        row = session.scalars(select(Delivery).where(Delivery.state == "failed")).one()
        row.reply_code, row.reply_status, row.reply_text = code, status, f"{status} no"
    assert f"{meaning} {code} {status}".strip() in released.text(f"{LIST}?toestand=failed")


def test_letters_that_were_put_off_are_a_number_with_names_of_its_own(
    released: StaffBrowser, stored: Stored
) -> None:
    address = f"{LIST}?toestand=deferred"
    assert "Hier staat niemand." in released.text(address)
    with stored() as session:
        row = waiting(session)
        row.state, row.next_attempt_at, row.reply_code = (
            DeliveryState.DEFERRED,
            NOW + timedelta(minutes=5),
            451,
        )
        put_off = row.address
    page = released.text(address)
    assert "Uitgesteld 1" in page
    assert "Volgende poging" in page
    assert put_off in page
    assert address in released.get("/redactie/edities/12").text
    assert "gemeente.example 1 0 1 1 0 0" in released.text("/redactie/edities/12")


def test_a_letter_that_only_waits_for_its_turn_goes_as_soon_as_possible(released: StaffBrowser) -> None:
    assert "Wacht 0 zodra het kan" in released.text(f"{LIST}?toestand=open")


def test_the_time_left_is_not_that_of_letters_that_were_put_off(
    released: StaffBrowser, stored: Stored
) -> None:
    with stored() as session:
        session.add(Worker(id="a", host="een", process_id=1, pace=3, started_at=NOW, seen_at=NOW))
        row = waiting(session)
        values = {c.name: getattr(row, c.name) for c in Delivery.__table__.columns if c.name != "id"}
        session.add(Delivery(**(values | {"subscriber_id": 1000, "state": "deferred"})))
    page = released.text("/redactie/edities/12/voortgang")
    assert "klaar over minder dan een minuut, behalve wat later opnieuw wordt geprobeerd" in page
    with stored() as session:
        waiting(session).state = DeliveryState.DEFERRED
    assert "klaar over" not in released.text("/redactie/edities/12/voortgang")


def test_domains_are_for_those_who_may_see_names(
    released: StaffBrowser, client: FlaskClient, office: Office
) -> None:
    assert "korps.example" in released.text("/redactie/edities/12/voortgang")
    client.post("/redactie/uitloggen", data={"csrf_token": released.token})
    administrator = StaffBrowser(client, office.administrator)
    assert "korps.example" not in administrator.text("/redactie/edities/12/voortgang")


def test_an_edition_that_the_mail_server_refused_says_in_what_words(
    released: StaffBrowser, stored: Stored
) -> None:
    with stored() as session:
        edition = session.scalars(select(Edition).where(Edition.number == 12)).one()
        assert edition.mailing is not None
        edition.state, edition.held_from, edition.hold_reason = (
            EditionState.HELD,
            EditionState.SENDING,
            HoldReason.PAUSED,
        )
        edition.mailing.paused_at, edition.mailing.pause_reason = NOW, "550 5.7.26 not authenticated"
    page = released.text("/redactie/edities/12")
    assert "De mailserver neemt de brieven niet aan." in page
    assert "De mailserver antwoordde: 550 5.7.26 not authenticated" in page
    assert "Zoek eerst uit wat er mis is" in page


def test_a_sender_is_not_missed_while_nothing_can_go_out(released: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        row_id = waiting(session).id
    missed = "Er is nu geen verzender aan het werk."
    for state, settled_at, said in (
        (DeliveryState.DEFERRED, None, "1 brief wordt later opnieuw geprobeerd"),
        (DeliveryState.SENT, NOW, "Alle brieven zijn afgehandeld."),
    ):
        with stored() as session:
            row = session.get_one(Delivery, row_id)
            row.state, row.settled_at = state, settled_at
        page = released.text("/redactie/edities/12/voortgang")
        assert said in page
        assert missed not in page


def test_an_edition_that_was_cancelled_half_way_says_that_it_did_go_out(released: StaffBrowser) -> None:
    page = released.done("/redactie/edities/12/annuleren")
    assert "Deze editie is geannuleerd. Wie nog geen brief had, krijgt er geen meer." in page
    assert "Vrijgegeven" in page
    assert "uitgaan" not in page
