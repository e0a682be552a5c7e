"""Hints for plainer Dutch that come without leaving the page, and without a script by leaving it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, overflows, sign_in
from tests.browser.test_accessibility import WIDTHS, check_in_both_schemes
from tests.browser.test_pasting import NEW


@pytest.mark.parametrize("width", WIDTHS)
def test_hints_stand_under_the_text_and_what_was_typed_can_still_be_undone(browse: Open, width: int) -> None:
    with browse(width=width) as page:
        sign_in(page, "communicatie")
        page.goto(NEW)
        page.get_by_label("Samenvatting").click()
        page.keyboard.type("Conform de regels worden panden gesloten.")
        page.get_by_role("button", name="Kijk of het makkelijk leest").click()
        expect(page.get_by_text("We hebben 2 tips.")).to_be_visible()
        expect(page.get_by_text("Makkelijker is: “volgens”.")).to_be_visible()
        assert page.url.partition("?")[0].endswith(NEW)
        assert not overflows(page)
        check_in_both_schemes(page)
        page.get_by_label("Samenvatting").fill("De burgemeester sluit panden.")
        page.get_by_role("button", name="Kijk of het makkelijk leest").click()
        expect(page.get_by_text("We zagen niets dat makkelijker kan.")).to_be_visible()
        page.get_by_label("Samenvatting").press("Control+z")
        expect(page.get_by_label("Samenvatting")).to_have_value("Conform de regels worden panden gesloten.")


def test_hints_come_without_a_script_too(browse: Open) -> None:
    with browse(scripts=False) as page:
        sign_in(page, "communicatie")
        page.goto(NEW)
        page.get_by_label("Samenvatting").fill("Conform de regels.")
        page.get_by_role("button", name="Kijk of het makkelijk leest").click()
        expect(page.get_by_text("Makkelijker is: “volgens”.")).to_be_visible()
        expect(page.get_by_label("Samenvatting")).to_have_value("Conform de regels.")
