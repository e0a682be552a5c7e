"""Pages that no address alone leads to: those behind the links of letters, errors, and forms that came back."""

from collections.abc import Callable, Iterator
from itertools import count

from flask import render_template
from playwright.sync_api import Page, Route

from newsletter_service.letters.mime.reading import html_of
from newsletter_service.web.errors import PAGES
from tests.browser.conftest import Site
from tests.browser.test_reader_pages import link_to
from tests.every_letter.kinds import ADDRESSES_OF_PICTURES, every_kind, pictures

_NUMBERS = count()


def reader_states(site: Site, page: Page) -> Iterator[str]:
    """Walk through all that a reader's links lead to; yield the name of each page that is open."""
    page.goto("/aanmelden")
    page.get_by_role("button", name="Aanmelden").click()
    yield "aanmelden-met-fouten"
    address = f"foto{next(_NUMBERS)}@gemeente-dijkerwaard.example"
    page.get_by_label("E-mailadres").fill(address)
    page.get_by_label("OVV'er").check()
    page.get_by_role("button", name="Aanmelden").click()
    (mail,) = site.mails_to(address)
    page.goto(link_to(mail, "niet-ik"))
    yield "niet-ik"
    page.goto(link_to(mail, "bevestigen"))
    yield "bevestigen"
    page.get_by_role("button", name="Ja, stuur mij de nieuwsbrief").click()
    yield "bevestigd"
    page.get_by_role("link", name="voorkeuren").first.click()
    yield "voorkeuren"
    page.get_by_role("button", name="Bewaar mijn voorkeuren").click()
    yield "voorkeuren-bewaard"
    yield from _leaving(site, page)


def _leaving(site: Site, page: Page) -> Iterator[str]:
    letter = next(one for one in reversed(site.smtp.received) if one.message["List-Unsubscribe"])
    page.goto(link_to(letter, "voorkeuren"))
    yield "uit-een-brief"
    page.goto(str(letter.message["List-Unsubscribe"]).strip(" <>"))
    yield "afmelden"
    page.locator("main form button").click()
    yield "afgemeld"
    page.locator("main form button").click()
    yield "weer-aangemeld"


def errors(site: Site, page: Page) -> Iterator[str]:
    """Show every page that says what went wrong."""
    for status in sorted(PAGES):
        with site.app.test_request_context("/", base_url=site.base_url):
            body = render_template(f"errors/{status}.html")
        page.route("**/fout", _answer(body))
        page.goto("/fout")
        yield f"fout-{status}"
        page.unroute("**/fout")


def _answer(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8")


def letters(page: Page) -> Iterator[str]:
    """Show a letter of every kind."""
    drawn = pictures()
    page.route(
        ADDRESSES_OF_PICTURES,
        lambda route: route.fulfill(
            body=drawn[route.request.url.rpartition("/")[2]], content_type="image/png"
        ),
    )
    for kind in every_kind():
        page.goto("about:blank")  # what a page of ours forbids, a letter may do
        page.set_content(html_of(kind.message))
        yield f"brief-{kind.name}"
    page.unroute(ADDRESSES_OF_PICTURES)
