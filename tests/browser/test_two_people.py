"""Two colleagues at two browsers: one asks to take everybody along, the other sees what that is and accepts it."""

from playwright.sync_api import expect

from tests.browser.conftest import Open, sign_in
from tests.browser.test_accessibility import check_in_every_look


def test_a_colleague_accepts_what_another_asked_for(browse: Open) -> None:
    with browse() as page:
        page.context.clear_cookies()
        sign_in(page, "beheer")
        page.goto("/redactie/vier-ogen")
        page.get_by_label("Alle lezers meenemen als bestand").check()
        page.get_by_role("button", name="Bewaar").click()
        expect(page.get_by_text("Bewaard.", exact=True)).to_be_visible()
        check_in_every_look(page)
        page.context.clear_cookies()
        sign_in(page, "hoofd.var")
        page.goto("/redactie/lezers/")
        page.get_by_role("button", name="Neem alle lezers mee").click()
        expect(page.get_by_text("Het wacht op goedkeuring van")).to_be_visible()
        check_in_every_look(page)
        page.get_by_role("link", name="Bekijk het verzoek").click()
        expect(page.get_by_role("button", name="Trek in")).to_be_visible()
        expect(page.get_by_role("button", name="Keur goed")).to_have_count(0)
        address = page.url
        page.context.clear_cookies()
        sign_in(page, "hoofd.riec")
        page.goto(address)
        check_in_every_look(page)
        page.get_by_role("button", name="Keur goed").click()
        expect(page.get_by_text("Goedgekeurd.")).to_be_visible()
        page.goto("/redactie/verzoeken")
        check_in_every_look(page)
        page.context.clear_cookies()
        sign_in(page, "beheer")
        for path in ("/redactie/logboek", "/redactie/bewaartermijnen"):
            page.goto(path)
            check_in_every_look(page)
        page.goto("/redactie/vier-ogen")
        page.get_by_label("Alle lezers meenemen als bestand").uncheck()
        page.get_by_role("button", name="Bewaar").click()
        expect(page.get_by_text("Bewaard.", exact=True)).to_be_visible()
