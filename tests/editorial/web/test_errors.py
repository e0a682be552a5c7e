"""Everything that is wrong with a form is said at once, at the top and in the title."""

import re

import pytest

from tests.staff_browser import StaffBrowser, words

NEW = "/redactie/kopij/nieuw"
WRONG = {
    "kind": "event",
    "title": "x" * 1432,
    "lead": "",
    "priority": "1",
    "link_url": "geen adres",
    "end_time": "12:00",
    "restricted": "y",
    "body": "Een lange tekst die niemand nog eens wil typen.",
}


def summary(html: str) -> list[tuple[str, str]]:
    """What the summary says of which field, by the target of its link."""
    found = re.search(r'<div[^>]*id="fouten"[^>]*>(.*?)</div>', html, re.DOTALL)
    assert found is not None
    lines = re.findall(r'<li>.*?href="#([^"]*)".*?</li>', found[1], re.DOTALL)
    return list(zip(lines, map(words, re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL)), strict=True))


def test_queueing_says_all_that_is_wrong_whether_in_one_field_or_in_several(head: StaffBrowser) -> None:
    page = head.post(NEW, **WRONG, wachtrij="1").text
    said = dict(summary(page))
    assert list(said) == ["title", "lead", "day", "link_url", "segments-0"]
    assert "U heeft 1.432 tekens, 1.312 te veel. Gebruik er hooguit 120." in said["title"]
    assert "x" * 1432 in page
    assert all(f'id="{target}"' in page for target in said)
    assert re.search(r"<title>Fout: Nieuw bericht", page)
    assert re.search(r'<div[^>]*id="fouten"[^>]* autofocus>', page)


def test_a_draft_may_be_unfinished_but_says_what_is_wrong(head: StaffBrowser) -> None:
    assert [target for target, _ in summary(head.post(NEW, **WRONG, klad="1").text)] == ["title", "link_url"]


@pytest.mark.parametrize("path", [NEW, "/redactie/kopij/"])
def test_a_page_without_errors_has_none_in_its_title(head: StaffBrowser, path: str) -> None:
    page = head.client.get(path, follow_redirects=True).text
    assert "<title>Fout" not in page
    assert "autofocus" not in page


def test_no_text_is_cut_by_the_browser(head: StaffBrowser) -> None:
    assert "maxlength" not in head.client.get(NEW, follow_redirects=True).text
