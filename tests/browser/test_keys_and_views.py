"""What the desk offers beside a mouse and a wide screen: keys, and a switch between form and preview."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, overflows, sign_in
from tests.browser.test_accessibility import violations

COVERED = """() => {
    if (document.activeElement === document.body) return false;
    const box = document.activeElement.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (y < 0 || y > innerHeight) return true;
    const top = document.elementFromPoint(x, y);
    return Boolean(top) && !top.contains(document.activeElement) && !document.activeElement.contains(top)
        && Boolean(top.closest(".views, .form-end")) && !document.activeElement.labels?.[0]?.contains(top);
}"""


def test_keys_lead_to_areas_and_to_a_new_item_and_step_through_a_list(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "hoofd.var")
        page.keyboard.press("g")
        page.keyboard.press("k")
        page.wait_for_url("**/redactie/kopij/")
        for step in ("j", "j", "k"):
            page.keyboard.press(step)
        first = page.locator("[data-row]").first
        expect(first.get_by_role("link").first).to_be_focused()
        page.keyboard.press("n")
        page.wait_for_url("**/redactie/kopij/nieuw*")


def test_no_key_does_anything_while_somebody_types(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "hoofd.var")
        page.goto("/redactie/kopij/nieuw")
        address, title = page.url, page.get_by_label("Titel")
        title.focus()
        page.keyboard.type("gek njp?")
        expect(title).to_have_value("gek njp?")
        assert page.url == address
        expect(page.locator("#toetsen")).to_be_hidden()


def test_all_keys_are_listed_at_one_place_where_they_can_be_switched_off(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "hoofd.var")
        page.keyboard.press("?")
        listed = page.locator("#toetsen")
        expect(listed).to_be_focused()
        assert violations(page) == []
        listed.get_by_label("Toetsen gebruiken in deze browser").uncheck()
        page.keyboard.press("Escape")
        expect(page.locator("kbd.beside").first).to_be_hidden()
        page.goto("/redactie/kopij/")
        page.keyboard.press("n")
        page.keyboard.press("?")
        expect(listed).to_be_hidden()
        assert page.url.endswith("/redactie/kopij/")


@pytest.mark.parametrize(
    "path", ["/redactie/kopij/nieuw", "/redactie/edities/2", "/redactie/edities/1/correctie"]
)
def test_form_and_preview_take_turns_on_a_telephone_without_a_script(browse: Open, path: str) -> None:
    with browse(width=360, scripts=False) as page:
        sign_in(page, "communicatie")
        page.goto(path)
        first, second = page.locator(".first-view"), page.locator(".second-view")
        expect(first).to_be_visible()
        expect(second).to_be_hidden()
        page.get_by_role("radio", name="Voorbeeld").check()
        expect(second).to_be_visible()
        expect(first).to_be_hidden()
        page.set_viewport_size({"width": 1280, "height": 900})
        expect(first).to_be_visible()
        expect(second).to_be_visible()


def test_another_reader_is_chosen_in_the_preview_that_stands_open(browse: Open) -> None:
    with browse(width=360, scripts=False) as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/2")
        page.get_by_role("radio", name="Voorbeeld").check()
        page.get_by_role("link", name="Donker", exact=True).click()
        page.wait_for_url("**vorm=donker**")
        expect(page.locator(".second-view")).to_be_visible()


@pytest.mark.parametrize(("width", "path"), [(360, "/redactie/edities/2"), (1280, "/redactie/kopij/nieuw")])
def test_what_sticks_never_covers_the_focus(browse: Open, width: int, path: str) -> None:
    with browse(width=width) as page:
        sign_in(page, "communicatie")
        page.goto(path)
        for key in ("Tab", "Shift+Tab"):
            for _ in range(40):
                page.keyboard.press(key)
                assert not page.evaluate(COVERED), focused(page)


def focused(page: Page) -> str:
    """What has the focus, to say what is covered."""
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))


@pytest.mark.parametrize("width", [320, 360, 800, 1100])
def test_areas_say_how_many_things_wait_at_every_width(browse: Open, width: int) -> None:
    with browse(width=width) as page:
        sign_in(page, "hoofd.var")
        menu = page.get_by_role("button", name=re.compile("^Menu"))
        if menu.is_visible():
            menu.click()
        areas = page.get_by_role("navigation", name="Redactie")
        expect(areas.get_by_role("link", name=re.compile(r"Edities.*\d ding"))).to_be_visible()
        assert violations(page) == []
        assert not overflows(page)
