import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Site, overflows, tab_to
from tests.smtp_server import Received


def link_to(mail: Received, page: str) -> str:
    body = mail.message.get_body(("plain",))
    assert body is not None
    (found,) = re.findall(rf"https?://\S+/{page}/\S+", str(body.get_content()))
    return str(found)


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, False)])
def test_signing_up_takes_a_keyboard_and_one_screen(
    site: Site, browse: Open, width: int, scripts: bool
) -> None:
    address = f"nieuw{width}@gemeente-dijkerwaard.example"
    with browse(width=width, scripts=scripts) as page:
        page.goto("/aanmelden")
        assert not overflows(page) if scripts else True
        page.get_by_label("E-mailadres").focus()
        page.keyboard.type(address)
        page.keyboard.press("Tab")
        page.keyboard.type("Noëlle van 't Hof")
        page.get_by_label("OVV'er").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Aanmelden").focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Kijk in uw mailbox")

        (mail,) = site.mails_to(address)
        page.goto(link_to(mail, "bevestigen"))
        page.get_by_role("button", name="Ja, stuur mij de nieuwsbrief").focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("bevestigd")

        page.get_by_role("link", name="voorkeuren").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/voorkeuren/**")
        assert page.get_by_label("OVV'er").is_checked()
        assert page.get_by_label("Naam").input_value() == "Noëlle van 't Hof"


@pytest.mark.parametrize(("width", "scripts"), [(1280, False), (320, True)])
def test_the_front_door_asks_for_an_address_and_the_choices_follow(
    site: Site, browse: Open, width: int, scripts: bool
) -> None:
    address = f"voordeur{width}@gemeente-dijkerwaard.example"
    with browse(width=width, scripts=scripts) as page:
        page.goto("/")
        assert not overflows(page) if scripts else True
        page.get_by_label("E-mailadres").fill(address)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Kijk in uw mailbox")
        (mail,) = site.mails_to(address)
        page.goto(link_to(mail, "bevestigen"))
        page.get_by_role("button", name="Ja, stuur mij de nieuwsbrief").click()
        page.get_by_role("link", name="voorkeuren").first.click()
        page.get_by_label("Ondermijning").check()
        page.get_by_role("button", name="Bewaar mijn voorkeuren").click()
        expect(page.get_by_text("Uw voorkeuren zijn bewaard.")).to_be_visible()


def test_leaving_and_coming_back_takes_two_buttons(site: Site, browse: Open) -> None:
    mail = next(m for m in site.smtp.received if m.message["List-Unsubscribe"])
    with browse(width=360, scripts=False) as page:
        page.goto(str(mail.message["List-Unsubscribe"]).strip(" <>"))
        page.get_by_role("button", name="Meld mij af").focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("U bent afgemeld")
        page.get_by_role("button", name="Meld mij weer aan").focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("weer aangemeld")


def test_what_is_wrong_is_said_at_the_field_and_reached_by_keyboard(browse: Open) -> None:
    with browse() as page:
        page.goto("/aanmelden")
        page.get_by_label("E-mailadres").fill("geen adres")
        page.get_by_role("button", name="Aanmelden").click()
        field = page.get_by_label("E-mailadres")
        assert field.get_attribute("aria-invalid") == "true"
        described = page.locator(f"#{(field.get_attribute('aria-describedby') or '').split()[-1]}")
        assert "staat een @" in described.inner_text()
        tab_to(page, "E-mailadres")


def test_english_is_one_click_away_and_stays(browse: Open) -> None:
    with browse() as page:
        page.goto("/aanmelden")
        page.get_by_role("link", name="English").click()
        expect(page.locator("h1")).to_have_text("Sign up for the newsletter")
        page.get_by_role("link", name="Earlier editions").first.click()
        expect(page.locator("h1")).to_have_text("Earlier editions")
        expect(page.locator("html")).to_have_attribute("lang", "en")
