"""Following an edition that goes out: per domain too, by keyboard, on a small screen, and without JavaScript."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import edition_numbered
from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import WIDTHS, check, check_in_both_schemes

PAGE = "/redactie/edities/1"


class Letters:
    """Some letters of edition 1, all to one domain, that are on their way."""

    def __init__(self, site: Site, ids: list[int], domain: str) -> None:
        self._site, self._ids, self.domain = site, ids, domain

    def arrive(self, number: int) -> None:
        """Let some arrive."""
        with self._site.stored() as session:
            mine = select(Delivery).where(Delivery.id.in_(self._ids), Delivery.settled_at.is_(None))
            for row in session.scalars(mine.limit(number)):
                row.state, row.settled_at = DeliveryState.SENT, self._site.clock()


@contextmanager
def on_their_way(site: Site, number: int) -> Iterator[Letters]:
    with site.stored() as session:
        edition = edition_numbered(session, 1)
        edition.state, edition.numbers = EditionState.SENDING, None
        mine = select(Delivery).where(Delivery.mailing_id == edition.mailing_id, Delivery.state == "sent")
        busy = session.scalars(mine.where(Delivery.domain == "maasdelta.example").limit(number)).all()
        for row in busy:
            row.state, row.settled_at = DeliveryState.DEFERRED, None
        letters = Letters(site, [row.id for row in busy], "maasdelta.example")
    yield letters
    letters.arrive(number)
    with site.stored() as session:
        edition = edition_numbered(session, 1)
        edition.state, edition.held_from, edition.hold_reason = EditionState.SENT, None, None
        if edition.mailing is not None:
            edition.mailing.paused_at, edition.mailing.pause_reason = None, ""


@pytest.fixture
def letters(site: Site) -> Iterator[Letters]:
    with on_their_way(site, 4) as some:
        yield some


def opened(page: Page) -> Locator:
    """The numbers per domain, folded out by keyboard."""
    sign_in(page, "communicatie")
    page.goto(PAGE)
    folded = page.locator("#verzending details")
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    return folded


def deferred(numbers: Locator, letters: Letters) -> Locator:
    """How many letters to the domain were put off, as a link."""
    return numbers.locator(f'tr[data-key="{letters.domain}"] a[href*="toestand=deferred"]')


@pytest.mark.parametrize("width", [1280, 360])
def test_what_is_folded_out_and_the_keyboard_stay_while_numbers_change(
    browse: Open, letters: Letters, width: int
) -> None:
    with browse(width=width) as page:
        numbers = opened(page)
        expect(deferred(numbers, letters)).to_have_text("4")
        letters.arrive(1)
        expect(deferred(numbers, letters)).to_have_text("3")
        expect(page.locator(".steps [aria-current] span")).to_have_text("nog 3 van 400")
        expect(numbers.locator("summary")).to_be_focused()
        deferred(numbers, letters).focus()
        letters.arrive(1)
        expect(deferred(numbers, letters)).to_have_text("2")
        expect(deferred(numbers, letters)).to_be_focused()
        expect(numbers).to_have_attribute("open", "")


def test_the_keyboard_stays_among_the_numbers_when_its_own_is_gone(
    site: Site, browse: Open, letters: Letters
) -> None:
    with browse() as page:
        numbers = opened(page)
        deferred(numbers, letters).focus()
        letters.arrive(4)
        expect(page.locator("#verzending")).to_be_focused()
        site.tick()
        expect(page.get_by_role("status").get_by_text("Alle brieven zijn afgehandeld.")).to_be_attached()
        expect(page.locator("#verzending")).to_be_focused()


def test_what_was_said_about_an_act_stays_when_the_page_renews_itself(
    site: Site, browse: Open, letters: Letters
) -> None:
    with browse() as page:
        opened(page)
        page.get_by_role("button", name="Stuur mij een proef").click()
        expect(page.locator("#meldingen")).to_contain_text("De proef is onderweg naar")
        letters.arrive(4)
        site.tick()
        expect(page.get_by_role("status").get_by_text("Alle brieven zijn afgehandeld.")).to_be_attached()
        expect(page.locator("#meldingen")).to_contain_text("De proef is onderweg naar")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_numbers_per_domain_are_accessible(browse: Open, letters: Letters, width: int) -> None:
    with browse(width=width) as page:
        expect(deferred(opened(page), letters)).to_be_visible()
        check_in_both_schemes(page)
        page.goto(f"{PAGE}/domeinen")
        check_in_both_schemes(page)


def test_the_page_of_domains_is_followed_to_the_end_without_reloading(browse: Open, letters: Letters) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto(f"{PAGE}/domeinen")
        page.evaluate("window.sameDocument = true")
        expect(page.get_by_text("Deze getallen verversen vanzelf.")).to_be_visible()
        letters.arrive(2)
        expect(deferred(page.locator("#domeinen"), letters)).to_have_text("2")
        letters.arrive(2)
        expect(page.get_by_role("status").get_by_text("Alle brieven zijn afgehandeld.")).to_be_attached()
        expect(page.get_by_text("Deze getallen verversen vanzelf.")).to_have_count(0)
        assert page.evaluate("window.sameDocument") is True


def test_whoever_looks_on_sees_that_the_mail_server_refuses_and_why(
    site: Site, browse: Open, letters: Letters
) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto(PAGE)
        page.evaluate("window.sameDocument = true")
        expect(page.get_by_role("link", name="Houd vast")).to_be_visible()
        with site.stored() as session:
            mailing = edition_numbered(session, 1).mailing
            assert mailing is not None
            mailing.paused_at, mailing.pause_reason = site.clock(), "550 5.7.26 unauthenticated mail"
        site.tick()
        expect(page.get_by_text("550 5.7.26 unauthenticated mail")).to_be_visible()
        expect(page.get_by_role("link", name="Hervat")).to_be_visible()
        expect(page.get_by_role("status").get_by_text("Deze editie wordt vastgehouden.")).to_be_attached()
        assert page.evaluate("window.sameDocument") is True
        check(page)


@pytest.mark.usefixtures("letters")
def test_without_javascript_the_numbers_per_domain_fold_out_on_a_small_screen(browse: Open) -> None:
    with browse(width=360, scripts=False) as page:
        sign_in(page, "communicatie")
        page.goto(PAGE)
        page.get_by_text("Per domein", exact=True).click()
        expect(page.locator("#verzending").get_by_role("link", name="Alle domeinen")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name="Alle domeinen").click()
        expect(page.get_by_role("link", name="Ververs deze getallen")).to_be_visible()
