"""Accounts as they are outside of the demonstration, at a real browser: invited, with a second factor, and closed.

The site lies on localhost: browsers make no passkeys for a number.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from newsletter_service.demo.load import PASSWORD
from newsletter_service.staff.second_factor.codes import app_codes
from tests.browser.conftest import (
    Open,
    Site,
    running_site,
    sign_in_at_the_door,
    tab_to,
    windows_on,
)
from tests.browser.test_accessibility import check, check_in_every_look
from tests.factories import SUPPRESSION_KEY

ANOTHER = "kanaal fiets donder wolk"
CODES = app_codes(SUPPRESSION_KEY)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product with a second factor for everybody who can release or administer."""
    folder = tmp_path_factory.mktemp("strict")
    with running_site(folder, "localhost", second_factor_required=True) as site:
        yield site


@pytest.fixture
def window(chromium: Browser, strict: Site) -> Open:
    return windows_on(chromium, strict)


def with_authenticator(page: Page) -> None:
    """Give the browser a passkey's home, which confirms by itself that somebody is there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def code(key: str, now: datetime) -> str:
    return str(CODES._totp(key=key.replace("-", "")).generate(time=now).token)


def set_app_up(page: Page, site: Site) -> tuple[str, list[str]]:
    """By keyboard; the app's key and the recovery codes."""
    tab_to(page, "Stel een app in")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Stel een app met codes in").wait_for()
    check(page)
    key = page.locator(".secret code").inner_text()
    page.get_by_label("Code uit de app").focus()
    page.keyboard.type(code(key, site.clock()))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Bewaar uw herstelcodes").wait_for()
    check(page)
    return key, page.locator(".secret code").all_inner_texts()


def set_passkey_up(page: Page) -> None:
    page.get_by_role("link", name="Voeg een passkey toe").click()
    page.get_by_label("Naam").fill("laptop")
    check(page)
    page.get_by_role("button", name="Maak de passkey").click()
    page.get_by_role("heading", name="Bewaar uw herstelcodes").wait_for()


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/redactie/inloggen")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord", exact=True).fill(password)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url(lambda address: not address.endswith("/inloggen"))


@contextmanager
def administrator(window: Open) -> Iterator[Page]:
    """At her desk, by a passkey."""
    with window() as page:
        with_authenticator(page)
        sign_in_at_the_door(page, "beheer")
        if page.get_by_role("heading", name="De tweede stap").count():
            pytest.fail("the passkey of another window is asked for")
        set_passkey_up(page)
        page.get_by_role("link", name="Ik heb ze bewaard").click()
        yield page
        page.goto("/redactie/mijn-account/tweede-stap")
        page.get_by_role("button", name="Haal laptop weg").click()
        page.get_by_text("De passkey is weggehaald.").wait_for()


def test_who_is_invited_chooses_a_password_sets_a_code_up_and_is_closed_while_signed_in(
    window: Open, strict: Site
) -> None:
    email = "nienke.nieuw@maasdelta.example"
    with administrator(window) as boss, window(360, dark=True) as page:
        boss.goto("/redactie/accounts")
        boss.get_by_role("link", name="Nodig iemand uit").click()
        boss.get_by_label("E-mailadres").fill(email)
        boss.get_by_label("Naam").fill("Nienke Nieuw")
        boss.get_by_label("communicatie").check()
        boss.get_by_role("button", name="Verstuur de uitnodiging").click()
        expect(boss.get_by_text("Nienke Nieuw krijgt een e-mail")).to_be_visible()
        check_in_every_look(boss)
        (mail,) = strict.mails_to(email)
        words = mail.message.get_body(("plain",))
        assert words is not None
        found = re.search(rf"{strict.base_url}/redactie/uitnodiging/\S+", words.get_content())
        assert found is not None
        page.goto(found[0])
        page.get_by_label("Nieuw wachtwoord").fill("nienke nieuw 12")
        page.get_by_role("button", name="Bewaar dit wachtwoord").click()
        expect(page.get_by_text("vooral uit woorden die een ander kan raden").first).to_be_visible()
        check(page)
        page.get_by_label("Nieuw wachtwoord").fill(ANOTHER)
        page.get_by_role("button", name="Bewaar dit wachtwoord").click()
        log_in(page, email, ANOTHER)
        expect(page.get_by_text("Daarom heeft u een tweede stap nodig")).to_be_visible()
        check(page)
        key, _codes = set_app_up(page, strict)
        page.get_by_role("link", name="Ik heb ze bewaard").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        boss.get_by_role("button", name="Sluit dit account").click()
        expect(boss.get_by_text("Het account is gesloten.")).to_be_visible()
        page.goto("/redactie/edities")
        expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
        assert key


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_a_passkey_is_made_and_signs_in_by_keyboard(
    window: Open, strict: Site, width: int, dark: bool
) -> None:
    who = "hoofd.var" if dark else "hoofd.riec"
    with window(width, dark) as page:
        with_authenticator(page)
        sign_in_at_the_door(page, who)
        expect(page.get_by_text("Daarom heeft u een tweede stap nodig")).to_be_visible()
        check(page)
        set_passkey_up(page)
        page.goto("/redactie/mijn-account")
        check(page)
        page.goto("/redactie/mijn-account/tweede-stap")
        expect(page.get_by_text("laptop, sinds")).to_be_visible()
        check(page)
        page.context.clear_cookies()
        log_in(page, f"{who}@maasdelta.example")
        expect(page.get_by_role("heading", name="De tweede stap")).to_be_visible()
        check(page)
        tab_to(page, "Gebruik uw passkey")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/redactie/$"))


def test_a_lost_phone_is_got_over_by_a_code_and_then_by_an_administrator(window: Open, strict: Site) -> None:
    email = "communicatie@maasdelta.example"
    with administrator(window) as boss, window(360) as page:
        sign_in_at_the_door(page, "communicatie")
        key, codes = set_app_up(page, strict)
        strict.clock.move(minutes=1)
        page.context.clear_cookies()
        log_in(page, email)
        page.get_by_label("Code").fill("000000")
        page.get_by_role("button", name="Inloggen").click()
        expect(page.get_by_text("Deze code klopt niet").first).to_be_visible()
        check(page)
        page.get_by_label("Code").fill(code(key, strict.clock()))
        page.get_by_role("button", name="Inloggen").click()
        page.wait_for_url(re.compile(r"/redactie/$"))
        page.context.clear_cookies()
        log_in(page, email)
        page.get_by_label("Code").fill(codes[0])
        page.get_by_role("button", name="Inloggen").click()
        page.wait_for_url(re.compile(r"/redactie/$"))
        page.context.clear_cookies()
        boss.goto("/redactie/accounts")
        boss.get_by_role("link", name="Samira Haddad").click()
        expect(boss.get_by_role("heading", name="Toegang")).to_be_visible()
        check(boss)
        boss.get_by_role("button", name="Haal de tweede stap weg").click()
        expect(boss.get_by_text("Alle beheerders krijgen hierover een e-mail")).to_be_visible()
        told = strict.mails_to("beheer@maasdelta.example")
        assert "De tweede stap van Samira Haddad is weggehaald" in [one.message["Subject"] for one in told]
        log_in(page, email)
        expect(page.get_by_text("Daarom heeft u een tweede stap nodig")).to_be_visible()
