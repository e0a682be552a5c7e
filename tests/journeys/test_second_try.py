"""A mail server that refuses: who got nothing, their letters once more, and a statement that adds up again."""

import csv
from io import StringIO

from sqlalchemy import select

from newsletter_service.files.csv import BEGINNING, DELIMITER
from newsletter_service.links.urls import Links
from newsletter_service.services import services
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.models import Subscriber
from tests.journeys.office import Office, editions_in, fill_both_queues, fresh
from tests.smtp_server import RecordingServer

PAGE = "/redactie/edities/1"
MAILBOX_FULL = "550 5.2.2 mailbox full"


def release(office: Office) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")


def links_of(office: Office) -> Links:
    with office.app.app_context():
        return services().links


def test_who_was_refused_is_known_by_name_and_gets_the_letter_after_all(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.answers[readers["om"]] = smtp.answers[readers["ovv"]] = MAILBOX_FULL
    release(office)
    assert office.numbers() == {"intended": 8, "sent": 6, "failed": 2}
    assert f"{PAGE}/verzending?toestand=failed" in office.editor.get(PAGE).text
    names = office.editor.text(f"{PAGE}/verzending?toestand=failed")
    for who in ("om", "ovv"):
        assert f"Lezer {who} {readers[who]} Mislukt" in names
    assert names.count(MAILBOX_FULL) == 2

    smtp.answers.clear()
    assert "2 brieven" in office.editor.text(f"{PAGE}/opnieuw?toestand=failed")
    office.editor.done(f"{PAGE}/opnieuw?toestand=failed")
    assert office.state() == "sending"
    assert office.numbers() == {"intended": 8, "sent": 6, "open": 2}
    office.tick()
    assert office.state() == "sent"
    assert office.numbers() == {"intended": 8, "sent": 8}
    recipients = [mail.recipient for mail in editions_in(smtp.received)]
    assert sorted(recipients) == sorted(readers.values())


def test_a_second_try_that_is_refused_as_well_ends_as_the_first_did(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.answers[readers["om"]] = MAILBOX_FULL
    release(office)
    office.editor.done(f"{PAGE}/opnieuw?toestand=failed")
    office.tick()
    assert office.state() == "sent"
    assert office.numbers() == {"intended": 8, "sent": 7, "failed": 1}


def test_a_second_try_days_later_is_given_time_like_the_first(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.answers[readers["om"]] = MAILBOX_FULL
    release(office)
    office.clock.move(days=5)
    office.come_in()
    smtp.answers[readers["om"]] = "451 4.2.1 try later"
    office.editor.done(f"{PAGE}/opnieuw?toestand=failed")
    office.tick()
    assert office.numbers() == {"intended": 8, "sent": 7, "open": 1}
    smtp.answers.clear()
    office.clock.move(hours=40)
    office.come_in()
    office.tick()
    assert office.numbers() == {"intended": 8, "sent": 8}


def test_whoever_left_after_the_refusal_gets_no_second_try(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.answers[readers["om"]] = MAILBOX_FULL
    release(office)
    with office.stored() as session:
        reader = session.scalars(select(Subscriber).where(Subscriber.address == readers["om"])).one()
        leave = links_of(office).unsubscribe(reader.link_key)
    assert fresh(office.app).post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    smtp.answers.clear()
    office.editor.done(f"{PAGE}/opnieuw?toestand=failed")
    office.tick()
    assert editions_in(smtp.to(readers["om"])) == []
    assert office.numbers() == {"intended": 8, "sent": 7, "failed": 1}


def test_a_letter_of_which_nobody_knows_can_be_believed_to_have_come(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.after_data[readers["haven"]] = "drop"
    release(office)
    for _ in range(3):
        office.clock.move(minutes=40)
        office.tick()
    office.come_in()
    assert office.numbers() == {"intended": 8, "sent": 7, "uncertain": 1}
    office.editor.done(f"{PAGE}/tel-als-verstuurd?toestand=uncertain")
    assert office.numbers() == {"intended": 8, "sent": 8}
    assert "misschien dubbel" in office.editor.text(PAGE)
    assert readers["haven"] in office.editor.text(f"{PAGE}/verzending?toestand=repeated")


def test_the_file_of_those_who_were_refused_says_what_the_page_says_and_leaves_a_trace(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.answers[readers["om"]] = MAILBOX_FULL
    release(office)
    answer = office.editor.post(f"{PAGE}/verzending/bestand?toestand=failed")
    (line,) = csv.DictReader(StringIO(answer.text.removeprefix(BEGINNING)), delimiter=DELIMITER)
    assert (line["Naam"], line["E-mailadres"]) == ("Lezer om", readers["om"])
    assert line["Antwoord van de mailserver"] == MAILBOX_FULL
    with office.stored() as session:
        traces = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("%export"))).all()
    assert traces == ["edition.export"]
