"""From a number on the edition's page to the names behind it, one of them ticked, and its letter on its way."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import edition_numbered
from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import check


@pytest.fixture
def refused(site: Site) -> Iterator[list[str]]:
    """Two readers whom the first edition did not reach; their addresses."""
    with site.stored() as session:
        mine = select(Delivery).where(Delivery.mailing_id == edition_numbered(session, 1).mailing_id)
        rows = session.scalars(mine.where(Delivery.state == "sent").order_by(Delivery.id).limit(2)).all()
        for row in rows:
            row.state, row.reply_code = DeliveryState.FAILED, 550
            row.reply_status, row.reply_text = "5.2.2", "5.2.2 mailbox full"
        ids, addresses = [row.id for row in rows], [row.address for row in rows]
        edition_numbered(session, 1).numbers = None
    yield addresses
    with site.stored() as session:
        for row in session.scalars(select(Delivery).where(Delivery.id.in_(ids))):
            row.state, row.settled_at = DeliveryState.SENT, site.clock()
        edition_numbered(session, 1).state = EditionState.SENT


@pytest.mark.parametrize("width", [1280, 360])
def test_a_ticked_letter_goes_out_once_more_and_is_seen_to_arrive(
    site: Site, browse: Open, refused: list[str], width: int
) -> None:
    with browse(width=width) as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/1")
        page.locator("#verantwoording .failed a").click()
        check(page)
        page.get_by_label(refused[0]).check()
        page.get_by_role("button", name="Verstuur nog eens").click()
        expect(page.get_by_text("1 brief die niet aankwam, gaat dan nog eens uit.")).to_be_visible()
        check(page)
        page.get_by_role("button", name="Verstuur 1 brief nog eens").click()
        numbers = page.locator("#verantwoording")
        expect(numbers.locator(".open dd")).to_have_text("1")
        expect(numbers.locator("progress")).to_be_visible()
        check(page)
        page.evaluate("window.sameDocument = true")
        before = len(site.smtp.to(refused[0]))
        assert len(site.mails_to(refused[0])) == before + 1
        expect(numbers.locator(".open")).to_have_count(0)
        assert page.evaluate("window.sameDocument") is True


def test_without_javascript_a_ticked_letter_goes_out_once_more_too(
    site: Site, browse: Open, refused: list[str]
) -> None:
    with browse(scripts=False) as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/1/verzending?toestand=failed")
        page.get_by_label(refused[1]).check()
        page.get_by_role("button", name="Verstuur nog eens").click()
        page.get_by_role("button", name="Verstuur 1 brief nog eens").click()
        expect(page.locator("#verantwoording .open dd")).to_have_text("1")
        site.tick()
        page.get_by_role("link", name="Ververs deze getallen").click()
        expect(page.locator("#verantwoording .open")).to_have_count(0)
