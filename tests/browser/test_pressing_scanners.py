"""Filters that run scripts and send every form behind a mail that needs no word: what they can do, and its limits.

They can confirm, unsubscribe, answer a move to another address and take back "never": each takes one press, by a person
as by them. docs/decisions/0027 says what follows.
"""

import re
from collections.abc import Sequence
from uuid import uuid4

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.suppressions import is_suppressed
from newsletter_service.links.urls import MANAGE_WITHIN
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.service import leave
from tests.browser.conftest import Open, Site
from tests.browser.test_link_scanners import links
from tests.factories import SUPPRESSION_KEY, make_subscriber, make_suppression
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


@pytest.fixture
def change(site: Site, browse: Open) -> tuple[str, str]:
    """The old and the new address of a reader who asked to move."""
    number = uuid4().hex[:8]
    old, new = f"oud-{number}@gemeente-westmade.example", f"nieuw-{number}@gemeente-westmade.example"
    with site.stored() as session:
        key = make_subscriber(session, old, now=site.clock()).link_key
    with browse() as page:
        page.goto(
            f"{site.app.extensions['newsletter'].links.manage(key, site.clock() + MANAGE_WITHIN)}/adres"
        )
        page.get_by_label("Uw nieuwe e-mailadres").fill(new)
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_load_state()
    return old, new


def test_looking_at_the_letters_of_a_move_moves_nobody_and_answers_nothing(
    site: Site, browse: Open, change: tuple[str, str]
) -> None:
    mails = [mail for address in change for mail in site.mails_to(address)]
    with browse() as page:
        for one in of(mails, site, "nieuw-adres", "oud-adres"):
            for _time in range(3):
                page.goto(one, wait_until="networkidle")
    with site.stored() as session:
        (wish,) = session.scalars(select(AddressChange).where(AddressChange.new_address == change[1]))
        assert (wish.new_agreed_at, wish.old_agreed_at) == (None, None)
        assert wish.subscriber.address == change[0]


def test_a_filter_at_the_new_address_can_say_yes_there_which_moves_nobody(
    site: Site, browse: Open, change: tuple[str, str]
) -> None:
    old, new = change
    with browse() as page:
        pressed = press_everything(page, of(site.mails_to(new), site, "nieuw-adres"))
    assert pressed == ["Ja, stuur de nieuwsbrief hierheen"]
    assert (status(site, old), status(site, new)) == ("active", None)


def test_filters_at_both_addresses_can_at_most_do_what_the_reader_asked_for(
    site: Site, browse: Open, change: tuple[str, str]
) -> None:
    old, new = change
    with browse() as page:
        press_everything(page, of(site.mails_to(new), site, "nieuw-adres"))
        pressed = press_everything(page, of(site.mails_to(old), site, "oud-adres"))
    assert pressed[0] == "Ja, dat klopt"
    assert (status(site, old), status(site, new)) == (None, "active")


def test_a_filter_at_the_old_address_can_refuse_and_the_reader_reads_on_where_they_did(
    site: Site, browse: Open, change: tuple[str, str]
) -> None:
    old, new = change
    with browse() as page:
        pressed = press_everything(page, 2 * of(site.mails_to(old), site, "oud-adres"))
        press_everything(page, of(site.mails_to(new), site, "nieuw-adres"))
    assert pressed == ["Ja, dat klopt", "Nee, laat het zoals het is"]
    assert (status(site, old), status(site, new)) == ("active", None)


def test_a_filter_can_take_back_never_which_brings_no_letter_and_makes_nobody_a_reader(
    site: Site, browse: Open
) -> None:
    address = f"nooit-{uuid4().hex[:8]}@gemeente-westmade.example"
    with site.stored() as session:
        make_suppression(session, address, now=site.clock())
    with browse() as page:
        for _time in range(2):  # anybody may ask, and it is mailed once in thirty days
            page.goto("/weer-mailen")
            page.get_by_label("E-mailadres").fill(address)
            page.get_by_role("main").get_by_role("button").first.click()
            page.wait_for_load_state()
        (mail,) = site.mails_to(address)
        (allow,) = of([mail], site, "toestaan")
        for _time in range(3):
            page.goto(allow, wait_until="networkidle")
        assert is_kept_off(site, address)
        assert press_everything(page, [allow]) == ["Ja, u mag mij weer mailen"]
        press_everything(page, [allow])
    assert not is_kept_off(site, address)
    assert status(site, address) is None
    assert site.mails_to(address) == [mail]


def is_kept_off(site: Site, address: str) -> bool:
    with site.stored() as session:
        return is_suppressed(session, address_hmac(address, SUPPRESSION_KEY))
