"""Two heads, two browsers: what looks alike is found, made one, agreed to, and undone; by keyboard where it matters."""

from contextlib import ExitStack

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import check_in_every_look

TITLE = "Kennissessie digitale weerbaarheid van ondernemers"


def write(page: Page, title: str, lead: str) -> None:
    page.goto("/redactie/kopij/nieuw")
    page.get_by_label("Titel").fill(title)
    page.get_by_label("Samenvatting").fill(lead)


def test_what_looks_alike_is_found_joined_agreed_to_and_undone(browse: Open, site: Site) -> None:
    with ExitStack() as pages:
        north, south = (pages.enter_context(browse()) for _ in range(2))
        for page, who in ((north, "hoofd.var"), (south, "hoofd.riec")):
            page.context.clear_cookies()
            sign_in(page, who)
        write(north, TITLE, "Wat kunnen ondernemers doen tegen digitale aanvallen?")
        north.get_by_role("button", name="Zet in de wachtrij").click()
        write(south, f"{TITLE} in de haven", "Wat ondernemers doen tegen digitale aanvallen.")
        expect(south.get_by_text("Lijkt op")).to_be_visible()
        south.get_by_role("button", name="Zet in de wachtrij").click()
        expect(south.get_by_role("heading", name="Eén bericht of twee?")).to_be_visible()
        check_in_every_look(south)
        south.get_by_role("radio", name="Van VAR: Kennissessie").check()
        south.get_by_role("button", name="Maak één bericht").press("Enter")
        expect(south.get_by_text("wil er één bericht van maken. Tot elke organisatie")).to_be_visible()
        check_in_every_look(south)
        north.goto("/redactie/")
        north.get_by_role("link", name=f"Lees en beslis: {TITLE}").click()
        expect(north.get_by_text("Dit gezamenlijke bericht wacht op akkoord.")).to_be_visible()
        check_in_every_look(north)
        north.goto(south.url)
        north.get_by_role("button", name="Akkoord").press("Enter")
        expect(north.get_by_text("Beide berichten zijn opgegaan in dit ene.")).to_be_visible()
        north.get_by_role("button", name="Draai terug").press("Enter")
        expect(north.get_by_text("Het is teruggedraaid")).to_be_visible()
        check_in_every_look(north)
    mails = [one.message["Subject"] for one in site.mails_to("hoofd.var@maasdelta.example")]
    assert any("één maken" in str(subject) for subject in mails)
