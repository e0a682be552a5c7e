"""What readers do with their own data, in Chromium: move, pause, read why, and erase."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from newsletter_service.delivery.models import Delivery
from newsletter_service.links.urls import MANAGE_WITHIN
from newsletter_service.services import services
from newsletter_service.subscriptions.address_changes import service as changes
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Subscriber
from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import LOOKS, check
from tests.browser.test_reader_pages import link_to

PLACE = 150
"""Readers of the demonstration from here on are these tests' own."""


def reader_numbered(site: Site, place: int) -> tuple[int, str, str]:
    """Number, address and link key of a reader who got the first edition."""
    with site.stored() as session:
        query = select(Subscriber).join(Delivery, Delivery.subscriber_id == Subscriber.id)
        got = query.where(Delivery.mailing_id.is_not(None), Subscriber.status == "active")
        reader = session.scalars(got.order_by(Subscriber.id).offset(PLACE + place).limit(1)).one()
        return reader.id, reader.address, reader.link_key


def open_preferences(site: Site, page: Page, address: str) -> None:
    """Ask for the link, and follow the one that is mailed."""
    page.goto("/link-kwijt")
    page.get_by_label("E-mailadres").fill(address)
    page.get_by_role("button", name="Stuur mij de link").click()
    page.wait_for_url("**/onderweg")
    page.goto(link_to(site.mails_to(address)[-1], "voorkeuren"))


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, False)])
def test_a_reader_moves_to_another_address_by_two_letters(
    site: Site, browse: Open, width: int, scripts: bool
) -> None:
    _number, old, _key = reader_numbered(site, width % 7)
    new = f"verhuisd{width}@gemeente-dijkerwaard.example"
    with browse(width=width, scripts=scripts) as page:
        open_preferences(site, page, old)
        page.get_by_role("link", name="Wijzig uw e-mailadres").click()
        page.get_by_label("Uw nieuwe e-mailadres").fill(new)
        page.get_by_role("button", name="Vraag het nieuwe adres aan").click()
        expect(page.get_by_text("Kijk in allebei uw mailboxen")).to_be_visible()
        (at_new,) = site.mails_to(new)
        page.goto(link_to(site.mails_to(old)[-1], "oud-adres"))
        page.get_by_role("button", name="Ja, dat klopt").click()
        expect(page.locator("h1")).to_have_text("Wacht op uw nieuwe adres")
        page.goto(link_to(at_new, "nieuw-adres"))
        page.get_by_role("button", name="Ja, stuur de nieuwsbrief hierheen").click()
        expect(page.locator("h1")).to_have_text("Uw adres is veranderd")
        page.get_by_role("link", name="Bekijk of wijzig uw voorkeuren").click()
        expect(page.get_by_text(f"U krijgt de nieuwsbrief op {new}.")).to_be_visible()


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, False)])
def test_a_reader_pauses_and_ends_it(site: Site, browse: Open, width: int, scripts: bool) -> None:
    _number, address, _key = reader_numbered(site, 10 + width % 7)
    with browse(width=width, scripts=scripts) as page:
        open_preferences(site, page, address)
        page.get_by_role("link", name="Pauzeer de nieuwsbrief").click()
        page.get_by_label("Tot een dag die u kiest").check()
        page.get_by_role("button", name="Pauzeer de nieuwsbrief").click()
        expect(page.get_by_role("alert")).to_contain_text("Vul in tot welke dag de pauze duurt.")
        page.get_by_label("Zes weken").check()
        page.get_by_role("button", name="Pauzeer de nieuwsbrief").click()
        expect(page.get_by_text("Daarna krijgt u hem vanzelf weer.")).to_be_visible()
        page.get_by_role("button", name="Stuur mij de nieuwsbrief weer").click()
        expect(page.locator("h1")).to_have_text("De nieuwsbrief pauzeren")


def test_a_reader_reads_why_and_erases_everything(site: Site, browse: Open) -> None:
    number, address, _key = reader_numbered(site, 20)
    with browse(width=360) as page:
        open_preferences(site, page, address)
        page.get_by_role("link", name="Bekijk alles wat we over u bewaren").click()
        expect(page.get_by_role("heading", name="Waarom kreeg ik dit?")).to_be_visible()
        page.get_by_text("Editie 1,").click()
        expect(page.get_by_text("Voor alle lezers").first).to_be_visible()
        page.get_by_role("link", name="Wis alles over mij").click()
        page.get_by_role("button", name="Wis alles over mij").click()
        page.get_by_label("Typ het woord wissen").fill("wissen")
        page.get_by_role("button", name="Wis alles over mij").click()
        expect(page.locator("h1")).to_have_text("Uw gegevens zijn gewist")
    with site.stored() as session:
        assert session.get(Subscriber, number) is None


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_the_pages_of_pauses_addresses_and_erasing_are_accessible(
    site: Site, browse: Open, width: int, dark: bool
) -> None:
    number, _address, key = reader_numbered(site, 30)
    with site.stored() as session, site.app.app_context():
        reader, links, now = session.get_one(Subscriber, number), services().links, site.clock()
        changes.ask(session, services(), reader, Address("nieuw@elders.example"), now)
        change = changes.change_of(session, reader)
        assert change is not None
        manage = links.manage(key, now + MANAGE_WITHIN)
        pages = [
            f"{manage}/pauze",
            f"{manage}/adres",
            links.new_address(change.link_key, now),
            links.old_address(change.link_key, now),
            f"{manage.replace('/voorkeuren/', '/mijn-gegevens/')}/wissen",
            "/weer-mailen",
            "/weer-mailen/gevraagd",
        ]
    with browse(width=width, dark=dark) as page:
        for address in pages:
            page.goto(address)
            check(page)
        sign_in(page, "communicatie")
        page.goto("/redactie/lezers/nieuw")
        check(page)
        for act in ("", "/pauze", "/naam", "/adres", "/wissen"):
            page.goto(f"/redactie/lezers/{number}{act}")
            check(page)
        expect(page.get_by_role("button", name=re.compile("^Wis alles"))).to_be_visible()
