"""An administrator adds, orders, colours and retires by keyboard and mouse, with JavaScript and without."""

import pytest
from playwright.sync_api import expect

from newsletter_service.audience.models import Topic
from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import check_in_both_schemes


@pytest.mark.parametrize("scripts", [True, False])
def test_a_topic_is_added_moved_and_retired(site: Site, browse: Open, scripts: bool) -> None:
    name = f"Water en veiligheid {'met' if scripts else 'zonder'}"
    with browse(scripts=scripts) as page:
        sign_in(page, "beheer")
        page.goto("/redactie/beheer")
        page.get_by_role("link", name="Thema's").click()
        page.get_by_role("link", name="Nieuw thema").click()
        page.get_by_label("Naam", exact=True).fill(name)
        page.get_by_label("In het Engels").fill("Water and safety")
        page.get_by_role("button", name="Voeg toe").click()
        page.get_by_role("button", name=f"Zet {name} hoger").click()
        expect(page.get_by_text(f"{name} staat nu hoger.")).to_be_visible()
        expect(page.get_by_role("button", name=f"Zet {name} hoger")).to_be_focused()
        page.get_by_role("link", name=name).click()
        page.get_by_role("button", name="Niet meer gebruiken").click()
        expect(page.get_by_text(f"{name} doet niet meer mee.")).to_be_visible()
        page.get_by_role("link", name=name).click()
        page.get_by_role("button", name="Verwijder").click()
        expect(page.get_by_text(f"{name} is verwijderd.")).to_be_visible()
    with site.stored() as session:
        assert session.query(Topic).filter_by(name_nl=name).count() == 0


@pytest.mark.parametrize("width", [1280, 360])
def test_colours_that_cannot_be_read_are_named_beside_their_field(browse: Open, width: int) -> None:
    with browse(width=width) as page:
        sign_in(page, "beheer")
        page.goto("/redactie/beheer/organisaties/1")
        light = page.get_by_role("group", name="Op een licht scherm")
        light.get_by_label("Naam", exact=True).fill("#8fa9bb")
        page.get_by_role("button", name="Bewaar").click()
        expect(page.get_by_role("heading", name="Er klopt iets nog niet")).to_be_visible()
        expect(light.get_by_text("de naam op het eigen vlak heeft een contrast van")).to_be_visible()
        check_in_both_schemes(page)
