"""One edition, from the queues of two heads to the mailboxes of five segments."""

import re
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import select

from newsletter_service.delivery.models import Delivery
from newsletter_service.editions.composing.default_texts import texts_of
from newsletter_service.editions.models import Calendar, Edition
from newsletter_service.editions.rules import ReleaseRule
from newsletter_service.editions.service import edition_numbered
from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.merging import fingerprints
from tests.journeys.conftest import BASE
from tests.journeys.office import (
    EVERYONE,
    HARBOUR_TOPIC,
    MAYORS_AND_OVV,
    MEETING,
    POLICE_ONLY,
    SEGMENTS,
    TOGETHER,
    Office,
    editions_in,
    fill_both_queues,
)
from tests.smtp_server import Received, RecordingServer

ALL = {EVERYONE, TOGETHER, POLICE_ONLY, MAYORS_AND_OVV, HARBOUR_TOPIC, MEETING}
EXPECTED = {
    "burgemeesters": {EVERYONE, TOGETHER, MAYORS_AND_OVV, HARBOUR_TOPIC},
    "om": {EVERYONE, TOGETHER, HARBOUR_TOPIC},
    "politie": {EVERYONE, TOGETHER, POLICE_ONLY, HARBOUR_TOPIC},
    "politie-elders": {EVERYONE, TOGETHER, HARBOUR_TOPIC},
    "beleidsadviseurs": {EVERYONE, TOGETHER, HARBOUR_TOPIC},
    "ovv": {EVERYONE, TOGETHER, MAYORS_AND_OVV, HARBOUR_TOPIC, MEETING},
    "haven": {TOGETHER, HARBOUR_TOPIC},
    "english": {EVERYONE, TOGETHER, HARBOUR_TOPIC},
}


def titles_in(mail: Received) -> set[str]:
    html, text = html_of(mail.content), " ".join(text_of(mail.content).split())
    in_html = {title for title in ALL if title in html}
    assert in_html == {title for title in ALL if title in text}
    return in_html


def test_every_reader_gets_exactly_the_items_meant_for_them(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    assert office.state() == "composed"
    assert {mail.message["Subject"] for mail in smtp.received} == {"Editie 1 staat klaar"}
    assert len(smtp.received) == 3
    office.move_to("release")
    assert office.state() == "sent"
    for who, address in readers.items():
        (mail,) = editions_in(smtp.to(address))
        assert titles_in(mail) == EXPECTED[who], who
    assert office.numbers() == {"intended": len(readers), "sent": len(readers)}


def test_the_preview_of_a_segment_is_what_its_reader_gets(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    page = office.editor.text("/redactie/edities/1")
    assert "In deze editie" in page
    previews = {
        slug: office.editor.get(f"/redactie/edities/1/voorbeeld?doelgroep={slug}&taal=nl&vorm=html").text
        for slug in SEGMENTS
    }
    office.move_to("release")
    for slug in SEGMENTS:
        (mail,) = editions_in(smtp.to(readers[slug]))
        assert own_parts_removed(previews[slug]) == own_parts_removed(html_of(mail.content)), slug


def own_parts_removed(html: str) -> str:
    """The body alone: in its head a preview fixes the colour scheme that was asked for."""
    html = html[html.index("<body") :]
    html = re.sub(rf"{BASE}/(voorkeuren|afmelden)/[\w.-]+", r"\1", html)
    html = re.sub(r"Beste [^<]*,", "Beste,", html)
    return " ".join(html.split())


def test_what_the_communicator_changes_is_what_goes_out(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    with office.stored() as session:
        edition = edition_numbered(session, 1)
        dropped = next(p.item_id for p in edition.placements if p.item.title == EVERYONE)
    office.editor.done("/redactie/edities/1/eruit", item_id=dropped, bericht=dropped)
    with office.stored() as session:
        began = fingerprints(asdict(texts_of(edition_numbered(session, 1))))
    office.editor.done(
        "/redactie/edities/1/teksten",
        subject="Vóór de jaarwisseling",
        preheader="Kort nieuws",
        introduction="Dit staat er **klaar**.",
        began=began,
    )
    office.move_to("release")
    (mail,) = editions_in(smtp.to(readers["om"]))
    assert mail.message["Subject"] == "Vóór de jaarwisseling"
    assert titles_in(mail) == {TOGETHER, HARBOUR_TOPIC}


def test_looking_twice_sends_once(office: Office, readers: dict[str, str], smtp: RecordingServer) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")
    for _ in range(3):
        office.clock.move(minutes=10)
        office.tick()
    recipients = [mail.recipient for mail in editions_in(smtp.received)]
    assert sorted(recipients) == sorted(readers.values())


def test_a_reader_for_whom_nothing_is_left_is_written_down_as_excluded(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    office.queue(office.riec, POLICE_ONLY, segments=["3"], restricted="y")
    office.move_to("closing")
    office.move_to("release")
    assert {mail.recipient for mail in editions_in(smtp.received)} == {readers["politie"]}
    assert office.numbers() == {"intended": 8, "sent": 1, "excluded": 7}


def test_a_held_edition_does_not_go_until_it_is_resumed(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    office.editor.done("/redactie/edities/1/vasthouden", reason="Er mist nog een bericht")
    assert office.state() == "held"
    office.move_to("release")
    assert office.state() == "held"
    assert editions_in(smtp.received) == []
    office.editor.done("/redactie/edities/1/hervatten")
    office.tick()
    assert office.state() == "sent"
    assert len(editions_in(smtp.received)) == len(readers)


def test_an_edition_that_is_hours_late_is_held_and_staff_are_asked(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    before = len(smtp.received)
    with office.stored() as session:
        office.clock.now = edition_numbered(session, 1).sends_at + timedelta(hours=6, minutes=1)
    office.tick()
    office.tick()
    assert office.state() == "held"
    assert editions_in(smtp.received) == []
    assert len(smtp.received) - before >= 3


def test_without_both_heads_an_edition_that_needs_them_waits(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    with office.stored() as session:
        session.scalars(select(Calendar)).one().release_rule = ReleaseRule.BOTH
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")
    assert office.state() == "held"
    assert editions_in(smtp.received) == []


def test_refusals_and_a_lost_connection_show_in_the_statement(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.answers[readers["om"]] = "550 5.1.1 no such user"
    smtp.answers[readers["ovv"]] = "451 4.3.0 try later"
    smtp.after_data[readers["haven"]] = "drop"
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")
    assert office.state() == "sending"
    assert office.numbers() == {"intended": 8, "sent": 5, "failed": 1, "open": 2}
    del smtp.answers[readers["ovv"]]
    # What may or may not have arrived is sent twice more, then left to a person.
    for _ in range(2):
        office.clock.move(minutes=40)
        office.tick()
    office.tick()
    assert office.state() == "sent"
    assert office.numbers() == {"intended": 8, "sent": 6, "failed": 1, "uncertain": 1}
    assert len({mail.message["Message-ID"] for mail in smtp.to(readers["haven"])}) == 1


def test_the_next_edition_opens_when_one_closes(office: Office, readers: dict[str, str]) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    with office.stored() as session:
        states = {edition.number: edition.state for edition in session.scalars(select(Edition))}
    assert states == {1: "composed", 2: "collecting"}


def test_letters_are_prepared_once_a_variant(office: Office, readers: dict[str, str]) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")
    with office.stored() as session:
        edition = edition_numbered(session, 1)
        letters = set(
            session.scalars(select(Delivery.letter_id).where(Delivery.mailing_id == edition.mailing_id))
        )
    # Readers with the same items share a letter; the English one shares none.
    assert len(letters) == 6


def test_a_proof_comes_to_oneself_only(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    before = len(smtp.received)
    office.editor.done("/redactie/edities/1/proef?doelgroep=politie")
    office.tick()
    (proof,) = (one for one in smtp.received[before:] if one.message["Subject"].startswith("[Proef"))
    assert proof.recipient == "coen.communicatie@redactie.example"
    assert str(proof.message["Subject"]).startswith("[Proef · Politie · Nederlands] ")
