"""A session that ended loses nobody's words, and shows them to nobody else."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from newsletter_service.editorial.models import Item
from tests.conftest import Clock
from tests.editorial.web.conftest import LedgerClient
from tests.staff_browser import PASSWORD, StaffBrowser, words

Stored = Callable[[], AbstractContextManager[Session]]
Photo = Callable[[], tuple[BytesIO, str]]
NEW = "/redactie/kopij/nieuw"
TYPED = {"kind": "news", "title": "Urenlang getypt", "lead": "Twee\r\nregels & <tekens>", "priority": "1"}


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form in the middle of a page."""
    form = page[page.index('class="panel"') :]
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    }


def opened(browser: StaffBrowser) -> dict[str, str]:
    """What a form on a page of this browser has besides what is typed."""
    page = browser.client.get(NEW, follow_redirects=True).text
    found = re.findall(r'name="(csrf_token|pagina-van)" value="([^"]+)"', page)
    return dict(found)


def items(stored: Stored) -> list[Item]:
    with stored() as session:
        found = list(session.scalars(select(Item).where(Item.title == TYPED["title"])))
        for item in found:
            session.expunge(item)
        return found


def sign_in_there(
    client: FlaskClient, page: TestResponse, email: str, password: str = PASSWORD, **more: object
) -> TestResponse:
    return client.post(
        NEW, data=hidden(page.text) | {"inloggen-email": email, "inloggen-password": password} | more
    )


@pytest.fixture
def over(client: FlaskClient, head: StaffBrowser, clock: Clock) -> TestResponse:
    """The answer to a form that was sent after the session had ended."""
    page = opened(head)
    clock.move(hours=3)
    return client.post(NEW, data=TYPED | page)


def test_signing_in_on_that_very_page_goes_on_with_what_was_typed(
    client: FlaskClient, over: TestResponse, stored: Stored, desk: LedgerClient
) -> None:
    assert over.status_code == 401
    assert "Wat u typte is niet verloren" in words(over.text)
    assert over.headers["Cache-Control"] == "no-store"
    assert items(stored) == []
    answer = sign_in_there(client, over, desk.head)
    assert answer.headers["Location"].startswith("/redactie/kopij/")
    (item,) = items(stored)
    assert item.lead.split() == TYPED["lead"].split()
    assert client.get("/redactie/kopij/").status_code == 200


def test_closing_the_browser_in_between_loses_nothing_either(
    client: FlaskClient, head: StaffBrowser, stored: Stored, desk: LedgerClient
) -> None:
    page = opened(head)
    client.delete_cookie("redactie")
    over = client.post(NEW, data=TYPED | page)
    assert over.status_code == 401
    assert sign_in_there(client, over, desk.head).status_code == 302
    assert len(items(stored)) == 1


def test_a_wrong_password_keeps_what_was_typed(
    client: FlaskClient, over: TestResponse, stored: Stored, desk: LedgerClient
) -> None:
    again = sign_in_there(client, over, desk.head, "een heel ander wachtwoord")
    assert "horen niet bij elkaar" in words(again.text)
    assert "een heel ander wachtwoord" not in again.text
    assert hidden(again.text)["lead"] == TYPED["lead"]
    sign_in_there(client, again, desk.head)
    assert len(items(stored)) == 1


def test_another_account_that_signs_in_there_sees_none_of_it_and_sends_none_of_it(
    client: FlaskClient, over: TestResponse, stored: Stored, desk: LedgerClient
) -> None:
    answer = sign_in_there(client, over, desk.communicator)
    assert answer.headers["Location"] == "/redactie/"
    shown = client.get("/redactie/", follow_redirects=True).text
    assert "hoort bij een ander account" in shown
    assert TYPED["title"] not in shown
    assert items(stored) == []


def test_another_site_cannot_have_its_own_words_carried_in(
    client: FlaskClient,
    head: StaffBrowser,
    another_browser: Callable[[str], StaffBrowser],
    desk: LedgerClient,
) -> None:
    theirs = opened(another_browser(desk.other_head))
    client.delete_cookie("redactie")
    for forged in ({}, {"pagina-van": "1.1795424400.0000"}, {"csrf_token": theirs["csrf_token"]}):
        answer = client.post(NEW, data=TYPED | forged)
        assert answer.status_code == 400
        assert TYPED["title"] not in answer.text


def test_the_page_of_another_account_sends_nothing_for_who_is_signed_in(
    client: FlaskClient, head: StaffBrowser, stored: Stored, desk: LedgerClient
) -> None:
    page = opened(head)
    client.delete_cookie("redactie")
    StaffBrowser(client, desk.communicator)
    answer = client.post(NEW, data=TYPED | page)
    assert answer.status_code == 400
    assert TYPED["title"] not in answer.text
    assert items(stored) == []


def test_who_signed_in_again_in_another_tab_sends_it_once_more(
    client: FlaskClient, head: StaffBrowser, clock: Clock, stored: Stored, desk: LedgerClient
) -> None:
    page = opened(head)
    clock.move(hours=3)
    StaffBrowser(client, desk.head)
    outdated = client.post(NEW, data=TYPED | page)
    assert outdated.status_code == 409
    assert "opnieuw ingelogd" in words(outdated.text)
    assert items(stored) == []
    assert client.post(NEW, data=hidden(outdated.text)).status_code == 302
    assert len(items(stored)) == 1


def test_signing_in_there_takes_the_token_of_that_page(
    client: FlaskClient, over: TestResponse, stored: Stored, desk: LedgerClient
) -> None:
    fields = hidden(over.text) | {"csrf_token": "x"}
    answer = client.post(NEW, data=fields | {"inloggen-email": desk.head, "inloggen-password": PASSWORD})
    assert answer.status_code == 401
    assert items(stored) == []
    assert client.get("/redactie/kopij/").status_code == 302


def test_a_picture_has_to_be_chosen_again_and_the_page_says_so(
    client: FlaskClient, head: StaffBrowser, clock: Clock, stored: Stored, desk: LedgerClient, photo: Photo
) -> None:
    page = opened(head)
    clock.move(hours=3)
    over = client.post(NEW, data=TYPED | page | {"image": photo(), "image_alt": "Een haven"})
    assert "Kies opnieuw: foto.png" in words(over.text)
    assert 'enctype="multipart/form-data"' in over.text
    sign_in_there(client, over, desk.head, image=photo())
    (item,) = items(stored)
    assert item.image_id
    assert item.image_alt == "Een haven"


def test_more_than_a_page_can_hold_is_refused_in_words(
    client: FlaskClient, head: StaffBrowser, clock: Clock
) -> None:
    page = opened(head)
    clock.move(hours=3)
    answer = client.post(NEW, data=TYPED | page | {"body": "x" * 300_000})
    assert answer.status_code == 413
    assert "wat u typte staat er meestal nog" in answer.text
    assert client.post(NEW, data=page | {f"v{number}": "" for number in range(600)}).status_code == 413


def test_it_is_refused_in_the_same_words_when_only_the_token_is_older_than_the_session(
    client: FlaskClient, head: StaffBrowser
) -> None:
    page = opened(head) | {"csrf_token": "of another session"}
    answer = client.post(NEW, data=TYPED | page | {"body": "x" * 300_000})
    assert answer.status_code == 413
    assert "wat u typte staat er meestal nog" in answer.text
