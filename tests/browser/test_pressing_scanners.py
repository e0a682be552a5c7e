"""Filters that run scripts and send every form behind a mail that needs no word: what they can do, and its limits.

They can confirm, and unsubscribe: each takes one press, by a person as by them. docs/decisions/0027 says what follows.
"""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.service import leave
from tests.browser.conftest import Open, Site
from tests.browser.test_link_scanners import links
from tests.smtp_server import Received

NEEDS_A_WORD = (
    "input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([tabindex='-1']), textarea"
)


def press_everything(page: Page, addresses: Sequence[str]) -> list[str]:
    """Open every address and send each form on it that needs no word of the reader's; the labels that were pressed."""
    pressed = []
    for address in addresses:
        page.goto(address, wait_until="networkidle")
        for place in range(page.locator("main form").count()):
            page.goto(address, wait_until="networkidle")
            form = page.locator("main form").nth(place)
            if not form.count() or form.locator(NEEDS_A_WORD).count():
                continue
            pressed.append(form.get_by_role("button").first.inner_text())
            form.get_by_role("button").first.click()
            page.wait_for_load_state()
    return pressed


def sign_up(page: Page, address: str) -> None:
    page.goto("/aanmelden")
    page.get_by_label("E-mailadres").fill(address)
    page.get_by_role("button", name="Aanmelden").click()
    page.wait_for_load_state()


def of(mails: Sequence[Received], site: Site, *pages: str) -> list[str]:
    """The addresses of these pages in mails."""
    found = {one for mail in mails for one in links(mail, site.base_url)}
    return sorted(one for one in found if re.search(rf"/({'|'.join(pages)})/", one))


def status(site: Site, address: str) -> str | None:
    with site.stored() as session:
        return session.scalar(select(Subscriber.status).where(Subscriber.address == address))


def test_who_presses_all_that_a_welcome_offers_ends_at_most_a_subscription_which_a_button_takes_back(
    site: Site, browse: Open
) -> None:
    address = "welkom-filter@gemeente-westmade.example"
    with browse() as page:
        sign_up(page, address)
        (confirm,) = of(site.mails_to(address), site, "bevestigen")
        page.goto(confirm)
        page.get_by_role("button", name="Ja, stuur mij de nieuwsbrief").click()
        welcome = site.mails_to(address)[-1]
        assert "Welkom bij" in str(welcome.message["Subject"])
        (manage,) = of([welcome], site, "voorkeuren")
        page.goto(manage)
        assert status(site, address) == "active"
        press_everything(page, of([welcome], site, "voorkeuren", "archief"))
        press_everything(page, of([welcome], site, "afmelden")[:1])
        page.goto(of([welcome], site, "afmelden")[0])
        assert status(site, address) in ("left", "active")
        if status(site, address) == "left":
            page.get_by_role("button").first.click()
        assert status(site, address) == "active"


@pytest.mark.parametrize("scripts", [True, False])
def test_opening_a_confirmation_confirms_nobody_and_only_its_labelled_button_does(
    site: Site, browse: Open, scripts: bool
) -> None:
    address = f"druk-filter-{scripts}@gemeente-westmade.example".lower()
    with browse(scripts=scripts) as page:
        sign_up(page, address)
        mails = site.mails_to(address)
        for one in of(mails, site, "bevestigen", "niet-ik"):
            page.goto(one)
        assert status(site, address) == "pending"
        assert press_everything(page, of(mails, site, "bevestigen")) == ["Ja, stuur mij de nieuwsbrief"]
    assert status(site, address) == "active"


def test_a_filter_cannot_bring_back_who_left_by_what_a_stranger_did_not_begin(
    site: Site, browse: Open
) -> None:
    with site.stored() as session:
        active = select(Subscriber).where(Subscriber.status == "active").order_by(Subscriber.id.desc())
        left = session.scalars(active.limit(1)).one()
        leave(session, left, site.clock())
        address, before = left.address, left.link_key
    with browse() as page:
        sign_up(page, address)
        mails = site.mails_to(address)
        for one in of(mails, site, "bevestigen", "niet-ik"):
            for _time in range(3):
                page.goto(one, wait_until="networkidle")
    with site.stored() as session:
        row = session.scalars(select(Subscriber).where(Subscriber.address == address)).one()
        assert (row.status, row.link_key) == ("left", before)
        assert session.get(Renewal, row.id) is not None
