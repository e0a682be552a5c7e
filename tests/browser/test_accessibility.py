from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import render_template
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from newsletter_service import web
from newsletter_service.editions.models import Calendar
from newsletter_service.letters.mime.reading import html_of
from newsletter_service.letters.values import Card, Picture, Tag
from newsletter_service.services import services
from newsletter_service.subscriptions.models import Membership
from tests.browser.conftest import Open, Site, overflows, sign_in, tab_to
from tests.every_letter.kinds import RENDERER, every_kind

PUBLIC = (
    "/",
    "/contact",
    "/toegankelijkheid",
    "/archief/1/bericht-1",
    "/aanmelden",
    "/aanmelden?taal=en",
    "/aanmelden/mailbox",
    "/link-kwijt",
    "/privacy",
    "/archief",
    "/archief/agenda",
    "/archief/1",
    "/bevestigen/onzin",
    "/bestaat-niet",
    "/demo/inbox",
    "/redactie/inloggen",
    "/redactie/wachtwoord-vergeten",
    "/redactie/wachtwoord-vergeten/onderweg",
    "/redactie/nieuw-wachtwoord/onzin",
)
STAFF = (
    "/redactie/kopij/",
    "/redactie/kopij/nieuw",
    "/redactie/kopij/1",
    "/redactie/edities",
    "/redactie/edities/1",
    "/redactie/edities/2",
    "/redactie/edities/2/vasthouden",
    "/redactie/edities/2/versturen",
    "/redactie/edities/2/annuleren",
    "/redactie/edities/1/verzending?toestand=sent",
    "/redactie/edities/1/verzending?toestand=skipped",
    "/redactie/edities/1/opnieuw?toestand=failed",
    "/redactie/edities/1/domeinen",
    "/redactie/kalender",
    "/redactie/beheer",
    "/redactie/beheer/organisaties",
    "/redactie/beheer/organisaties/1",
    "/redactie/beheer/organisaties/nieuw",
    "/redactie/beheer/doelgroepen",
    "/redactie/beheer/doelgroepen/3",
    "/redactie/beheer/themas",
    "/redactie/beheer/themas/nieuw",
    "/redactie/beheer/e-mails",
    "/redactie/beheer/e-mails/welkom",
    "/redactie/lezers/",
    "/redactie/lezers/1",
    "/redactie/teruggekomen",
    "/redactie/doelgroepen",
    "/redactie/functies",
    "/redactie/teksten",
    "/redactie/teksten/consent",
    "/redactie/teksten/privacy",
    "/redactie/accounts",
    "/redactie/accounts/nieuw",
    "/redactie/accounts/1",
    "/redactie/logboek",
    "/redactie/bewaartermijnen",
    "/redactie/verzoeken",
    "/redactie/vier-ogen",
    "/redactie/mijn-account",
    "/redactie/mijn-account/tweede-stap",
    "/redactie/toestand",
    "/redactie/",
    "/redactie/stijl",
    "/redactie/stijl/public",
    "/redactie/stijl/staff",
)
LETTERS = (
    *("edition-nl", "restricted-en", "correction-nl", "confirmation-en", "staff-composed-nl"),
    *("old-address-nl", "mail-again-en"),
)
WIDTHS = (1280, 360)
LOOKS = [(width, dark) for width in WIDTHS for dark in (False, True)]
STATIC = Path(web.__file__).parent / "static"
AXE = Axe()
RUN_AXE = "(options) => axe.run(options).then((found) => found.violations)"


# Texts are read by tired eyes: 7:1, which axe asks of nobody who does not ask for it.
STRICT = {"resultTypes": ["violations"], "rules": {"color-contrast-enhanced": {"enabled": True}}}


def violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate(RUN_AXE, STRICT)
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]


def check(page: Page) -> None:
    assert violations(page) == [], page.url
    assert not overflows(page), page.url
    assert squeezed(page) == [], page.url


def check_in_both_schemes(page: Page) -> None:
    """In light and in dark; no script of ours asks which it is, so the page need not be loaded again."""
    for dark in (False, True):
        change_scheme(page, dark=dark)
        check(page)


def check_in_every_look(page: Page) -> None:
    """At each width too, which no script of ours asks for either."""
    for width, dark in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        change_scheme(page, dark=dark)
        check(page)


def test_no_script_asks_for_the_width_or_the_scheme() -> None:
    """Else a page would have to be loaded anew for each look."""
    scripts = [script.read_text("utf-8") for script in STATIC.rglob("*.js")]
    assert len(scripts) > 5
    assert not [asked for asked in ("matchMedia", "innerWidth", "clientWidth") if asked in "".join(scripts)]


def change_scheme(page: Page, *, dark: bool) -> None:
    """At once: colours that move to their new value would be measured on their way."""
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")


def squeezed(page: Page) -> list[str]:
    """The headings that stand one letter to a line, because nothing was left of their column."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].filter((one) => one.offsetHeight > 4 * one.offsetWidth)"
        ".map((one) => one.innerText)"
    )
    return found


def test_pages_for_everybody_are_accessible(browse: Open) -> None:
    with browse() as page:
        for path in PUBLIC:
            page.goto(path)
            check_in_every_look(page)


def test_pages_for_staff_are_accessible(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "beheer")
        for path in STAFF:
            page.goto(path)
            check_in_every_look(page)


def test_pages_to_which_an_identity_provider_leads_are_accessible(site: Site, browse: Open) -> None:
    with site.app.test_request_context("/redactie/inloggen", base_url=site.base_url):
        bodies = (
            render_template("staff/not_known.html"),
            render_template("staff/signed_out_of_provider.html", address="https://inloggen.example/uit"),
            render_template("accounts/sign_in_again.html"),
        )
    with browse() as page:
        for number, body in enumerate(bodies):
            page.route(f"**/blad-{number}", answer_with(body))
            page.goto(f"/blad-{number}")
            check_in_every_look(page)


def answer_with(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8")


@pytest.mark.parametrize("height", [720, 600, 440])
def test_the_foot_of_the_frame_is_in_sight_of_who_goes_by_keyboard(browse: Open, height: int) -> None:
    with browse() as page:
        sign_in(page, "beheer")
        page.set_viewport_size({"width": 1280, "height": height})
        page.goto("/redactie/bewaartermijnen")
        for name in ("Toestand", "Uitloggen"):
            tab_to(page, name)
            expect(page.locator(":focus")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", WIDTHS)
def test_throwing_a_correction_away_is_accessible(browse: Open, width: int) -> None:
    with browse(width=width) as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/1/correctie")
        page.get_by_label("Wat er niet klopte").fill("Het begint om **15.00 uur**.")
        page.get_by_role("button", name="Bewaar").click()
        page.get_by_role("link", name="Gooi de correctie weg").click()
        expect(page.get_by_role("heading", name="Correctie op editie 1 weggooien?")).to_be_visible()
        check_in_both_schemes(page)
        page.get_by_role("button", name="Gooi de correctie weg").click()
        expect(page.get_by_text("De correctie is weggegooid.")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_two_people_on_one_calendar_get_an_accessible_page(site: Site, browse: Open, width: int) -> None:
    with browse(width=width) as page:
        sign_in(page, "beheer")
        page.goto("/redactie/kalender")
        limit = int(page.get_by_label("Hoeveel berichten").input_value())
        with site.stored() as session:
            session.query(Calendar).update({"item_limit": limit + 1, "closing_time": time(11, limit)})
        page.get_by_label("Hoeveel berichten").fill(str(limit + 2))
        page.get_by_label("Hoe laat sluit de kopij?").fill("10:30")
        page.get_by_role("button", name="Bewaar de kalender").click()
        expect(page.get_by_role("heading", name="Iemand was u net voor")).to_be_visible()
        expect(page.get_by_text(f"11.{limit:02} uur")).to_be_visible()
        check_in_both_schemes(page)


def test_a_readers_own_pages_are_accessible(site: Site, browse: Open) -> None:
    mail = next(m for m in reversed(site.smtp.received) if m.message["List-Unsubscribe"])
    leave = str(mail.message["List-Unsubscribe"]).strip(" <>")
    body = mail.message.get_body(("plain",))
    manage = next(word for word in str(body and body.get_content()).split() if "/voorkeuren/" in word)
    with browse() as page:
        for address in (leave, manage, *own_pages(site)):
            page.goto(address)
            check_in_every_look(page)


def own_pages(site: Site) -> list[str]:
    """What a reader sees by links that are mailed on request: preferences, all data, and "do you still work here?"."""
    with site.stored() as session:
        claim = session.scalars(select(Membership).where(Membership.until.is_not(None))).first()
        assert claim is not None
        claim.until, claim.reminders = site.clock() + timedelta(days=20), 1
        key = claim.subscriber.link_key
    with site.app.app_context():
        links = services().links
        preferences = links.manage(key, site.clock() + timedelta(days=1))
        still_there = links.still_there(key, site.clock())
    return [preferences, preferences.replace("/voorkeuren/", "/mijn-gegevens/"), still_there]


def test_mails_are_accessible(site: Site, browse: Open) -> None:
    edition = next(m for m in site.smtp.received if m.message["List-Id"])
    notice = next(m for m in site.smtp.received if m.message["Auto-Submitted"])
    with browse() as page:
        for mail in (edition, notice):
            page.goto("about:blank")
            page.set_content(html_of(mail.content))
            check_in_every_look(page)


def test_letters_of_every_kind_are_accessible_without_their_pictures(browse: Open) -> None:
    with browse() as page:
        page.route("**/afbeelding/**", lambda route: route.abort())
        for kind in (kind for kind in every_kind() if kind.name in LETTERS):
            page.goto("about:blank")
            page.set_content(html_of(kind.message))
            check_in_every_look(page)


def test_a_table_of_four_columns_fits_a_telephone(browse: Open) -> None:
    url = f"https://www.gemeente.example/{'agenda' * 12}"
    table = (
        f"| Datum | Plaats | Tijd | Wat |\n|---|---|---|---|\n| 3 dec | Hellevoetsluis | 14.00 uur | Ondermijning |"
        f"\n\n| Wat | Link |\n|---|---|\n| Agenda | {url} |"
    )
    with browse(width=360) as page:
        page.set_content(RENDERER.card_html(Card("news", Tag("NOORD", 1), "Kop", body=table), "nl"))
        assert not overflows(page)


def test_the_words_of_a_picture_that_is_not_loaded_are_not_cut_off(browse: Open) -> None:
    long = "Een gemeentehuis aan het water, met een vlag op het dak. " * 5
    picture = Picture("https://nieuwsbrief.example/afbeelding/1", long.strip(), 1152, 240)
    card = Card("news", Tag("NOORD", 1), "Kop", link_url="https://noord.example/", picture=picture)
    with browse(width=360) as page:
        page.route("**/afbeelding/**", lambda route: route.abort())
        page.set_content(RENDERER.card_html(card, "nl"))
        height = page.evaluate("document.images[0].offsetHeight")
    assert height > 7 * 17 * 1.4  # eight lines of the letter's own height, where the picture would be 65 high
