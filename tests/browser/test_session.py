"""The end of a session, at a real browser: a warning in time, and nothing that was typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from newsletter_service.demo.load import PASSWORD
from tests.browser.conftest import Open, Site, sign_in_at_the_door
from tests.browser.test_accessibility import check

LOOKS = [(1280, False), (360, True)]


def passes(page: Page, site: Site, minutes: int) -> None:
    """Time goes by, for the server and for the page."""
    site.clock.move(minutes=minutes)
    page.clock.fast_forward(minutes * 60 * 1000)


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_a_warning_comes_in_time_and_one_press_lets_the_session_go_on(
    browse: Open, site: Site, width: int, dark: bool
) -> None:
    with browse(width=width, dark=dark) as page:
        sign_in_at_the_door(page, "hoofd.var")
        page.clock.install()
        page.goto("/redactie/kopij/nieuw")
        expect(page.get_by_text("of langer als u bezig blijft")).to_be_visible()
        stay = page.get_by_role("button", name="Blijf ingelogd")
        passes(page, site, 114)
        expect(stay).to_be_hidden()
        passes(page, site, 2)
        expect(stay).to_be_visible()
        check(page)
        stay.click()
        expect(stay).to_be_hidden()
        passes(page, site, 100)
        page.goto("/redactie/kopij/nieuw")
        expect(page.get_by_role("heading", name="Nieuw bericht")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_what_was_typed_before_the_end_is_saved_after_signing_in_there(
    browse: Open, site: Site, width: int, dark: bool
) -> None:
    with browse(width=width, dark=dark) as page:
        sign_in_at_the_door(page, "hoofd.var")
        page.clock.install()
        page.goto("/redactie/kopij/nieuw")
        title = f"Net voor het einde {width}"
        page.get_by_label("Titel").fill(title)
        passes(page, site, 121)
        expect(page.get_by_text("Wat u heeft getypt staat er nog")).to_be_visible()
        check(page)
        page.get_by_role("button", name="Bewaar als klad").click()
        expect(page.get_by_role("heading", name="Log opnieuw in")).to_be_visible()
        check(page)
        page.get_by_label("E-mailadres").fill("hoofd.var@maasdelta.example")
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Inloggen en verdergaan").click()
        expect(page.get_by_text("Het bericht is bewaard als klad.")).to_be_visible()
        expect(page.get_by_text(title)).to_be_visible()


def test_typing_is_somebody_doing_something(browse: Open, site: Site) -> None:
    with browse() as page:
        sign_in_at_the_door(page, "hoofd.var")
        page.clock.install()
        page.goto("/redactie/kopij/nieuw")
        for _hour in range(3):
            passes(page, site, 60)
            with page.expect_response("**/redactie/sessie"):
                page.get_by_label("Titel").press("x")
        assert page.request.get("/redactie/sessie", max_redirects=0).status == 200
