"""A correction that waits for a head: its pages, its mails and its place in the archive, looked at as people do."""

import pytest
from playwright.sync_api import Page

from newsletter_service.editions.corrections import service
from newsletter_service.editions.corrections.service import Words, draft_of
from newsletter_service.editions.service import edition_numbered
from newsletter_service.letters.mime.reading import html_of
from newsletter_service.services import services
from newsletter_service.staff.models import User
from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import WIDTHS, check_in_both_schemes, check_in_every_look

PAGE = "/redactie/edities/1/correctie"


@pytest.fixture(scope="module")
def corrected(site: Site) -> Site:
    """Edition 1 was corrected once, at an item, and another correction is being written."""
    with site.stored() as session:
        edition = edition_numbered(session, 1)
        item = service.items_to_correct(session, edition)[0]
        user = session.query(User).filter(User.email.startswith("communicatie@")).one()
        words = Words(f"Correctie: {item.title}"[:150], "De bijeenkomst begint om **15.00 uur**.", item.id)
        service.write(session, services(), edition, words, "", user, site.clock())
        draft = draft_of(session, edition)
        assert draft is not None
        service.send(session, services(), edition, draft, user, site.clock())
        more = Words("Correctie: het adres", "Het adres is Kade 12, in plaats van Kade 21.")
        service.write(session, services(), edition, more, "", user, site.clock())
    site.tick()
    return site


def put_to_the_heads(page: Page) -> None:
    """Unless a test before this one did: the page that asks then leads back."""
    page.goto(f"{PAGE}/versturen")
    if page.url.endswith("/versturen"):
        page.get_by_role("button", name="Leg voor aan").click()
    page.goto(PAGE)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_a_correction_are_accessible(corrected: Site, browse: Open, width: int) -> None:
    with browse(width=width) as page:
        sign_in(page, "communicatie")
        for path in (PAGE, f"{PAGE}/versturen", f"{PAGE}/weggooien", "/redactie/edities/1", "/archief/1"):
            page.goto(path)
            check_in_both_schemes(page)
        put_to_the_heads(page)
        check_in_both_schemes(page)
        page.goto("/archief/1")
        check_in_both_schemes(page)


def test_mails_about_a_correction_are_accessible(corrected: Site, browse: Open) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        put_to_the_heads(page)
        corrected.tick()
        received = corrected.smtp.received
        correction = next(m for m in received if m.message["In-Reply-To"])
        asked = next(m for m in received if "Wilt u kijken" in str(m.message["Subject"]))
        composed = next(m for m in received if "staat klaar" in str(m.message["Subject"]))
        for mail in (correction, asked, composed):
            page.goto("about:blank")
            page.set_content(html_of(mail.content))
            check_in_every_look(page)
