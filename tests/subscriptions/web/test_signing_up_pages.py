"""The sign-up form asks about a slip, says where mail goes, asks for patience, and shows what comes from elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from newsletter_service.budgets.rules import FormLimits
from newsletter_service.links.urls import Links
from newsletter_service.subscriptions.requests.models import FormRequest
from newsletter_service.subscriptions.requests.rules import PATIENCE
from tests.conftest import Clock
from tests.factories import make_newsletter, make_segment, make_topic
from tests.subscriptions.web.conftest import Stored

FORMS = ("/aanmelden", "/link-kwijt")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def newsletter(stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)
        make_segment(session, "politie", domains=("politie-maasdelta.example",))
        make_topic(session, "jeugd")
        make_topic(session, "haven")


def send(client: FlaskClient, form: str, address: str, **fields: object) -> TestResponse:
    return client.post(form, data={"address": address, "language": "nl", **fields})


def asked_for(stored: Stored) -> list[str]:
    with stored() as session:
        return list(session.scalars(select(FormRequest.address).order_by(FormRequest.id)))


def limited(app: Flask, **limits: int) -> None:
    app.extensions["newsletter"] = replace(app.extensions["newsletter"], form_limits=FormLimits(**limits))


def test_the_page_after_signing_up_shows_the_address_and_how_many_mails_come_at_most(
    client: FlaskClient,
) -> None:
    answer = send(client, "/aanmelden", "Anna@Bücher.example")
    assert answer.status_code == 200
    assert "anna@bücher.example" in answer.text
    assert "hoogstens 3 van zulke e-mails per dag" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("form", FORMS)
def test_a_likely_slip_is_asked_about_once(client: FlaskClient, stored: Stored, form: str) -> None:
    page = send(client, form, "anna@politie-masdelta.example")
    assert "Bedoelt u anna@politie-maasdelta.example?" in page.text
    assert asked_for(stored) == []
    hidden: Mapping[str, str] = dict(HIDDEN.findall(page.text))
    send(client, form, "anna@politie-masdelta.example", **hidden)
    assert asked_for(stored) == ["anna@politie-masdelta.example"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("said", "address"),
    [("yes", "anna@politie-maasdelta.example"), ("no", "anna@politie-masdelta.example")],
)
def test_either_answer_is_taken(
    client: FlaskClient, stored: Stored, form: str, said: str, address: str
) -> None:
    typed = "Anna@Politie-masdelta.example"
    send(client, form, typed, asked_about=typed.lower(), meant=said)
    assert asked_for(stored) == [address]


@pytest.mark.parametrize("form", FORMS)
def test_who_types_another_address_than_was_asked_about_gets_that_one(
    client: FlaskClient, stored: Stored, form: str
) -> None:
    said = {"asked_about": "anna@politie-masdelta.example", "meant": "yes"}
    send(client, form, "anna@elders.example", **said)
    assert asked_for(stored) == ["anna@elders.example"]
    assert "Bedoelt u" in send(client, form, "bert@politie-masdelta.example", **said).text


@pytest.mark.parametrize("page", ["/", "/aanmelden"])
def test_what_is_sent_sooner_than_a_person_can_is_asked_for_once_more(
    app: Flask, client: FlaskClient, stored: Stored, clock: Clock, page: str
) -> None:
    limited(app, seconds=2)
    opened = dict(HIDDEN.findall(client.get(page).text))["geopend"]
    hasty = send(client, "/aanmelden", "anna@gemeente.example", geopend=opened)
    assert hasty.status_code == 422
    assert "Verstuur het nog een keer." in hasty.text
    assert asked_for(stored) == []
    clock.move(seconds=2)
    again = dict(HIDDEN.findall(hasty.text))["geopend"]
    assert send(client, "/aanmelden", "anna@gemeente.example", geopend=again).status_code == 200
    assert asked_for(stored) == ["anna@gemeente.example"]


@pytest.mark.parametrize(
    "opened", ["", "0.0", "1795510800.00000000000000000000000000000000", "²." + "0" * 32]
)
def test_a_form_that_does_not_say_when_it_was_opened_is_asked_for_once_more_whoever_it_is_about(
    app: Flask, client: FlaskClient, stored: Stored, clock: Clock, opened: str
) -> None:
    limited(app, seconds=2)
    said = [
        send(client, "/aanmelden", f"{who}@gemeente.example", geopend=opened).text.replace(who, "")
        for who in ("anna", "nemo")
    ]
    assert said[0] == said[1]
    assert "Verstuur het nog een keer." in said[0]
    assert asked_for(stored) == []


@pytest.mark.parametrize("form", FORMS)
def test_beyond_the_budgets_a_page_asks_for_patience_and_then_goes_on_without_a_script(
    app: Flask, client: FlaskClient, stored: Stored, clock: Clock, form: str
) -> None:
    limited(app, network_hourly=2)
    assert send(client, form, "eerste@gemeente.example").status_code in (200, 302)
    page = send(client, form, "anna@gemeente.example", name="Anna <b>", topics=["1", "2"], website="")
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) == PATIENCE.total_seconds()
    assert "over 10 minuten" in page.text
    kept = HIDDEN.findall(page.text)
    assert ("topics", "1") in kept
    assert ("topics", "2") in kept
    assert ("name", "Anna &lt;b&gt;") in kept
    fields: dict[str, list[str]] = {}
    for name, value in kept:
        fields.setdefault(name, []).append(value.replace("&lt;", "<").replace("&gt;", ">"))
    assert client.post(form, data=fields).status_code == 429
    clock.move(hours=1)
    assert client.post(form, data=fields).status_code in (200, 302)
    assert asked_for(stored) == ["eerste@gemeente.example", "anna@gemeente.example"]


def test_the_page_that_asks_for_patience_says_the_same_of_every_address(
    app: Flask, client: FlaskClient, stored: Stored
) -> None:
    limited(app, hourly=1)
    send(client, "/aanmelden", "eerste@gemeente.example")
    pages = {
        re.sub(r"\d+\.[0-9a-f]{32}", "", send(client, "/aanmelden", f"{who}@gemeente.example").text).replace(
            who, ""
        )
        for who in ("eerste", "nemo")
    }
    assert len(pages) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_website_can_send_a_form_on_behalf_of_its_visitors(
    client: FlaskClient, stored: Stored, form: str, site: str
) -> None:
    answer = client.post(
        form, data={"address": "anna@gemeente.example", "language": "nl"}, headers={"Sec-Fetch-Site": site}
    )
    assert answer.status_code == 200
    assert 'value="anna@gemeente.example"' in answer.text
    assert asked_for(stored) == []
    own = client.post(
        form,
        data={"address": "anna@gemeente.example", "language": "nl"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert own.status_code in (200, 302)
    assert asked_for(stored) == ["anna@gemeente.example"]


def test_the_form_of_another_website_leads_to_ours_filled_in(client: FlaskClient, stored: Stored) -> None:
    answer = client.post("/aanmelden", data={"address": "anna@gemeente.example", "van": "website"})
    assert answer.status_code == 200
    assert "U bent nog niet aangemeld" in answer.text
    assert 'value="anna@gemeente.example"' in answer.text
    assert 'name="van"' not in answer.text
    assert asked_for(stored) == []


def test_waiting_an_hour_is_enough_for_a_network_that_was_stopped(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    limited(app, network_hourly=4)
    answers = [send(client, "/aanmelden", f"n{n}@d{n}.example").status_code for n in range(4)]
    assert answers == [200, 200, 429, 429]
    clock.now += timedelta(hours=1)
    assert send(client, "/aanmelden", "weer@d.example").status_code == 200


def test_links_name_the_archive(app: Flask) -> None:
    links: Links = app.extensions["newsletter"].links
    assert links.archived(3) == "https://nieuwsbrief.example/archief/3"
    assert links.archived(3, "bericht-7") == "https://nieuwsbrief.example/archief/3/bericht-7"
