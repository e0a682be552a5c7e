"""The form in which an item is written: what it keeps, what it refuses, and what it says about that."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from newsletter_service.editorial import images
from newsletter_service.editorial.models import Image, Item
from newsletter_service.staff.models import AuditEntry
from tests.editorial.web.conftest import LedgerClient
from tests.staff_browser import StaffBrowser, value_in, words

Stored = Callable[[], AbstractContextManager[Session]]
Photo = Callable[[], tuple[BytesIO, str]]
NEW = "/redactie/kopij/nieuw"
NEWS = {"kind": "news", "title": "Monitor ligt klaar", "lead": "De nieuwe cijfers.", "priority": "1"}
EVENT = NEWS | {"kind": "event", "title": "Leerhuis", "day": "2026-12-10", "start_time": "13:30"}
QUEUE = {"wachtrij": "1"}


def latest(stored: Stored) -> Item:
    with stored() as session:
        item = session.scalars(select(Item).order_by(Item.id.desc())).first()
        assert item is not None
        session.expunge(item)
        return item


def count(stored: Stored, table: type[Item | Image | AuditEntry]) -> int:
    with stored() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def error_beside(page: str, field: str) -> str:
    """What stands beside a field as its error, where the field points to it."""
    found = re.search(rf'id="{field}-error">(.*?)</p>', page, re.DOTALL)
    assert found is not None, f"no error beside {field}"
    assert re.search(rf'aria-describedby="[^"]*\b{field}-error', page)
    return words(found[1])


def test_the_form_offers_its_choices_in_whole_words(head: StaffBrowser) -> None:
    page = head.client.get(NEW, follow_redirects=True).text
    labels = [words(label) for label in re.findall(r"<label[^>]*>(.*?)</label>", page, re.DOTALL)]
    for expected in (
        "Nieuws",
        "Bijeenkomst",
        "Publicatie",
        "Oproep",
        "Politie",
        "Jeugd",
        "Hoog",
        "Gewoon",
        "Laag",
    ):
        assert expected in labels
    assert not [label for label in labels if len(label) < 3]


def test_a_message_of_a_title_and_a_summary_is_queued_in_one_go(head: StaffBrowser, stored: Stored) -> None:
    said = head.done(NEW, **NEWS, **QUEUE)
    assert "Het bericht staat in de wachtrij." in said
    assert "Monitor ligt klaar" in said
    assert latest(stored).state == "queued"


def test_a_draft_is_kept_unfinished(head: StaffBrowser, stored: Stored) -> None:
    said = head.done(NEW, kind="event", title="Nog te bedenken", priority="1", klad="1")
    assert "Het bericht is bewaard als klad." in said
    item = latest(stored)
    assert (item.title, item.kind, item.state, item.starts_at) == ("Nog te bedenken", "event", "draft", None)


def test_everything_that_is_filled_in_comes_back_in_the_form(
    head: StaffBrowser, stored: Stored, desk: LedgerClient
) -> None:
    typed = EVENT | {
        "end_time": "16:00",
        "place": "Dordrecht",
        "body": "Eerst **dit**.\r\n\r\n- dan dat",
        "link_url": "https://noord.example/leerhuis",
        "link_label": "Meld u aan",
        "segments": [desk.police],
        "topics": [desk.youth],
        "restricted": "y",
        "joint": "y",
        "priority": "2",
        "not_before": "2026-12-01",
        "expires": "2026-12-09",
    }
    head.done(NEW, **typed, klad="1")
    item = latest(stored)
    assert item.body == "Eerst **dit**.\n\n- dan dat"
    assert (item.starts_at, item.ends_at) == (
        datetime(2026, 12, 10, 12, 30, tzinfo=UTC),
        datetime(2026, 12, 10, 15, 0, tzinfo=UTC),
    )
    assert item.expires_at == datetime(2026, 12, 9, 23, 0, tzinfo=UTC)
    page = head.get(f"/redactie/kopij/{item.id}").text
    for name in ("title", "day", "place", "link_url", "link_label", "not_before", "expires"):
        assert value_in(page, name) == typed[name]
    assert value_in(page, "start_time") == "13:30"
    for name, value in (
        ("segments", desk.police),
        ("topics", desk.youth),
        ("priority", 2),
        ("kind", "event"),
    ):
        assert re.search(rf'<input[^>]*checked[^>]*name="{name}"[^>]*value="{value}"', page), name


def test_queueing_an_unfinished_message_says_beside_the_fields_what_is_missing_and_keeps_the_rest(
    head: StaffBrowser, stored: Stored, desk: LedgerClient
) -> None:
    before = count(stored, Item)
    answer = head.post(
        NEW,
        **NEWS
        | {"kind": "event", "lead": "", "link_label": "Meld u aan", "place": "Dordrecht", "restricted": "y"},
        body="Een lange tekst die niemand nog eens wil typen.",
        topics=[desk.youth],
        **QUEUE,
    )
    assert answer.status_code == 422
    assert "Vat het bericht samen" in error_beside(answer.text, "lead")
    assert "wanneer de bijeenkomst begint" in error_beside(answer.text, "day")
    assert "geen adres" in error_beside(answer.text, "link_url")
    assert "voor welke doelgroepen" in error_beside(answer.text, "segments")
    assert "Een lange tekst die niemand nog eens wil typen." in answer.text
    assert value_in(answer.text, "title") == "Monitor ligt klaar"
    assert value_in(answer.text, "place") == "Dordrecht"
    assert re.search(rf'checked[^>]*name="topics"[^>]*value="{desk.youth}"', answer.text)
    assert count(stored, Item) == before


def test_whoever_queues_an_unfinished_draft_from_the_list_is_led_to_what_is_missing(
    head: StaffBrowser, stored: Stored
) -> None:
    head.done(NEW, **NEWS | {"lead": ""}, klad="1")
    item = latest(stored)
    answer = head.post(f"/redactie/kopij/{item.id}/wachtrij")
    page = head.get(answer.headers["Location"])
    assert "Vat het bericht samen" in error_beside(page.text, "lead")
    assert latest(stored).state == "draft"


@pytest.mark.parametrize(
    ("field", "typed", "words_beside"),
    [
        ("title", "x" * 121, "U heeft 121 tekens, 1 te veel. Gebruik er hooguit 120."),
        ("body", "x" * 5123, "U heeft 5.123 tekens, 123 te veel. Gebruik er hooguit 5.000."),
        ("link_url", "javascript:alert(1)", "https://"),
        ("link_url", "https://bank.example@elders.example", "met een @ erachter"),
        ("day", "31 december", "zoals 26-11-2026"),
        ("day", "0001-01-01", "zoals 26-11-2026"),
        ("day", "9999-12-31", "zoals 26-11-2026"),
        ("expires", "9999-12-31", "zoals 26-11-2026"),
        ("start_time", "kwart over", "zoals 13.30"),
        ("kind", "reclame", "Kies uit"),
        ("priority", "11", "Kies uit"),
        ("segments", ["9999"], "Kies uit"),
        ("segments", ["politie"], "Kies uit"),
        ("topics", [str(2**70)], "Kies uit"),
    ],
)
def test_what_cannot_be_used_comes_back_with_a_reason_in_dutch(
    head: StaffBrowser, stored: Stored, field: str, typed: object, words_beside: str
) -> None:
    before = count(stored, Item)
    answer = head.post(NEW, **EVENT | {field: typed}, klad="1")
    assert answer.status_code == 422
    assert words_beside in error_beside(answer.text, field)
    assert count(stored, Item) == before


def test_a_time_that_does_not_exist_is_refused(head: StaffBrowser) -> None:
    answer = head.post(NEW, **EVENT | {"day": "2027-03-28", "start_time": "02:30"}, **QUEUE)
    assert answer.status_code == 422
    assert "bestaat niet" in error_beside(answer.text, "start_time")


@pytest.mark.parametrize(("fold", "utc"), [("0", 0), ("1", 1)])
def test_a_time_that_comes_twice_is_asked_about_and_then_stored_as_meant(
    head: StaffBrowser, stored: Stored, fold: str, utc: int
) -> None:
    night = EVENT | {"day": "2027-10-31", "start_time": "02:30"}
    asked = head.post(NEW, **night, **QUEUE)
    assert asked.status_code == 422
    assert "komt die nacht twee keer" in error_beside(asked.text, "start_time")
    assert "zomertijd" in words(asked.text)
    head.done(NEW, **night, fold=fold, **QUEUE)
    item = latest(stored)
    assert item.starts_at == datetime(2027, 10, 31, utc, 30, tzinfo=UTC)
    page = head.get(f"/redactie/kopij/{item.id}").text
    assert re.search(rf'<input[^>]*checked[^>]*name="fold"[^>]*value="{fold}"', page)


def test_no_clock_change_is_mentioned_on_any_other_day(head: StaffBrowser) -> None:
    assert "zomertijd" not in head.text(NEW)


@pytest.mark.parametrize(
    ("start", "end", "ends_at"),
    [
        ("20:00", "00:30", datetime(2026, 12, 10, 23, 30, tzinfo=UTC)),
        ("22:00", "07:00", datetime(2026, 12, 11, 6, 0, tzinfo=UTC)),
        ("13.30", "16.00", datetime(2026, 12, 10, 15, 0, tzinfo=UTC)),
    ],
)
def test_an_event_may_end_after_midnight(
    head: StaffBrowser, stored: Stored, start: str, end: str, ends_at: datetime
) -> None:
    head.done(NEW, **EVENT | {"start_time": start, "end_time": end}, **QUEUE)
    assert latest(stored).ends_at == ends_at


@pytest.mark.parametrize(("start", "end"), [("13:30", "12:00"), ("13:30", "13:30"), ("04:30", "04:00")])
def test_an_end_before_the_beginning_is_a_mistake_and_not_the_next_day(
    head: StaffBrowser, start: str, end: str
) -> None:
    answer = head.post(NEW, **EVENT | {"start_time": start, "end_time": end}, **QUEUE)
    assert "niet na het begin" in error_beside(answer.text, "end_time")


def test_what_was_an_event_leaves_no_time_behind_when_it_becomes_news(
    head: StaffBrowser, stored: Stored
) -> None:
    head.done(
        NEW, **EVENT | {"kind": "news", "day": "2027-03-28", "start_time": "02:30", "place": "Dordrecht"}
    )
    item = latest(stored)
    assert (item.starts_at, item.ends_at, item.place) == (None, None, "")


def test_a_title_cannot_bring_line_ends_controls_or_tags_along(head: StaffBrowser, stored: Stored) -> None:
    title = 'Nieuws\r\nBcc: iemand@elders.example\x00\x1b "><script>alert(1)</script>'
    page = head.client.post(
        NEW, data={"csrf_token": head.token, **NEWS, "title": title, **QUEUE}, follow_redirects=True
    )
    assert latest(stored).title == 'Nieuws Bcc: iemand@elders.example "><script>alert(1)</script>'
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in head.get(f"/redactie/kopij/{latest(stored).id}").text


def test_a_picture_without_a_description_does_not_have_to_be_chosen_again(
    head: StaffBrowser, stored: Stored, photo: Photo
) -> None:
    answer = head.post(NEW, **NEWS, image=photo(), **QUEUE)
    assert answer.status_code == 422
    assert "Beschrijf wat er op de afbeelding staat" in error_beside(answer.text, "image_alt")
    kept = value_in(answer.text, "kept_image")
    assert f"/afbeelding/{kept}" in answer.text
    head.done(NEW, **NEWS, kept_image=kept, image_alt="Een blauw vlak", **QUEUE)
    item = latest(stored)
    assert item.image_id is not None
    page = head.get(f"/redactie/kopij/{item.id}").text
    assert f"/afbeelding/{kept}" in page
    path = f"/redactie/kopij/{item.id}"
    head.done(path, **NEWS, **head.hidden(path, "began"), remove_image="y")
    assert latest(stored).image_id is None


@pytest.mark.parametrize("kept", ["0" * 64, "../../etc/passwd", "x\x00y", "'; drop table image; --"])
def test_a_picture_that_was_never_kept_is_no_picture(head: StaffBrowser, stored: Stored, kept: str) -> None:
    answer = head.post(NEW, **NEWS, kept_image=kept, **QUEUE)
    assert answer.status_code == 422
    assert "niet bewaard gebleven" in error_beside(answer.text, "image")
    head.done(NEW, **NEWS, kept_image="", **QUEUE)
    assert latest(stored).image_id is None


def test_a_picture_that_has_to_wait_for_its_turn_is_said_with_the_rest_kept(
    head: StaffBrowser, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "PATIENCE_SECONDS", 0.01)
    with images.one_at_a_time:
        answer = head.post(NEW, **NEWS, image=photo(), **QUEUE)
        looked_at = head.post("/redactie/kopij/voorbeeld", **NEWS, image=photo())
    for one in (answer, looked_at):
        assert (one.status_code, one.headers["Retry-After"]) == (503, "10")
    assert "al andere afbeeldingen verwerkt" in error_beside(answer.text, "image")
    assert NEWS["title"] in answer.text


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<!doctype html>", b"GIF89a"]
)
def test_a_file_that_is_no_picture_is_refused_with_the_rest_kept(
    head: StaffBrowser, stored: Stored, content: bytes
) -> None:
    answer = head.post(NEW, **NEWS, image=(BytesIO(content), "foto.png"), klad="1")
    assert answer.status_code == 422
    assert "geen afbeelding die we kunnen lezen" in error_beside(answer.text, "image")
    assert value_in(answer.text, "title") == "Monitor ligt klaar"
    assert count(stored, Image) == 0


def post_much(browser: StaffBrowser, **fields: object) -> TestResponse:
    """Send a form that the test client keeps in a file on disk, and close that."""
    answer = browser.post(NEW, **fields)
    answer.request.environ["wsgi.input"].close()
    return answer


def test_a_picture_over_the_limit_is_refused_in_words(head: StaffBrowser) -> None:
    answer = post_much(head, **NEWS, image=(BytesIO(b"\xff\xd8" + b"\x00" * (8 * 1024 * 1024)), "foto.jpg"))
    assert answer.status_code == 422
    assert "hooguit 8 MB" in error_beside(answer.text, "image")


def test_a_body_beyond_all_measure_is_refused_as_a_page(head: StaffBrowser, stored: Stored) -> None:
    before = count(stored, Item)
    answer = post_much(head, **NEWS, image=(BytesIO(b"\x00" * (13 * 1024 * 1024)), "foto.jpg"))
    assert answer.status_code == 413
    assert "<h1>" in answer.text
    assert post_much(head, **NEWS | {"body": "x" * (13 * 1024 * 1024)}).status_code == 413
    assert count(stored, Item) == before


def test_a_form_without_a_token_gets_a_page_and_saves_nothing(
    client: FlaskClient, head: StaffBrowser, stored: Stored
) -> None:
    before = count(stored, Item)
    answer = client.post(NEW, data=NEWS | QUEUE)
    assert answer.status_code == 400
    assert "<h1>" in answer.text
    assert count(stored, Item) == before


# The preview


def frame(browser: StaffBrowser, path: str = "/redactie/kopij/voorbeeld", **fields: object) -> str:
    answer = browser.post(path, **fields)
    assert answer.status_code == 200, answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    return answer.text


def test_the_preview_shows_the_card_as_it_is_typed_and_keeps_nothing(
    head: StaffBrowser, stored: Stored, photo: Photo
) -> None:
    before = [count(stored, table) for table in (Item, Image, AuditEntry)]
    html = frame(head, **EVENT, body="Met **nadruk**.", image=photo(), image_alt="Een blauw vlak")
    for part in ("Leerhuis", "13.30", "<strong>nadruk</strong>", "data:image/jpeg;base64,", "NOORD"):
        assert part in html
    assert [count(stored, table) for table in (Item, Image, AuditEntry)] == before


def test_the_preview_of_an_empty_form_is_a_card_without_a_title(head: StaffBrowser) -> None:
    assert "Nog zonder titel" in frame(head)


HOSTILE = [
    "<script>alert(1)</script>",
    "[klik](javascript:alert(1))",
    "![x](https://elders.example/pixel.gif)",
    "<img src=x onerror=alert(1)>",
    "<mj-raw><script>alert(1)</script></mj-raw>",
    "</mj-text></mjml>",
    "{{ config }} {% for x in y %}",
    "\x00slot\x00 \ufdd0 \ud7ff",
    "> " * 3000,
    "*" * 4000 + "x" + "*" * 900,
    "[" * 5000,
    "- " * 2500,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text_or_not_at_all(head: StaffBrowser, text: str) -> None:
    html = frame(head, **NEWS | {"lead": text, "title": text}, body=text)
    for live in ("<script", "onerror=alert(1)>", 'href="javascript:', 'src="https://elders', "<mj-"):
        assert live not in html
    assert "SECRET_KEY" not in html


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "reclame"},
        {"priority": "hoog"},
        {"organisation": str(2**70)},
        {"organisation": "noord"},
        {"day": "9999-12-31", "start_time": "23:59", "kind": "event"},
        {"day": "2027-03-28", "start_time": "02:30", "kind": "event"},
        {"title": "x" * 100_000, "lead": "y" * 100_000, "body": "z" * 1_000_000},
        {"link_url": "javascript:alert(1)", "link_label": "Klik"},
        {"began": "x", "segments": "x", "fold": "7"},
        {"not_before": "2026-13-45", "expires": "0000-00-00"},
    ],
)
def test_the_preview_makes_the_best_of_what_is_not_valid(head: StaffBrowser, fields: dict[str, str]) -> None:
    html = frame(head, **NEWS | fields)
    assert "javascript:" not in html


def test_the_preview_of_an_item_that_does_not_exist_is_not_found(head: StaffBrowser) -> None:
    for number in ("9999", str(2**70)):
        assert head.post(f"/redactie/kopij/voorbeeld?bericht={number}", **NEWS).status_code == 404


def test_the_preview_shows_the_picture_that_an_item_has(
    head: StaffBrowser, stored: Stored, photo: Photo
) -> None:
    head.done(NEW, **NEWS, image=photo(), image_alt="Een blauw vlak", klad="1")
    path = f"/redactie/kopij/voorbeeld?bericht={latest(stored).id}"
    assert "/afbeelding/" in frame(head, path, **NEWS)
    assert "/afbeelding/" not in frame(head, path, **NEWS, remove_image="y")


def test_a_picture_is_served_to_anybody_for_ever_and_as_nothing_but_a_picture(
    client: FlaskClient, head: StaffBrowser, stored: Stored, photo: Photo
) -> None:
    head.done(NEW, **NEWS, image=photo(), image_alt="Een blauw vlak", klad="1")
    with stored() as session:
        digest = session.scalars(select(Image.digest)).one()
    client.delete_cookie("redactie")
    answer = client.get(f"/afbeelding/{digest}")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert client.get(f"/afbeelding/{'0' * 64}").status_code == 404
