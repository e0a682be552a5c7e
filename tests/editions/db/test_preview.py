from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.editions.content import items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editions.preview.service import (
    PROOFS_AN_HOUR,
    NothingToSee,
    TooManyProofs,
    letter_for,
    mail_proof,
    message_for,
    proof_for,
)
from newsletter_service.editions.readers import reach
from newsletter_service.editions.releasing.service import release
from newsletter_service.errors import NotFound
from newsletter_service.languages import Language
from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.staff.models import User
from tests.editions.db.conftest import CLOSES, COLLECTING, SENDS, House
from tests.factories import make_item, make_segment, make_subscriber, make_topic


def proof_to(
    session: Session,
    house: House,
    edition: Edition,
    user: User,
    segment: str | None,
    language: Language,
    now: datetime,
) -> Delivery:
    proof = proof_for(session, house.mail_context, edition, user, segment, language)
    return mail_proof(session, edition, user, proof, now)


def test_a_preview_shows_what_a_verified_member_gets(session: Session, house: House) -> None:
    police, mayors = make_segment(session, "politie"), make_segment(session, "burgemeesters")
    make_item(session, house.north, now=COLLECTING, title="Recherchedag", segments=(police,), restricted=True)
    make_item(session, house.south, now=COLLECTING, title="Burgemeestersdiner", segments=(mayors,))
    make_item(session, house.south, now=COLLECTING, title="Monitor", topics=(make_topic(session),))
    edition = house.composed()
    shown = text_of(message_for(session, house.mail_context, edition, "politie", "nl", CLOSES))
    assert "Recherchedag" in shown
    assert "Monitor" in shown
    assert "Burgemeestersdiner" not in shown
    assert "De Vries" in shown
    general = html_of(message_for(session, house.mail_context, edition, None, "en", CLOSES))
    assert "Monitor" in general
    assert "Recherchedag" not in general


def test_a_preview_is_byte_for_byte_what_a_reader_of_that_segment_gets(
    session: Session, house: House
) -> None:
    police = make_segment(session, "politie", ("politie.example",))
    make_item(session, house.north, now=COLLECTING, title="Recherchedag", segments=(police,), restricted=True)
    make_item(session, house.south, now=COLLECTING, title="Open dag")
    make_subscriber(session, "agent@politie.example", now=COLLECTING, segments=(police,))
    edition = house.composed()
    preview = letter_for(session, house.mail_context, edition, "politie", "nl")
    release(session, house.mail_context, edition, None, SENDS)
    stored = session.query(Delivery).filter(Delivery.mailing_id.is_not(None)).one().letter.skeleton
    same = SlotValues(
        address="x@politie.example",
        date=SENDS,
        message_id="<1@x.example>",
        name="X",
        manage_url="https://x.example/voorkeuren/1",
        unsubscribe_url="https://x.example/afmelden/1",
    )
    assert Template(preview.skeleton).fill(same) == Template(stored).fill(same)


def test_a_long_text_goes_on_on_the_web_unless_access_is_restricted(session: Session, house: House) -> None:
    police = make_segment(session, "politie")
    house.calendar.text_limit = 200
    for title, restricted in (("Voor iedereen", False), ("Alleen politie", True)):
        item = make_item(
            session, house.north, now=COLLECTING, title=title, segments=(police,), restricted=restricted
        )
        item.body = "Een lange uitleg. " * 40
    edition = house.composed()
    public = next(item for item in items_in(edition) if not item.restricted)
    shown = " ".join(
        text_of(message_for(session, house.mail_context, edition, "politie", "nl", CLOSES)).split()
    )
    assert shown.count("Een lange uitleg.") == 40 + 11
    assert shown.count(f"https://nieuwsbrief.example/archief/1/bericht-{public.id}") == 1
    assert shown.count("Beperkte toegang · alleen voor politie, niet doorsturen") == 1


def test_previewing_for_readers_who_get_nothing_says_so(session: Session, house: House) -> None:
    make_item(session, house.north, now=COLLECTING, segments=(make_segment(session, "politie"),))
    edition = house.composed()
    with pytest.raises(NothingToSee):
        message_for(session, house.mail_context, edition, None, "nl", CLOSES)
    with pytest.raises(NotFound):
        message_for(session, house.mail_context, edition, "bestaat-niet", "nl", CLOSES)


def test_a_proof_is_mailed_to_whoever_asked_with_a_mark_in_the_subject(
    session: Session, house: House
) -> None:
    make_item(session, house.north, now=COLLECTING, title="Open dag")
    edition = house.composed()
    row = proof_to(session, house, edition, house.communicator, None, "nl", CLOSES)
    assert (row.address, row.mailing_id, row.letter.subject) == (
        house.communicator.email,
        None,
        "[Proef · Zonder doelgroep · Nederlands] Open dag",
    )
    assert row.mailing_id is None  # so it goes before all editions, and no hold stops it
    links = house.mail_context.links
    values = SlotValues(
        address=row.address,
        date=CLOSES,
        message_id="<1@x.example>",
        manage_url=links.manage(row.subscriber_key or ""),
        unsubscribe_url=links.unsubscribe(row.subscriber_key or ""),
    )
    parsed = message_from_bytes(Template(row.letter.skeleton).fill(values), policy=default)
    assert parsed["Subject"] == "[Proef · Zonder doelgroep · Nederlands] Open dag"
    assert parsed["List-Unsubscribe"].strip().startswith("<https://nieuwsbrief.example/afmelden/")


def test_a_proof_is_in_the_language_of_the_preview_and_says_for_whom_it_is(
    session: Session, house: House
) -> None:
    police = make_segment(session, "politie")
    make_item(session, house.north, now=COLLECTING, title="Open dag", segments=(police,))
    edition = house.composed()
    row = proof_to(session, house, edition, house.communicator, "politie", "en", CLOSES)
    assert row.letter.subject == "[Proef · Politie · Engels] Veilig Verbonden, nummer 1"
    values = SlotValues(row.address, CLOSES, "<1@x.example>", "", "https://x.example", "https://y.example")
    mail = Template(row.letter.skeleton).fill(values)
    assert '<p lang="nl" style="margin:0"><strong>Proef · Politie · Engels</strong></p>' in html_of(mail)
    text = text_of(mail)
    assert text.startswith("*** Proef · Politie · Engels ***")
    assert "Dear reader" in text
    told_in_english = proof_to(session, house, edition, house.head_south, "politie", "nl", CLOSES)
    assert told_in_english.letter.subject == "[Proof · Politie (en) · Dutch] Veilig Verbonden, nummer 1"


def test_counts_follow_the_same_rule_as_the_release(session: Session, house: House) -> None:
    police = make_segment(session, "politie", ("politie.example",))
    make_item(session, house.north, now=COLLECTING, title="Recherchedag", segments=(police,), restricted=True)
    make_item(session, house.south, now=COLLECTING, title="Open dag", topics=(make_topic(session, "wonen"),))
    fraud = make_topic(session, "fraude")
    make_subscriber(session, "agent@politie.example", now=COLLECTING, segments=(police,))
    make_subscriber(session, "agent@thuis.example", now=COLLECTING, segments=(police,))
    make_subscriber(session, "gast@gemeente.example", now=COLLECTING, topics=(fraud,))
    make_subscriber(session, "nieuw@gemeente.example", now=COLLECTING, status="pending", segments=(police,))
    edition = house.composed()
    seen = reach(session, items_in(edition), SENDS)
    assert {item.title: seen.per_item[item.id] for item in items_in(edition)} == {
        "Recherchedag": 1,
        "Open dag": 2,
    }
    assert (seen.intended, seen.reached) == (3, 2)
    release(session, house.mail_context, edition, None, SENDS)
    assert edition.intended == seen.intended
    assert session.query(Delivery).filter(Delivery.mailing_id.is_not(None)).count() == seen.reached


def test_without_items_nobody_is_reached(session: Session, house: House) -> None:
    make_subscriber(session, now=COLLECTING)
    assert reach(session, [], SENDS).reached == 0


def test_a_person_gets_so_many_proofs_an_hour_and_no_more(session: Session, house: House) -> None:
    make_item(session, house.north, now=COLLECTING, title="Open dag")
    edition = house.composed()
    for _ in range(PROOFS_AN_HOUR):
        proof_to(session, house, edition, house.communicator, None, "nl", CLOSES)
    with pytest.raises(TooManyProofs):
        proof_to(session, house, edition, house.communicator, None, "nl", CLOSES)
    proof_to(session, house, edition, house.head_north, None, "nl", CLOSES)
    proof_to(session, house, edition, house.communicator, None, "nl", CLOSES + timedelta(minutes=61))
