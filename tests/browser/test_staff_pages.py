import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from newsletter_service.audience.models import Segment
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import edition_numbered
from tests.browser.conftest import Open, Site, sign_in, tab_to
from tests.browser.test_accessibility import check

SEGMENTS = ("burgemeesters", "om", "politie", "beleidsadviseurs", "ovv")


def test_queueing_an_item_shows_at_once_what_it_will_look_like(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "hoofd.var")
        page.goto("/redactie/kopij/nieuw")
        page.get_by_label("Titel").focus()
        page.keyboard.type("Nieuwe cijfers over woninginbraken")
        tab_to(page, "Samenvatting")
        page.keyboard.type("Het aantal inbraken daalt in negentien gemeenten.")
        card = page.frame_locator("iframe[name=voorbeeld]")
        expect(card.locator("h3, h2, h1").first).to_have_text("Nieuwe cijfers over woninginbraken")
        page.get_by_role("button", name="Zet in de wachtrij").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/redactie/kopij/(\?.*)?$"))
        expect(page.get_by_text("Nieuwe cijfers over woninginbraken").first).to_be_visible()


def test_the_preview_works_without_javascript_too(browse: Open) -> None:
    with browse(scripts=False) as page:
        sign_in(page, "hoofd.riec")
        page.goto("/redactie/kopij/nieuw")
        page.get_by_label("Titel").fill("Zonder JavaScript")
        page.get_by_role("button", name="Toon voorbeeld").click()
        expect(page.frame_locator("iframe[name=voorbeeld]").get_by_text("Zonder JavaScript")).to_be_visible()


@pytest.mark.parametrize("segment", SEGMENTS)
def test_an_edition_is_previewed_as_each_segment_by_keyboard(site: Site, browse: Open, segment: str) -> None:
    with site.stored() as session:
        names = {s.slug: s.name_nl for s in session.scalars(select(Segment))}
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/2")
        page.get_by_role("link", name=names[segment], exact=True).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**doelgroep={segment}**")
        expect(page.frame_locator("iframe").locator("h1")).to_be_visible()


def background(page: Page) -> int:
    """How light the ground under the letter's heading is in the preview: 0 black to 255 white."""
    heading = page.frame_locator("iframe").locator("h1").first
    expect(heading).to_be_visible()
    colour = heading.evaluate(
        """e => {
            let ground = "rgba(0, 0, 0, 0)";
            while (e && ground === "rgba(0, 0, 0, 0)") {
                ground = getComputedStyle(e).backgroundColor;
                e = e.parentElement;
            }
            return ground;
        }"""
    )
    red = re.search(r"\d+", colour)
    assert red is not None
    return int(red[0])


def test_the_dark_preview_is_dark_and_the_others_are_not(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/2?doelgroep=ovv&taal=nl&vorm=mobiel")
        assert background(page) > 200
        page.get_by_role("link", name="Donker", exact=True).click()
        page.wait_for_url("**vorm=donker**")
        assert background(page) < 80
        page.get_by_role("link", name="Platte tekst", exact=True).click()
        page.wait_for_url("**vorm=tekst**")
        expect(page.frame_locator("iframe").locator("body")).to_contain_text("Beste")


def order(site: Site) -> list[int]:
    with site.stored() as session:
        placed = [p for p in edition_numbered(session, 2).placements if p.position is not None]
        return [p.item_id for p in sorted(placed, key=lambda p: p.position or 0)]


def test_items_change_places_by_button_and_keyboard(site: Site, browse: Open) -> None:
    before = order(site)
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/2")
        button = page.get_by_role("button", name=re.compile("lager$")).first
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
    after = order(site)
    assert after != before
    assert sorted(after) == sorted(before)


def test_items_change_places_by_dragging(site: Site, browse: Open) -> None:
    before = order(site)
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/2")
        rows = page.locator("[draggable=true]")
        assert rows.count() == len(before)
        with page.expect_response(lambda answer: "/volgorde" in answer.url):
            rows.nth(len(before) - 1).hover()
            page.mouse.down()
            for place in (
                len(before) - 2,
                0,
            ):  # a drag begins with a first small move, before the page scrolls
                rows.nth(place).hover()
            page.mouse.up()
        page.wait_for_load_state("networkidle")
    after = order(site)
    assert after != before
    assert sorted(after) == sorted(before)


def change_letters(site: Site, count: int, *, on_their_way: bool) -> None:
    """Let some letters of the first edition be on their way again, or let those arrive that are."""
    with site.stored() as session:
        edition = edition_numbered(session, 1)
        edition.state = EditionState.SENDING if on_their_way else EditionState.SENT
        edition.numbers = None  # what is kept of a sent edition
        state = "sent" if on_their_way else "ready"
        mine = select(Delivery).where(Delivery.mailing_id == edition.mailing_id, Delivery.state == state)
        for row in session.scalars(mine.limit(count)):
            row.state = DeliveryState.READY if on_their_way else DeliveryState.SENT
            row.settled_at = None if on_their_way else site.clock()


def test_progress_is_followed_without_reloading_the_page(site: Site, browse: Open) -> None:
    change_letters(site, 3, on_their_way=True)
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/1")
        numbers = page.locator("#verantwoording")
        expect(numbers.get_by_text("Er is nu geen verzender aan het werk.")).to_be_visible()
        expect(numbers.locator(".open dd")).to_have_text("3")
        expect(page.get_by_role("link", name="Ververs deze getallen")).to_be_hidden()
        page.evaluate("window.sameDocument = true")
        check(page)
        change_letters(site, 3, on_their_way=False)
        expect(numbers.locator(".open")).to_have_count(0)
        expect(page.get_by_role("status").get_by_text("Alle brieven zijn afgehandeld.")).to_be_attached()
        assert page.evaluate("window.sameDocument") is True


def test_without_javascript_progress_is_read_by_a_link(site: Site, browse: Open) -> None:
    change_letters(site, 1, on_their_way=True)
    with browse(width=360, scripts=False) as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/1")
        expect(page.locator("#verantwoording progress")).to_be_visible()
        change_letters(site, 1, on_their_way=False)
        page.get_by_role("link", name="Ververs deze getallen").click()
        expect(page.locator("#verantwoording .open")).to_have_count(0)
