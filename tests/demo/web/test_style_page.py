"""The page of components shows each of them, so that axe and the screenshots see each."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.settings import Settings
from newsletter_service.staff.rules import Role
from newsletter_service.web.sheets import SHEETS, STYLES
from tests.factories import make_newsletter, make_organisation
from tests.house.stylesheets import classes_of
from tests.staff_browser import StaffBrowser, make_staff
from tests.tables import create_tables

CLASSES = re.compile(r'class="([^"]*)"')
FRAMES_OF_PAGES = {"desk-frame", "edition"}
"""What lays out whole pages: on the page of components there is no page to lay out."""


@pytest.fixture
def editor(settings: Settings) -> Iterator[StaffBrowser]:
    """Somebody at the desk of a demonstration of two organisations."""
    app: Flask = create_app(replace(settings, demo=True, base_url="http://127.0.0.1:8000"))
    with app.app_context():
        create_tables(db.engine)
        with Session(db.engine) as session:
            make_newsletter(session)
            for accent, slug in enumerate(("noord", "zuid"), 1):
                make_organisation(session, slug, accent)
            email = make_staff(session, Role.COMMUNICATOR).email
            session.commit()
    yield StaffBrowser(app.test_client(), email)
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(("side", "sheet"), [("public", "lezers"), ("staff", "redactie")])
def test_every_component_of_a_sheet_stands_on_the_page_of_components(
    editor: StaffBrowser, side: str, sheet: str
) -> None:
    page = editor.get(f"/redactie/stijl/{side}").text
    shown = {word for words in CLASSES.findall(page) for word in words.split()}
    parts = {name: classes_of((STYLES / f"{name}.css").read_text()) for name in SHEETS[sheet]}
    missing = [name for name, classes in parts.items() if classes and not classes & shown]
    assert set(missing) - FRAMES_OF_PAGES == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_letter_is_shown_in_either_scheme(editor: StaffBrowser, scheme: str) -> None:
    answer = editor.get(f"/redactie/stijl/brief?schema={scheme}")
    assert answer.status_code == 200
    assert "prefers-color-scheme" not in answer.text
