"""What the pages of an edition and of a correction say about texts, and what they do not save."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editorial.models import Item
from tests.conftest import NOW
from tests.editions.web.conftest import Office
from tests.staff_browser import StaffBrowser, value_in, words

Stored = Callable[[], AbstractContextManager[Session]]
EDITION = "/redactie/edities/12"
OWN = "https://nieuwsbrief.example/voorkeuren/12-1-zegelzegelzegelzegelzegel"
SAFE = (
    "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fplan.example%2F&data=jan%40x.example"
)


def save_texts(browser: StaffBrowser, introduction: str) -> str:
    page = browser.client.get(EDITION).text
    hidden = {name: value_in(page, name) for name in ("version", "began") if f'name="{name}"' in page}
    texts = {"subject": "Weerbaar bestuur", "preheader": "Ook: de monitor", "introduction": introduction}
    sent = {"csrf_token": browser.token, **hidden, **texts}
    return words(browser.client.post(f"{EDITION}/teksten", data=sent, follow_redirects=True).text)


def introduction(stored: Stored) -> str:
    with stored() as session:
        return session.scalars(select(Edition.introduction).where(Edition.number == 12)).one()


def test_what_is_left_over_is_named_with_its_place(
    communicator: StaffBrowser, office: Office, stored: Stored
) -> None:
    with stored() as session:
        item = session.get_one(Item, office.news)
        item.body, item.link_url = "Zie <b>dit</b> van {{ name }}.", "https://bit.ly/3abcd"
    save_texts(communicator, "Beste lezer,\n\nWelkom bij [NAAM].")
    page = communicator.text(EDITION)
    assert "In de introductie moet nog iets worden ingevuld: “[NAAM]”." in page
    assert "In de introductie staat “Beste lezer,”" in page
    assert "In de tekst van “Monitor voor gemeenten” moet nog iets worden ingevuld: “{{ name }}”." in page
    assert "In de tekst van “Monitor voor gemeenten” staat HTML (<b>)." in page
    assert "In de link bij “Monitor voor gemeenten” staat een verkorte link (https://bit.ly/3abcd)" in page


def test_a_readers_link_keeps_an_edition_from_going_out(
    communicator: StaffBrowser, office: Office, stored: Stored
) -> None:
    with stored() as session:
        session.get_one(Item, office.news).body = f"Kies [hier]({OWN})."
    expected = (
        "In de tekst van “Monitor voor gemeenten” staat een persoonlijke link van één lezer (/voorkeuren/…)"
    )
    assert expected in communicator.text(EDITION)
    assert "[mijn voorkeuren](voorkeuren)" in communicator.text(EDITION)
    assert expected in communicator.done(f"{EDITION}/versturen")
    with stored() as session:
        assert session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))).all() == []


def test_links_in_the_introduction_are_cleaned_or_refused_on_saving(
    communicator: StaffBrowser, stored: Stored
) -> None:
    save_texts(communicator, f"Lees [het plan]({SAFE}) of {SAFE}.")
    assert introduction(stored) == "Lees [het plan](https://plan.example/) of https://plan.example/."
    said = save_texts(communicator, "Lees https://www.politie.example@kwaad.example/ nu.")
    assert "De link “https://www.politie.example@kwaad.example/” kan niet mee." in said
    assert "kwaad" not in introduction(stored)


def test_a_correction_keeps_to_the_same_rules(communicator: StaffBrowser, stored: Stored) -> None:
    communicator.done(f"{EDITION}/versturen")
    with stored() as session:
        for row in session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))):
            row.state, row.settled_at = DeliveryState.SENT, NOW
    page = f"{EDITION}/correctie"
    answer = communicator.post(page, subject="Correctie", text="[x](javascript:alert(1))", seen="")
    assert answer.status_code == 422
    assert "kan niet mee" in words(answer.text)
    said = communicator.done(page, subject="Correctie", text=f"Hallo allemaal,\nzie {OWN} en {SAFE}", seen="")
    assert "In de tekst van de correctie staat een persoonlijke link van één lezer" in said
    assert "In de tekst van de correctie staat “Hallo allemaal,”" in said
    with stored() as session:
        assert session.scalars(select(Correction.text)).one().endswith("en https://plan.example/")
    seen = value_in(communicator.client.get(f"{page}/versturen").text, "seen")
    assert "persoonlijke link" in communicator.done(f"{page}/versturen", seen=seen)


@pytest.mark.parametrize("soft_break", ["\v", "\f", "\u2028", "\x85"])
def test_soft_breaks_are_line_ends_in_texts_and_blanks_in_lines(
    communicator: StaffBrowser, stored: Stored, soft_break: str
) -> None:
    save_texts(communicator, f"Regel een{soft_break}Regel twee")
    assert introduction(stored) == "Regel een\nRegel twee"
