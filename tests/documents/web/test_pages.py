import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.documents.models import Document
from newsletter_service.documents.rules import FIRST_VERSION
from newsletter_service.staff.rules import Role
from tests.conftest import Clock
from tests.factories import make_newsletter, make_organisation
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
FORM = {
    "based_on": FIRST_VERSION,
    "words_nl": "We sturen {nieuwsbrief}.\n\n## Hoe lang\n\n{bewaren}",
    "words_en": "We send {nieuwsbrief}.",
    "summary": "Korter en duidelijker.",
}


@pytest.fixture
def editor(client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        email = make_staff(session, Role.COMMUNICATOR).email
    return StaffBrowser(client, email)


def post(editor: StaffBrowser, kind: str = "privacy", **changed: str) -> str:
    answer = editor.post(f"/redactie/teksten/{kind}", **{**FORM, "actie": "publiceer", **changed})
    return f"{answer.status_code} {answer.text}"


def test_readers_see_a_new_version_and_can_read_the_one_before_as_it_was(
    editor: StaffBrowser, client: FlaskClient
) -> None:
    before = client.get("/privacy").text
    assert "functionaris voor gegevensbescherming" in before
    assert f"Versie {FIRST_VERSION}" in before
    assert post(editor).startswith("303")
    page = client.get("/privacy").text
    assert "We sturen Veilig Verbonden." in page
    assert "<h2>Hoe lang</h2>" in page
    assert "400 dagen" in page
    assert "Versie 2026-11-23" in page
    old = client.get(f"/privacy?versie={FIRST_VERSION}")
    assert "functionaris voor gegevensbescherming" in old.text
    assert "Dit is een eerdere versie" in old.text
    assert client.get("/privacy?versie=1999-01-01").status_code == 404
    assert "We send Veilig Verbonden." in client.get("/privacy?taal=en").text


def test_looking_first_publishes_nothing(editor: StaffBrowser, client: FlaskClient, stored: Stored) -> None:
    page = post(editor, actie="bekijk")
    assert page.startswith("200")
    assert "We sturen Veilig Verbonden." in page
    with stored() as session:
        assert session.scalars(select(Document)).all() == []


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("privacy", "{bewaaren}", "Dit kan niet worden ingevuld: {bewaaren}."),
        ("consent", "Ik wil {nieuwsbrief}.\n\nTwee alinea's.", "is één alinea"),
        ("consent", "x" * 1001, "korter dan 1000 tekens"),
        ("consent", "{bewaren}", "Dit kan niet worden ingevuld"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(
    editor: StaffBrowser, kind: str, words: str, said: str
) -> None:
    page = post(editor, kind, words_nl=words)
    assert page.startswith("422")
    assert said in page


def test_the_wording_beside_the_button_changes_with_it(editor: StaffBrowser, client: FlaskClient) -> None:
    assert post(editor, "consent", words_nl="Ja, stuur mij {nieuwsbrief}.").startswith("303")
    for path in ("/", "/aanmelden"):
        assert "Ja, stuur mij Veilig Verbonden." in client.get(path).text


def test_who_was_overtaken_keeps_what_they_typed(editor: StaffBrowser) -> None:
    assert post(editor).startswith("303")
    page = post(editor, words_nl="Mijn eigen woorden.")
    assert page.startswith("409")
    assert "Mijn eigen woorden." in page
    assert "publiceerde Sam Sanders versie 2026-11-23" in page


def test_heads_do_not_change_these_texts(client: FlaskClient, stored: Stored, clock: Clock) -> None:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        email = make_staff(session, Role.HEAD, organisation="noord").email
    head = StaffBrowser(client, email)
    assert head.get("/redactie/teksten").status_code == 403
    assert "/redactie/teksten" not in head.get("/redactie/").text


def test_a_text_named_by_its_hash_is_found_whatever_language_the_browser_asks_for(
    editor: StaffBrowser, client: FlaskClient
) -> None:
    assert post(editor).startswith("303")
    page = client.get("/privacy?taal=nl").text
    (old,) = re.findall(r'versie=([0-9a-f]{16})"', page)
    for language in ("nl", "en"):
        found = client.get(f"/privacy?versie={old}&taal={language}")
        assert found.status_code == 200
        assert "functionaris voor gegevensbescherming" in found.text
        assert '<div class="flow" lang="nl">' in found.text
