"""Claims are decided by one key each, which works where the claim is read and nowhere else."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import WIDTHS, check_in_both_schemes
from tests.browser.test_fitting import walk


@pytest.mark.parametrize("width", WIDTHS)
def test_the_claims_screen_is_accessible_also_after_a_decision(browse: Open, site: Site, width: int) -> None:
    with browse(width=width) as page:
        sign_in(page, "communicatie")
        for path in (
            "/redactie/functies",
            "/redactie/functies?doelgroep=ovv",
            "/redactie/functies?domein=geen.example",
        ):
            page.goto(path)
            check_in_both_schemes(page)
        page.goto("/redactie/functies")
        page.get_by_role("button", name="Klopt", exact=False).first.click()
        check_in_both_schemes(page)
        page.get_by_role("button", name="Maak ongedaan").click()


def test_a_communicator_decides_by_keys_and_takes_it_back(browse: Open, site: Site) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/functies")
        first = page.locator("#kop").inner_text()
        page.keyboard.press("v")
        expect(page.locator(".undo")).to_contain_text("is gecontroleerd als")
        assert page.locator("#kop").inner_text() != first
        page.keyboard.press("u")
        expect(page.locator("#kop")).to_have_text(first)
        page.keyboard.press("w")
        expect(page.locator(".undo")).to_contain_text("is afgewezen als")
        page.keyboard.press("u")
        expect(page.locator("#kop")).to_have_text(first)
        page.keyboard.press("ArrowRight")
        expect(page.locator("#kop")).not_to_have_text(first)


def test_keys_pressed_elsewhere_decide_nothing(browse: Open, site: Site) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/functies")
        first = page.locator("#kop").inner_text()
        page.locator("#samen input[type=checkbox]").first.focus()
        page.keyboard.press("v")
        page.reload()
        expect(page.locator("#kop")).to_have_text(first)


def test_what_is_done_with_those_ticked_is_in_sight_beside_a_long_list(browse: Open, site: Site) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/functies")
        assert page.locator("#samen li").count() > 20
        page.locator("#samen input[type=checkbox]").last.check()
        expect(page.get_by_role("button", name="Gekozen kloppen", exact=True)).to_be_in_viewport(ratio=1)
        page.evaluate("scrollTo(0, 0)")
        expect(page.get_by_role("button", name="Gekozen kloppen", exact=True)).to_be_in_viewport(ratio=1)


def test_below_a_long_list_on_a_phone_what_is_done_comes_along_and_covers_no_focus(
    browse: Open, site: Site
) -> None:
    with browse(width=390) as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/functies")
        decide = page.get_by_role("button", name="Gekozen kloppen", exact=True)
        page.locator("#samen input[type=checkbox]").first.check()
        page.locator("#samen input[type=checkbox]").nth(1).check()
        expect(decide).to_be_in_viewport(ratio=1)
        shown = page.evaluate("getComputedStyle(document.querySelector('.chosen'), '::before').content")
        assert shown == 'counter(ticked) " "'
        assert walk(page, "Tab") == []
        assert walk(page, "Shift+Tab") == []
