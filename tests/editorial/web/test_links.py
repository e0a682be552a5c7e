"""Links and pasted texts in the form of an item: one rule for its link and for its text."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session

from tests.editorial.web.test_writing import NEW, NEWS, error_beside, latest
from tests.staff_browser import StaffBrowser

Stored = Callable[[], AbstractContextManager[Session]]
SAFE = (
    "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fplan.example%2F&data=jan%40x.example"
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.gemeente.example/plan", "https://www.gemeente.example/plan"),
        ("https://a.example/überzicht(1).pdf", "https://a.example/%C3%BCberzicht%281%29.pdf"),
        (SAFE, "https://plan.example/"),
        ("https://a.example/?utm_source=mail&id=7", "https://a.example/?id=7"),
        ("tel:+31 10 123 45 67", "tel:+31101234567"),
        ("voorkeuren", "voorkeuren"),
    ],
)
def test_a_link_is_kept_as_it_goes_out(head: StaffBrowser, stored: Stored, typed: str, kept: str) -> None:
    head.done(NEW, **NEWS, link_url=typed)
    assert latest(stored).link_url == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("https://www.politie.example@kwaad.example/", "met een @ erachter"),
        ("http:kwaad.example", "geen goede naam van een website"),
        ("javascript:alert(1)", "begint met https://, mailto: of tel:"),
        ("zie boven", "begint met https://"),
    ],
)
def test_a_link_that_is_refused_says_why(head: StaffBrowser, typed: str, said: str) -> None:
    answer = head.post(NEW, **NEWS, link_url=typed)
    assert answer.status_code == 422
    assert said in error_beside(answer.text, "link_url")
    if typed != "zie boven":
        answer = head.post(NEW, **NEWS, body=f"Lees [dit]({typed}).")
        assert answer.status_code == 422
        assert said in error_beside(answer.text, "body")
        assert typed in error_beside(answer.text, "body")


def test_pasted_texts_name_nobody_and_keep_their_lines(head: StaffBrowser, stored: Stored) -> None:
    head.done(
        NEW, **NEWS | {"title": "Een\vtitel", "lead": f"Een\u2028lead {SAFE}"}, body=f"Een\vtekst {SAFE}"
    )
    item = latest(stored)
    assert item.title == "Een titel"
    assert item.lead == "Een lead https://plan.example/"
    assert item.body == "Een\ntekst https://plan.example/"
