"""Writing a correction, looking at it, and letting it go to those who got the edition."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.models import Calendar, Correction
from newsletter_service.editions.rules import ReleaseRule
from tests.conftest import NOW
from tests.editions.web.conftest import Office
from tests.staff_browser import StaffBrowser, words

Stored = Callable[[], AbstractContextManager[Session]]
EDITION = "/redactie/edities/12"
CORRECTION = f"{EDITION}/correctie"
SUBJECT, TEXT = "Correctie: de tijd klopte niet", "Het leerhuis begint om **15.00 uur**."


@pytest.fixture
def sent(communicator: StaffBrowser, stored: Stored) -> StaffBrowser:
    """Four letters went out, of which one has an unknown outcome."""
    communicator.done(f"{EDITION}/versturen")
    with stored() as session:
        rows = session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))).all()
        for row in rows:
            row.state, row.settled_at, row.attempts = DeliveryState.SENT, NOW, 1
        rows[0].state = DeliveryState.UNCERTAIN
    return communicator


def seen(browser: StaffBrowser, path: str = CORRECTION) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]*)"', browser.get(path).text)
    assert found is not None
    return found[1]


def written(browser: StaffBrowser, subject: str = SUBJECT, text: str = TEXT, **more: object) -> str:
    began = browser.hidden(CORRECTION, "began")["began"]
    return browser.done(CORRECTION, subject=subject, text=text, began=began, **more)


def sign_in_as(browser: StaffBrowser, email: str) -> StaffBrowser:
    """Somebody else at the same machine."""
    browser.post("/redactie/uitloggen")
    return StaffBrowser(browser.client, email)


def offered(browser: StaffBrowser) -> str:
    return browser.done(f"{CORRECTION}/versturen", seen=seen(browser, f"{CORRECTION}/versturen"))


def agreed(browser: StaffBrowser, *emails: str) -> StaffBrowser:
    """Put to the heads, and agreed to by these."""
    offered(browser)
    for email in emails:
        browser = sign_in_as(browser, email)
        browser.done(f"{CORRECTION}/akkoord", seen=seen(browser))
    return browser


def corrections(stored: Stored) -> list[tuple[str, int]]:
    with stored() as session:
        return [(one.subject, one.readers) for one in session.scalars(select(Correction))]


def letters_of_corrections(stored: Stored) -> int:
    with stored() as session:
        mailings = select(Correction.mailing_id)
        return len(session.scalars(select(Delivery).where(Delivery.mailing_id.in_(mailings))).all())


def test_an_edition_that_went_out_leads_to_the_form(sent: StaffBrowser) -> None:
    assert f'href="{CORRECTION}"' in sent.get(EDITION).text
    page = sent.text(CORRECTION)
    assert "Bewaar wat u schreef; dan ziet u hier de brief." in page
    assert 'value="Correctie: ' in sent.get(CORRECTION).text


def test_before_its_release_there_is_nothing_to_correct(communicator: StaffBrowser) -> None:
    assert CORRECTION not in communicator.get(EDITION).text
    for path in (CORRECTION, f"{CORRECTION}/versturen"):
        assert communicator.get(path).headers["Location"] == EDITION
        assert "Nog niemand kreeg deze editie. Een correctie is dus niet nodig." in communicator.text(path)


def test_what_was_written_is_shown_as_readers_get_it(sent: StaffBrowser) -> None:
    assert "Zo ziet de lezer het" in written(sent)
    html = sent.get(f"{CORRECTION}/voorbeeld").text
    assert "Dit is een correctie op nummer 12 van" in html
    assert "<strong" in html
    assert "15.00 uur" in html
    text = sent.get(f"{CORRECTION}/voorbeeld?taal=en&vorm=tekst").text
    assert "This corrects number 12" in text
    assert "15.00 uur" in text


def test_a_correction_without_text_is_not_kept(sent: StaffBrowser, stored: Stored) -> None:
    answer = sent.post(CORRECTION, subject=SUBJECT, text=" ")
    assert answer.status_code == 422
    assert "Schrijf op wat er niet klopte." in answer.text
    assert corrections(stored) == []


def test_a_link_that_leads_nowhere_is_told_at_the_form(sent: StaffBrowser, stored: Stored) -> None:
    answer = sent.post(CORRECTION, subject="x\u202e" * 70, text="x" * 3001)
    assert answer.status_code == 422
    assert corrections(stored) == []


def test_who_writes_over_somebody_elses_words_is_told(
    sent: StaffBrowser, stored: Stored, office: Office
) -> None:
    written(sent)
    head = sign_in_as(sent, office.head)
    answer = head.post(CORRECTION, subject="Mijn versie", text=TEXT, began="")
    assert answer.status_code == 409
    assert f"Onderwerp {SUBJECT} Gewijzigd door Marieke Midden" in words(answer.text)
    assert 'value="Mijn versie"' in answer.text
    assert corrections(stored) == [(SUBJECT, 0)]


def test_going_on_to_release_keeps_what_was_typed_last(sent: StaffBrowser, stored: Stored) -> None:
    page = written(sent)
    assert "Verstuur de correctie…" in page
    began = sent.hidden(CORRECTION, "began")["began"]
    answer = sent.post(CORRECTION, subject="Toch anders", text=TEXT, began=began, dan="versturen")
    assert answer.location == f"{CORRECTION}/versturen"
    assert "Onderwerp: “Toch anders”." in sent.text(f"{CORRECTION}/versturen")
    assert corrections(stored) == [("Toch anders", 0)]


def test_it_says_how_many_get_it_before_it_goes(sent: StaffBrowser) -> None:
    written(sent)
    page = sent.text(f"{CORRECTION}/versturen")
    assert "De correctie gaat naar 4 lezers die editie 12 al kregen." in page
    assert "Nog niet akkoord: NOORD en ZUID. Wie daar hoofd is, krijgt een e-mail." in page
    assert "De correctie wacht 30 minuten; zo lang kan iemand die nog vasthouden." in page
    assert "Leg voor aan NOORD en ZUID" in page
    assert "Bij 1 van hen weten we niet zeker of de editie aankwam; die krijgt de correctie ook." in page
    assert "De editie gaat nog uit." in page


def test_one_head_alone_sends_nothing_and_the_page_says_what_it_waits_for(
    sent: StaffBrowser, stored: Stored, office: Office
) -> None:
    written(sent)
    head = sign_in_as(sent, office.head)
    asked = head.text(f"{CORRECTION}/versturen")
    assert "Nog niet akkoord: ZUID." in asked
    assert "Door de correctie voor te leggen geeft u zelf akkoord, namens NOORD." in asked
    page = offered(head)
    assert "De correctie is voorgelegd." in page
    assert (
        "De correctie gaat maandag 23 november om 10.30 uur vanzelf uit, tenzij iemand die vasthoudt." in page
    )
    assert letters_of_corrections(stored) == 0
    page = head.text(CORRECTION)
    assert "NOORD is akkoord Hanneke Noord" in page
    assert "ZUID is nog niet akkoord" in page


def test_it_goes_out_once_with_the_agreement_of_all(
    sent: StaffBrowser, stored: Stored, office: Office
) -> None:
    written(sent)
    token = seen(sent, f"{CORRECTION}/versturen")
    head = agreed(sent, office.head, office.other_head)
    page = head.text(EDITION)
    assert "De correctie gaat nu de deur uit." in page or f"Verstuurde correctie {SUBJECT}" in page
    again = head.done(f"{CORRECTION}/versturen", seen=token)
    assert "Deze correctie is al verstuurd of weggegooid. Er gaat niets dubbel uit." in again
    assert letters_of_corrections(stored) == 4
    assert "Deze correctie is al verstuurd" in words_after_redirect(head, f"{CORRECTION}/versturen")


def test_a_correction_that_waits_is_held_or_thrown_away(sent: StaffBrowser, stored: Stored) -> None:
    written(sent)
    offered(sent)
    held = sent.done(f"{CORRECTION}/tegenhouden")
    assert "De correctie wordt vastgehouden tot elke organisatie akkoord is." in held
    assert "Marieke Midden houdt de correctie vast." in sent.text(CORRECTION)
    asked = sent.text(f"{CORRECTION}/weggooien")
    assert f"Wat er is geschreven, is dan weg. Er wordt niets verstuurd. Onderwerp: “{SUBJECT}”." in asked
    gone = sent.done(f"{CORRECTION}/weggooien", seen=seen(sent, f"{CORRECTION}/weggooien"))
    assert "De correctie is weggegooid. Er is niets verstuurd." in gone
    assert corrections(stored) == []


def test_only_heads_agree(sent: StaffBrowser) -> None:
    written(sent)
    offered(sent)
    assert "Akkoord namens" not in sent.text(CORRECTION)
    assert sent.post(f"{CORRECTION}/akkoord", seen=seen(sent, f"{CORRECTION}/weggooien")).status_code == 403


def test_under_the_rule_for_both_the_page_says_that_it_waits(sent: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        session.scalars(select(Calendar)).one().release_rule = ReleaseRule.BOTH
    written(sent)
    assert "De correctie gaat pas uit als elke organisatie akkoord is." in sent.text(
        f"{CORRECTION}/versturen"
    )
    assert "De correctie gaat uit zodra het hoofd van elke organisatie akkoord is." in offered(sent)


def test_one_item_can_be_corrected(sent: StaffBrowser, office: Office) -> None:
    written(sent, item_id=office.event)
    page = sent.text(f"{CORRECTION}/versturen")
    assert "De correctie gaat naar 3 lezers die het bericht “Leerhuis over signalen” al kregen." in page
    assert sent.post(CORRECTION, subject=SUBJECT, text=TEXT, item_id=office.late).status_code == 422


def words_after_redirect(browser: StaffBrowser, path: str) -> str:
    return browser.client.get(path, follow_redirects=True).text


def test_it_can_be_held_and_goes_on(sent: StaffBrowser, stored: Stored, office: Office) -> None:
    written(sent)
    sent = agreed(sent, office.head, office.other_head)
    with stored() as session:
        number = session.scalars(select(Correction.id)).one()
    held = sent.done(f"{CORRECTION}/vasthouden", correctie=number)
    assert "De correctie wordt vastgehouden; er gaat nu niets uit." in held
    assert "Hervat de correctie" in held
    assert "Houd de correctie vast" in sent.done(f"{CORRECTION}/hervatten", correctie=number)
    assert sent.post(f"{CORRECTION}/hervatten", correctie=number + 1).status_code == 404


def test_who_only_administers_writes_none(sent: StaffBrowser, client: FlaskClient, office: Office) -> None:
    client.post("/redactie/uitloggen", data={"csrf_token": sent.token})
    administrator = StaffBrowser(client, office.administrator)
    for path in (CORRECTION, f"{CORRECTION}/versturen", f"{CORRECTION}/voorbeeld"):
        assert administrator.get(path).status_code == 403
    for action in ("", "/versturen", "/vasthouden", "/hervatten", "/akkoord", "/tegenhouden", "/weggooien"):
        path = f"{CORRECTION}{action}"
        assert administrator.post(path).status_code == 403
    assert CORRECTION not in administrator.get(EDITION).text


def test_nothing_goes_out_without_the_token_of_the_session(sent: StaffBrowser) -> None:
    assert sent.client.post(f"{CORRECTION}/versturen", data={"seen": "x"}).status_code == 400


def test_its_letters_have_names_behind_their_numbers_too(
    sent: StaffBrowser, stored: Stored, office: Office
) -> None:
    written(sent)
    sent = agreed(sent, office.head, office.other_head)
    with stored() as session:
        correction = session.scalars(select(Correction)).one()
        number, mailing_id = correction.id, correction.mailing_id
        rows = session.scalars(select(Delivery).where(Delivery.mailing_id == mailing_id)).all()
        for row in rows:
            row.state, row.settled_at = DeliveryState.SENT, NOW
        rows[0].state, address = DeliveryState.FAILED, rows[0].address
    failed = f"{EDITION}/verzending?correctie={number}&toestand=failed"
    assert failed.replace("&", "&amp;") in sent.get(EDITION).text
    page = sent.text(failed)
    assert "Correctie op editie 12: mislukt" in page
    assert address in page
    assert "1 brief gaat nog eens uit." in sent.done(f"{EDITION}/opnieuw?correctie={number}&toestand=failed")
    with stored() as session:
        states = session.scalars(select(Delivery.state).where(Delivery.mailing_id == mailing_id)).all()
    assert sorted(states) == ["deferred", "sent", "sent", "sent"]
    assert sent.get(f"{EDITION}/verzending?correctie={number + 1}&toestand=failed").status_code == 404


def test_who_sends_an_edition_once_more_is_told_of_its_correction(sent: StaffBrowser, office: Office) -> None:
    written(sent)
    sent = agreed(sent, office.head, office.other_head)
    page = sent.text(f"{EDITION}/opnieuw?toestand=failed")
    assert "Wie de editie nu nog krijgt, krijgt die correctie niet." in page
