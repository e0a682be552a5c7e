"""The page behind the mail that asks readers for consent again."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import Place, Step
from newsletter_service.subscriptions.rules import Status
from scheduled_jobs import answer_forms
from tests.conftest import Clock
from tests.staff_browser import value_in
from tests.subscriptions.web.conftest import Pages, Stored
from tests.subscriptions.web.test_receipt import change

BUTTON = "Ik ga akkoord"


@pytest.fixture
def asked(anna: Pages, stored: Stored, clock: Clock) -> str:
    """The page, once a text changed."""
    change(stored, clock, asks_again=True)
    return anna._path(anna.links.agree(anna.key, clock.now))


def test_the_page_shows_the_text_of_now_and_takes_one_press(
    asked: str, client: FlaskClient, stored: Stored, clock: Clock
) -> None:
    page = client.get(asked).text
    assert "Ja, Veilig Verbonden." in page
    for _ in range(2):
        answer = client.post(asked, data={"gelezen": value_in(page, "gelezen")})
        assert "We hebben genoteerd dat u akkoord gaat." in answer.text
    assert BUTTON not in client.get(asked).text
    with stored() as session:
        (row,) = session.scalars(select(Consent))
        assert (row.step, row.source, row.at) == (Step.CONFIRMED, Place.AGREE, clock.now)
        assert (row.wording_version, row.wording and row.wording.words) == (
            "2026-11-23",
            "Ja, Veilig Verbonden.",
        )


def test_a_text_that_nobody_was_shown_is_shown_again_and_agreed_to_by_nobody(
    asked: str, client: FlaskClient, stored: Stored
) -> None:
    answer = client.post(asked, data={"gelezen": "0" * 128})
    assert answer.status_code == 409
    assert BUTTON in answer.text
    with stored() as session:
        assert session.scalars(select(Consent)).all() == []


def test_who_left_is_led_to_the_page_that_says_so(
    asked: str, client: FlaskClient, set_status: object, stored: Stored
) -> None:
    set_status(Status.LEFT)  # type: ignore[operator]  # a fixture's function
    answer = client.post(asked)
    assert answer.status_code == 303
    assert "U bent afgemeld" in client.get(answer.headers["Location"]).text
    with stored() as session:
        assert session.scalars(select(Consent)).all() == []


def test_a_link_for_something_else_agrees_to_nothing(anna: Pages, asked: str, client: FlaskClient) -> None:
    for other in (anna.manage(), anna.still_there()):
        token = other.rpartition("/")[2]
        assert client.post(f"/akkoord/{token}").status_code == 410
    assert client.get(re.sub(r".$", "x", asked)).status_code == 410


def test_sign_up_is_bound_to_the_text_that_its_form_showed(
    app: Flask, client: FlaskClient, anna: Pages, stored: Stored, clock: Clock
) -> None:
    shown = value_in(client.get("/aanmelden").text, "gelezen")
    assert value_in(client.get("/").text, "gelezen") == shown
    change(stored, clock, asks_again=False)
    form = {"address": "bob@gemeente.example", "language": "nl"}
    assert client.post("/aanmelden", data={**form, "gelezen": shown}).status_code == 200
    refused = client.post(
        "/aanmelden", data={**form, "address": "cor@gemeente.example", "gelezen": "0" * 128}
    )
    assert refused.status_code == 422
    assert "De tekst bij de knop is veranderd." in refused.text
    with app.app_context():
        answer_forms.run()
    with stored() as session:
        (row,) = session.scalars(select(Consent).where(Consent.step == Step.ASKED))
        assert (row.wording_hash, row.privacy_hash) == (shown[:64], shown[64:])
