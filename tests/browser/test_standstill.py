"""A copy in a browser: a line on every page, and one press with which it goes on."""

from datetime import timedelta

from playwright.sync_api import expect

from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import keep_still
from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import check_in_every_look


def test_an_administrator_reads_what_is_known_and_lets_the_service_go_on(site: Site, browse: Open) -> None:
    now = site.clock()
    with site.stored() as session:
        keep_still(session.connection(), Why.RESTORED, now, known_at=now - timedelta(hours=2))
    with browse() as page:
        sign_in(page, "beheer")
        page.goto("/redactie/edities")
        page.get_by_role("link", name="Lees wat we weten en hoe het verdergaat").click()
        expect(page.get_by_role("heading", name="De dienst staat stil")).to_be_visible()
        check_in_every_look(page)
        page.get_by_role("button", name="Ga verder met de rest").click()
        expect(page.get_by_text("De dienst gaat verder.")).to_be_visible()
        expect(page.get_by_role("heading", name="De dienst gaat door")).to_be_visible()
        check_in_every_look(page)
