"""A newsletter is set up in the browser: from the terminal's code to the first sign-in."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.setup.views import init_setting_up
from tests.browser.conftest import PATIENCE_MILLISECONDS, close, reserved_port, served, settings
from tests.browser.test_accessibility import check_in_every_look
from tests.conftest import CLOSED_PORT, Clock
from tests.tables import create_tables

PASSWORD = "een lange zin voor Anna"


@pytest.fixture
def terminal(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("WARNING")
    return caplog


@pytest.fixture
def empty(tmp_path: Path, terminal: pytest.LogCaptureFixture) -> Iterator[str]:
    """The address of a service without data."""
    with reserved_port() as port:
        app: Flask = create_app(settings(tmp_path, port, CLOSED_PORT), Clock(datetime.now(UTC)))
        with app.app_context():
            create_tables(db.engine)
        init_setting_up(app)
        with served(app, port):
            yield f"http://127.0.0.1:{port}"
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def page(chromium: Browser, empty: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=empty, locale="nl-NL", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MILLISECONDS)
    yield page
    close(context)


def row(page: Page, name: str, *typed: str) -> None:
    """Fill in the fields of a row."""
    fields = page.get_by_role("group", name=name, exact=True).get_by_role("textbox")
    for place, words in enumerate(typed):
        fields.nth(place).fill(words)


def test_from_the_code_in_the_terminal_to_the_first_sign_in(
    page: Page, terminal: pytest.LogCaptureFixture
) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="De nieuwsbrief is er nog niet")).to_be_visible()
    check_in_every_look(page)
    page.get_by_role("link", name="Zet de nieuwsbrief op").click()
    check_in_every_look(page)
    page.get_by_role("button", name="Zet de nieuwsbrief op").click()
    expect(page.get_by_role("heading", name="Er klopt iets nog niet")).to_be_visible()
    check_in_every_look(page)
    code = re.search(r"the code (\S+) there", terminal.get_records("setup")[-1].getMessage())
    assert code is not None
    page.get_by_role("button", name="Meer lege regels").click()
    expect(page.get_by_role("button", name="Meer lege regels")).to_be_focused()
    page.get_by_label("Code").fill(code[1].lower())
    page.get_by_label("Naam van de nieuwsbrief").fill("Samen Veilig")
    page.get_by_label("Ondertitel", exact=True).fill("Nieuws van Noord en Zuid")
    page.get_by_label("Ondertitel in het Engels").fill("News of North and South")
    page.get_by_label("Postadres").fill("Postbus 1, 1000 AA Voorbeeldstad")
    row(page, "Organisatie 1", "NOORD", "Samenwerking Noord")
    row(page, "Doelgroep 1", "Politie", "Police", "*.politie-noord.example")
    row(page, "Thema 1", "Jeugd", "Youth")
    page.get_by_role("region", name="De eerste beheerder").get_by_label("Naam").fill("Anna de Boer")
    page.get_by_label("E-mailadres").fill("anna@noord.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_label("Nog een keer").fill(PASSWORD)
    page.get_by_role("button", name="Zet de nieuwsbrief op").click()
    expect(page.get_by_role("heading", name="Samen Veilig is opgezet")).to_be_visible()
    check_in_every_look(page)
    page.get_by_role("link", name="Inloggen").click()
    page.get_by_label("E-mailadres").fill("anna@noord.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", name="Goedendag, Anna de Boer")).to_be_visible()
    page.goto("/opzetten")
    expect(page.get_by_role("heading", name="Deze pagina is er niet")).to_be_visible()
