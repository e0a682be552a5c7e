"""The versions of an item in a browser: seen, compared and put back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, overflows, sign_in
from tests.browser.test_accessibility import WIDTHS, check_in_both_schemes


@pytest.mark.parametrize("width", WIDTHS)
def test_a_version_is_compared_and_put_back(browse: Open, width: int) -> None:
    with browse(width=width) as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/kopij/nieuw")
        page.get_by_label("Titel").fill(f"Versies op {width}")
        for lead in ("De cijfers zijn er.", "De nieuwe cijfers zijn er.", "De cijfers komen nog."):
            page.get_by_label("Samenvatting").fill(lead)
            page.get_by_role("button", name="Bewaar als klad").click()
            page.get_by_role("link", name=f"Versies op {width}", exact=True).click()
        page.get_by_role("link", name="Eerdere versies").click()
        expect(page.get_by_role("heading", name="Van versie 2 naar versie 3")).to_be_visible()
        assert not overflows(page)
        check_in_both_schemes(page)
        page.get_by_role("link", name="Vergelijk versie 1 met nu").click()
        expect(page.get_by_role("heading", name="Van versie 1 naar versie 3")).to_be_visible()
        page.get_by_title("Zet versie 1 terug").click()
        expect(page.get_by_label("Samenvatting")).to_have_value("De cijfers zijn er.")
