"""A list of readers is handed in, looked at, checked and taken in, by somebody at a browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from newsletter_service.subscriptions.models import Subscriber
from tests.browser.conftest import Open, Site, sign_in
from tests.browser.test_accessibility import LOOKS, check, check_in_every_look
from tests.subscriptions.unit.test_programs import SAMPLES

HEADER = "E-mailadres;Naam;Wie;Functie\n"


def hand_in(page: Page, file: Path) -> None:
    page.goto("/redactie/lezers")
    page.get_by_role("link", name="Lees een lijst in").click()
    page.locator("#file").set_input_files(file)
    check(page)
    page.get_by_role("button", name="Bekijk dit bestand").click()


def answer(page: Page) -> None:
    page.get_by_label("Waar stemden deze lezers mee in?").fill("Vakje 'Ja, stuur mij de nieuwsbrief'")
    page.get_by_label("Waar deden zij dat?").fill("https://oud.gemeente.example/nieuwsbrief")
    page.get_by_role("button", name="Controleer, zonder iets te veranderen").click()


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_every_step_of_a_list_is_accessible_and_follows_by_itself(
    site: Site, browse: Open, tmp_path: Path, width: int, dark: bool
) -> None:
    file = tmp_path / "subscribers.csv"
    text = (SAMPLES / "listmonk.csv").read_text("utf-8")
    file.write_text(text.replace("@gemeente.example", f"@g{width}{dark}.example".lower()), "utf-8")
    with browse(width=width, dark=dark) as page:
        sign_in(page, "communicatie")
        hand_in(page, file)
        expect(page.get_by_text("We kijken wat er in het bestand staat.")).to_be_visible()
        check(page)
        site.tick()
        expect(page.get_by_text("Dit is een export van listmonk.")).to_be_visible()
        check(page)
        page.get_by_role("button", name="Controleer, zonder iets te veranderen").click()
        expect(page.locator("#fouten")).to_be_focused()
        check(page)
        answer(page)
        site.tick()
        expect(page.get_by_role("heading", name="Dit gaat er gebeuren")).to_be_visible()
        check(page)
        page.get_by_role("button", name="Lees de lijst in").click()
        check(page)
        site.tick()
        expect(page.get_by_role("heading", name="Dit is er gebeurd")).to_be_visible()
        check(page)
        page.goto("/redactie/lezers/lijsten")
        check(page)
    with site.stored() as session:
        brought = select(Subscriber.name).where(Subscriber.domain == f"g{width}{dark}.example".lower())
        assert session.scalars(brought).all() == ["Anna Vos"]


def test_asking_a_list_by_mail_is_accessible_and_says_when_the_last_mail_goes(
    site: Site, browse: Open, tmp_path: Path
) -> None:
    file = tmp_path / "gasten.csv"
    file.write_text("E-mailadres;Naam\ndina@vragen.example;Dina\n", "utf-8")
    with browse() as page:
        sign_in(page, "communicatie")
        hand_in(page, file)
        site.tick()
        page.get_by_label("Dat kan ik niet aantonen").check()
        check_in_every_look(page)
        page.get_by_role("button", name="Controleer, zonder iets te veranderen").click()
        expect(page.locator("#fouten")).to_be_focused()
        check_in_every_look(page)
        page.get_by_label("Waar kent u deze mensen van?").fill("het jaarcongres van 2025")
        page.get_by_role("button", name="Controleer, zonder iets te veranderen").click()
        site.tick()
        expect(page.get_by_text("De laatste gaat rond")).to_be_visible()
        check_in_every_look(page)
        page.get_by_role("button", name="Gooi deze lijst weg").click()
        expect(page.get_by_text("De lijst is weggegooid.")).to_be_visible()


def test_columns_are_chosen_by_who_knows_them_and_faults_are_named_by_their_lines(
    site: Site, browse: Open, tmp_path: Path
) -> None:
    file = tmp_path / "lezers.csv"
    file.write_text(f"{HEADER}cor@kolommen.example;Cor;Gemeente;politie\ngeen adres;Dirk;;\n", "utf-8")
    with browse() as page:
        sign_in(page, "communicatie")
        hand_in(page, file)
        site.tick()
        page.get_by_label("Wie", exact=True).select_option("Organisatie")
        page.get_by_label("Functie", exact=True).select_option("Doelgroepen")
        answer(page)
        site.tick()
        expect(
            page.get_by_text("Regel 3: Dit is geen e-mailadres waar we naar kunnen mailen.")
        ).to_be_visible()
        check(page)
        page.get_by_role("button", name="Kies andere kolommen of antwoorden").click()
        expect(page.get_by_label("Wie", exact=True)).to_be_visible()
        page.get_by_role("button", name="Gooi deze lijst weg").click()
        expect(page.get_by_text("De lijst is weggegooid. Er is niets ingelezen.")).to_be_visible()
