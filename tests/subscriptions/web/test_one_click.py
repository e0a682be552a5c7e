"""Unsubscribing by a mail program's own button (RFC 8058)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from newsletter_service.links.tokens import new_key
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from tests.subscriptions.web.conftest import Pages, Stored

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
KINDS = ["application/x-www-form-urlencoded", "multipart/form-data"]
Status = Callable[[], str | None]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_one_post_ends_it_without_redirect_cookie_or_token(
    client: FlaskClient, anna: Pages, status: Status, kind: str, slash: str
) -> None:
    answer = client.post(anna.leave() + slash, data=ONE_CLICK, content_type=kind)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert status() == "left"


def test_a_second_post_is_as_good_as_the_first_and_one_step_of_consent(
    client: FlaskClient, stored: Stored, anna: Pages
) -> None:
    for _ in range(3):
        assert client.post(anna.leave(), data=ONE_CLICK).status_code == 200
    with stored() as session:
        assert session.scalars(select(Consent.step)).all() == ["left"]


def test_it_comes_from_anywhere(client: FlaskClient, anna: Pages, status: Status) -> None:
    headers = {"Origin": "https://mail.elders.example", "Referer": "https://mail.elders.example/inbox"}
    assert client.post(anna.leave(), data=ONE_CLICK, headers=headers).status_code == 200
    assert status() == "left"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_looking_changes_nothing(
    client: FlaskClient, anna: Pages, status: Status, method: str, slash: str
) -> None:
    for _ in range(3):
        answer = client.open(anna.leave() + slash, method=method)
        assert answer.status_code == 200
        assert ("Meld mij af" in answer.text) is (method == "GET")
    assert status() == "active"


def test_a_subscription_that_is_over_is_left_alone_and_the_program_told_all_is_well(
    client: FlaskClient, stored: Stored, anna: Pages, status: Status
) -> None:
    with stored() as session:
        session.execute(update(Subscriber).values(link_key=new_key()))
    answer = client.post(anna.leave(), data=ONE_CLICK)
    assert (answer.status_code, answer.data) == (200, b"")
    assert status() == "active"
    assert client.post(anna.leave()).status_code == 410, "a person reads that the link is dead"
    with stored() as session:
        session.execute(delete(Subscriber))
    assert client.post(anna.leave(), data=ONE_CLICK).status_code == 200


def test_a_forged_link_is_no_link(client: FlaskClient, anna: Pages, status: Status) -> None:
    forged = anna.leave()[:-2] + "xx"
    assert client.post(forged, data=ONE_CLICK).status_code == 410
    assert client.post(anna.manage().replace("voorkeuren", "afmelden"), data=ONE_CLICK).status_code == 410
    assert status() == "active"
