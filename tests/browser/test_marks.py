"""Marks by keyboard and toolbar: put on, taken off, undone, and told to those who do not see them."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, overflows, sign_in
from tests.browser.test_accessibility import check_in_both_schemes
from tests.browser.test_pasting import NEW, body


def typed(page: Page, text: str) -> None:
    """`text` in place of all there is, its stars where they are typed."""
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_keys_put_a_mark_on_and_take_it_off_and_undo_works_after_each(browse: Open) -> None:
    with browse() as page:
        body(page)
        area, said = page.locator("#body"), page.locator("#body-gezegd")
        for key, marked, name in (("b", "een **woord**", "Vet"), ("i", "een *woord*", "Cursief")):
            typed(page, "een woord")
            page.keyboard.press(f"Control+{key}")
            expect(area).to_have_value(marked)
            expect(said).to_have_text(f"{name}: aan")
            page.keyboard.press("Control+z")
            expect(area).to_have_value("een woord")
            page.keyboard.press("Control+Shift+z")
            page.keyboard.press(f"Control+{key}")
            expect(area).to_have_value("een woord")
            expect(said).to_have_text(f"{name}: uit")
        page.keyboard.press("Control+k")
        expect(area).to_have_value("een [woord](https://)")
        page.keyboard.type("https://noord.example/")
        expect(area).to_have_value("een [woord](https://noord.example/)")
        page.keyboard.press("Control+k")
        expect(area).to_have_value("een woord")
        page.keyboard.press("Control+b")
        page.keyboard.press("Control+i")
        expect(area).to_have_value("een ***woord***")
        page.keyboard.press("Control+b")
        expect(area).to_have_value("een *woord*")
        area.fill("**een paar woorden** verder")
        area.evaluate("(area) => area.setSelectionRange(7, 7)")
        page.keyboard.press("Control+b")
        expect(area).to_have_value("een paar woorden verder")


@pytest.mark.parametrize(
    ("button", "marked"),
    [
        ("Kop", "## een\n## twee"),
        ("Opsomming", "- een\n- twee"),
        ("Nummers", "1. een\n2. twee"),
        ("Citaat", "> een\n> twee"),
    ],
)
def test_the_toolbar_marks_lines_and_a_second_press_takes_that_off(
    browse: Open, button: str, marked: str
) -> None:
    with browse() as page:
        body(page)
        area = page.locator("#body")
        area.fill("een\ntwee")
        area.press("Control+a")
        press = page.get_by_role("button", name=button, exact=True)
        press.click()
        expect(area).to_have_value(marked)
        expect(press).to_have_attribute("aria-pressed", "true")
        press.click()
        expect(area).to_have_value("een\ntwee")
        expect(press).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("Control+z")
        expect(area).to_have_value(marked)


def test_enter_goes_on_with_a_list_and_ends_it_on_an_empty_line(browse: Open) -> None:
    with browse() as page:
        body(page)
        area = page.locator("#body")
        for lines, goes_on in (
            ("- een\ntwee\n\nklaar", "- een\n- twee\n\nklaar"),
            ("9. een\ntwee", "9. een\n10. twee"),
        ):
            typed(page, lines)
            expect(area).to_have_value(goes_on)
        typed(page, "> een\n\n")
        expect(area).to_have_value("> een\n\n")
        typed(page, "gewoon\nverder")
        expect(area).to_have_value("gewoon\nverder")


def test_the_toolbar_is_one_stop_of_the_keyboard_and_its_arrows_walk_through_it(browse: Open) -> None:
    with browse(width=360) as page:
        body(page)
        page.locator("#body").fill("woord")
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_role("button", name="Vet")).to_be_focused()
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_role("button", name="Citaat")).to_be_focused()
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        expect(page.locator("#body")).to_have_value("**woord**")
        expect(page.locator("#body")).to_be_focused()
        assert not overflows(page)
        check_in_both_schemes(page)


def test_without_scripts_there_is_a_text_area_and_no_dead_buttons(browse: Open) -> None:
    with browse(scripts=False) as page:
        sign_in(page, "communicatie")
        page.goto(NEW)
        page.get_by_text("Langere tekst").click()
        expect(page.locator("#body")).to_be_editable()
        expect(page.get_by_role("toolbar")).to_have_count(0)
        assert page.locator("#body").get_attribute("lang") == "nl"
        assert page.locator("#body").get_attribute("spellcheck") == "true"


def test_a_correction_is_written_with_the_same_marks(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/1/correctie")
        page.get_by_label("Wat er niet klopte").fill("tijd")
        page.get_by_label("Wat er niet klopte").press("Control+b")
        expect(page.get_by_label("Wat er niet klopte")).to_have_value("**tijd**")
        check_in_both_schemes(page)
