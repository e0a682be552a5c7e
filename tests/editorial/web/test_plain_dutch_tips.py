"""Hints for plainer Dutch on the form: at the field and the sentence, and nothing is saved by asking for them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.editorial.models import Item
from tests.editorial.web.conftest import LedgerClient
from tests.staff_browser import StaffBrowser, words

Stored = Callable[[], AbstractContextManager[Session]]
LOOK_OVER = "/redactie/kopij/nakijken"
HARD = {
    "kind": "news",
    "title": "Het plan",
    "lead": "Conform de APV worden panden gesloten.",
    "priority": "1",
}


def tips(page: str, field: str) -> str:
    return words(page.split(f'data-tips="{field}">')[1].split("</div>")[0])


def test_hints_stand_under_the_field_with_the_sentence_and_what_was_typed_stays(
    head: StaffBrowser, stored: Stored
) -> None:
    answer = head.post(LOOK_OVER, **HARD, body="Bel ons.")
    assert answer.status_code == 200
    said = tips(answer.text, "lead")
    assert "Tips bij “Samenvatting”" in said
    assert "“Conform” is een moeilijk woord. Makkelijker is: “volgens”." in said
    assert "Wie doet dit?" in said
    assert "Niet elke lezer kent “APV”." in said
    assert said.count("Conform de APV worden panden gesloten.") == 3
    assert tips(answer.text, "body") == ""
    assert "We hebben 3 tips." in words(answer.text)
    assert ">Bel ons.</textarea>" in answer.text.replace("\r\n", "")
    with stored() as session:
        assert session.scalar(select(func.count()).select_from(Item)) == 2  # those that were there


def test_several_simpler_words_are_offered(head: StaffBrowser) -> None:
    page = head.post(LOOK_OVER, **HARD | {"lead": "Nieuws inzake omtrent jongeren."}).text
    assert "Makkelijker is: “over” of “rond”." in tips(page, "lead")


def test_a_plain_text_is_told_to_be_one(head: StaffBrowser) -> None:
    page = head.post(LOOK_OVER, **HARD | {"lead": "De burgemeester sluit het pand."}).text
    assert "We zagen niets dat makkelijker kan." in words(page)


def test_saving_says_that_there_are_hints_and_the_item_shows_them(
    head: StaffBrowser, desk: LedgerClient
) -> None:
    said = head.done("/redactie/kopij/nieuw", **HARD, klad="1")
    assert "Het bericht is bewaard als klad. Bij de tekst staan tips om hem makkelijker te maken." in said
    assert tips(head.get(f"/redactie/kopij/{desk.draft + 2}").text, "lead")


def test_names_of_organisations_and_segments_need_no_explanation(head: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        item = session.scalars(select(Item)).first()
        assert item is not None
        item.organisation.short_name = "VRX"
    page = head.post(LOOK_OVER, **HARD | {"lead": "De VRX en het ABC."}).text
    assert "VRX" not in tips(page, "lead").split("De VRX")[0]
    assert "“ABC”" in tips(page, "lead")


def test_who_may_not_write_gets_no_hints(
    another_browser: Callable[[str], StaffBrowser], desk: LedgerClient
) -> None:
    assert another_browser(desk.administrator).post(LOOK_OVER, **HARD).status_code == 403
