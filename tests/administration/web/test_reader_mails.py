"""Who mails are from, where answers go, and what the newsletter says itself in mails to readers."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Letter
from newsletter_service.letters.stored import from_words
from newsletter_service.publisher.models import Newsletter, OwnWords
from newsletter_service.publisher.rules import ReaderMail
from newsletter_service.publisher.service import mail_identity
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.notices import write
from newsletter_service.subscriptions.rules import Answer
from tests.conftest import NOW
from tests.factories import make_newsletter, make_organisation, make_segment, make_subscriber
from tests.staff_browser import StaffBrowser, make_staff, words

Stored = Callable[[], AbstractContextManager[Session]]
BEHEER, MAILS = "/redactie/beheer", "/redactie/beheer/e-mails"
NEWSLETTER = {"name": "Veilig", "tagline_nl": "Nieuws", "tagline_en": "News", "postal_address": "Postbus 2"}


@pytest.fixture
def anna(client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        make_segment(session, "politie")
        email = make_staff(session, Role.ADMINISTRATOR, name="Anna Beheer").email
    return StaffBrowser(client, email)


def test_the_sender_s_name_and_the_address_for_answers_are_those_of_every_mail_and_page(
    anna: StaffBrowser, stored: Stored, app: Flask
) -> None:
    kept = anna.hidden(BEHEER, "began")
    chosen = {"sender_name": "Redactie Veilig", "reply_to": "Vragen@Veilig.example"}
    assert anna.post(BEHEER, **NEWSLETTER, **kept, **chosen).status_code == 303
    with stored() as session, app.app_context():
        sender = mail_identity(session, app.extensions["newsletter"], "nl")
        assert (sender.from_name, sender.reply_to) == ("Redactie Veilig", "vragen@veilig.example")
    assert "vragen@veilig.example" in anna.text("/contact")
    assert "mailto:vragen@veilig.example" in anna.text("/.well-known/security.txt")
    trail = anna.text("/redactie/logboek")
    assert "naam van de afzender “” werd “Redactie Veilig”" in trail
    assert "SPF, DKIM en DMARC" in anna.text(BEHEER)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sender_name": "info@veilig.example"}, "Schrijf een naam, geen e-mailadres."),
        ({"reply_to": "vragen"}, "Dit is geen e-mailadres."),
        ({"reply_to": "a@veilig.example, b@veilig.example"}, "Dit is geen e-mailadres."),
    ],
)
def test_what_can_be_no_sender_is_refused(anna: StaffBrowser, wrong: dict[str, str], said: str) -> None:
    answer = anna.post(BEHEER, **NEWSLETTER, **anna.hidden(BEHEER, "began"), **wrong)
    assert (answer.status_code, said in words(answer.text)) == (422, True)


@pytest.mark.parametrize("mail", list(ReaderMail))
def test_each_mail_is_shown_as_readers_see_it_with_what_was_typed_before_it_is_saved(
    anna: StaffBrowser, stored: Stored, mail: ReaderMail
) -> None:
    page = f"{MAILS}/{mail}"
    typed = {"subject_nl": "Een eigen onderwerp", "sentence_en": "Kind regards from us"}
    answer = anna.post(page, **typed, **anna.hidden(page, "began"), actie="bekijk")
    shown = words(answer.text.partition('id="zo"')[2])
    assert shown.count("Een eigen onderwerp") == shown.count("Kind regards from us") == 1
    with stored() as session:
        assert session.scalars(select(OwnWords)).all() == []


def test_own_words_are_in_the_mail_and_the_trail_tells_of_them_before_and_after(
    anna: StaffBrowser, stored: Stored, app: Flask
) -> None:
    page = f"{MAILS}/{ReaderMail.LINK}"
    typed = {"subject_nl": "Uw link van ons", "sentence_nl": "Bel gerust."}
    assert "Bewaard." in anna.done(page, **typed, **anna.hidden(page, "began"), actie="bewaar")
    assert "Link naar de voorkeuren eigen woorden" in anna.text(MAILS)
    assert "onderwerp “” werd “Uw link van ons”; zin “” werd “Bel gerust.”" in anna.text("/redactie/logboek")
    with app.app_context(), stored() as session:
        for language in ("nl", "en"):
            reader = make_subscriber(session, f"lezer@{language}.example", now=NOW, language=language)
            write(session, app.extensions["newsletter"], reader, Answer.LINK, NOW)
        session.flush()
        rows = session.scalars(select(Letter).order_by(Letter.id))
        made = [from_words(one.words or {}) for one in rows]
    (dutch, english) = made
    assert (dutch.subject, dutch.paragraphs[-1]) == ("Uw link van ons", "Bel gerust.")
    assert "Bel gerust." not in english.paragraphs
    assert english.subject.startswith("Your link")


def test_two_who_change_the_same_words_are_told_of_each_other(anna: StaffBrowser, stored: Stored) -> None:
    page = f"{MAILS}/{ReaderMail.WELCOME}"
    kept = anna.hidden(page, "began")
    with stored() as session:
        session.add(OwnWords(mail=ReaderMail.WELCOME, sentence_nl="Van een ander"))
    answer = anna.post(page, sentence_nl="Van mij", **kept, actie="bewaar")
    assert (answer.status_code, "Van een ander" in answer.text) == (409, True)
    assert anna.post(f"{MAILS}/onbekend").status_code == 404
    with stored() as session:
        assert session.scalars(select(Newsletter.reply_to)).one() == ""
