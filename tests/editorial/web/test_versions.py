"""The page of an item's versions: what differs, who may put one back, and who only reads."""

from collections.abc import Callable

from tests.editorial.web.conftest import LedgerClient
from tests.staff_browser import StaffBrowser

NEWS = {"kind": "news", "title": "Een klad", "lead": "De nieuwe cijfers.", "priority": "1"}


def change(head: StaffBrowser, item: int, **fields: object) -> None:
    page = f"/redactie/kopij/{item}"
    head.done(page, **NEWS | head.hidden(page, "began", "organisation") | fields, klad="1")


def test_the_page_shows_what_differs_word_by_word_and_puts_a_version_back(
    head: StaffBrowser, desk: LedgerClient
) -> None:
    history = f"/redactie/kopij/{desk.draft}/versies"
    change(head, desk.draft, lead="De nieuwe cijfers zijn er.")
    change(head, desk.draft, lead="De oude cijfers zijn er.", priority="2", segments=[desk.police])
    said = head.text(history)
    assert "Van versie 2 naar versie 3" in said
    assert "De [weg: nieuwe ] [erbij: oude ] cijfers zijn er." in said
    assert "Gewoon Hoog" in said
    assert "geen Politie" in said
    assert "Van versie 1 naar versie 3" in head.text(f"{history}?een=3&ander=1")
    assert "Versie 2 staat er weer." in head.done(f"{history}/2/terug")
    assert "versie 2 teruggezet" in head.text(history)
    assert "De nieuwe cijfers zijn er." in head.get(f"/redactie/kopij/{desk.draft}").text


def test_an_item_that_nobody_changed_says_that_it_has_no_versions_yet(
    head: StaffBrowser, desk: LedgerClient
) -> None:
    assert "nog geen versies bewaard" in head.text(f"/redactie/kopij/{desk.draft}/versies")
    assert head.get(f"/redactie/kopij/{desk.draft}/versies?een=1&ander=99").status_code == 200


def test_a_version_that_is_not_there_is_not_found(head: StaffBrowser, desk: LedgerClient) -> None:
    change(head, desk.draft, lead="Anders.")
    history = f"/redactie/kopij/{desk.draft}/versies"
    assert head.get(f"{history}?een=1&ander=99").status_code == 404
    assert head.post(f"{history}/99/terug").status_code == 404
    assert head.get("/redactie/kopij/99999/versies").status_code == 404


def test_the_other_organisation_reads_the_history_and_does_not_change_it(
    head: StaffBrowser, desk: LedgerClient, another_browser: Callable[[str], StaffBrowser]
) -> None:
    change(head, desk.draft, lead="Anders.")
    other = another_browser(desk.other_head)
    history = f"/redactie/kopij/{desk.draft}/versies"
    assert "Zet terug" in head.text(history)
    assert "Zet terug" not in other.text(history)
    assert other.post(f"{history}/1/terug").status_code == 403
