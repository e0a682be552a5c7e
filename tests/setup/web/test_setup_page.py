import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter_service.audience.service import listed_domains, segments, topics
from newsletter_service.publisher.service import is_set_up, newsletter, organisations
from newsletter_service.setup.service import new_code
from newsletter_service.setup.views import init_setting_up
from tests.conftest import Clock
from tests.set_up import PASSWORD

Stored = Callable[[], AbstractContextManager[Session]]
TYPED = {
    "organisations": "2",
    "segments": "3",
    "topics": "1",
    "name": "Samen Veilig",
    "tagline_nl": "Nieuws van Noord",
    "tagline_en": "News of North",
    "postal_address": "Postbus 1, 1000 AA Voorbeeldstad",
    "organisations-0-short_name": "NOORD",
    "organisations-0-name": "Samenwerking Noord",
    "organisations-0-palette": "green",
    "organisations-1-palette": "orange",
    "segments-0-nl": "",
    "segments-1-nl": "Politie",
    "segments-1-en": "Police",
    "segments-1-domains": "*.politie-noord.example, politie-zuid.example",
    "topics-0-nl": "Jeugd",
    "topics-0-en": "Youth",
    "every_weeks": "2",
    "weekday": "donderdag",
    "send_time": "09:00",
    "closing_days": "2",
    "closing_time": "12.00",
    "release_rule": "both",
    "person": "Anna de Boer",
    "email": "anna@noord.example",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture
def code(stored: Stored, clock: Clock) -> str:
    with stored() as session:
        return new_code(session, clock())


def test_the_page_sets_up_and_is_gone_after_that(client: FlaskClient, stored: Stored, code: str) -> None:
    assert client.get("/opzetten").status_code == 200
    done = client.post("/opzetten", data={**TYPED, "code": code})
    assert (done.status_code, "Samen Veilig is opgezet" in done.text) == (200, True)
    assert PASSWORD not in done.text
    with stored() as session:
        assert newsletter(session).tagline_en == "News of North"
        assert [(one.slug, one.colours[:7]) for one in organisations(session)] == [("noord", "#1f7a4a")]
        assert [one.slug for one in segments(session)] == ["politie"]
        assert [(one.name, one.subdomains) for one in listed_domains(session)[segments(session)[0].id]] == [
            ("politie-noord.example", True),
            ("politie-zuid.example", False),
        ]
        assert [one.name_en for one in topics(session)] == ["Youth"]
    assert client.get("/opzetten").status_code == 404
    assert client.post("/opzetten", data={**TYPED, "code": code}).status_code == 404
    signed_in = client.get("/redactie/inloggen")
    token = re.search(r'name="csrf_token" value="([^"]+)"', signed_in.text)
    assert token is not None
    data = {"email": "anna@noord.example", "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/redactie/inloggen", data=data).status_code == 302


@pytest.mark.parametrize("typed", ["", "AAAA-BBBB-CCCC"])
def test_without_the_code_nothing_is_set_up(
    client: FlaskClient, stored: Stored, code: str, typed: str
) -> None:
    refused = client.post("/opzetten", data={**TYPED, "code": typed})
    assert (refused.status_code, "Deze code klopt niet" in refused.text) == (422, True)
    with stored() as session:
        assert not is_set_up(session)


def test_guessing_codes_is_slowed_down(client: FlaskClient, code: str) -> None:
    for _ in range(10):
        client.post("/opzetten", data={**TYPED, "code": "AAAA-BBBB-CCCC"})
    assert client.post("/opzetten", data={**TYPED, "code": code}).status_code == 429


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Dit ontbreekt"),
        ("segments-1-domains", "gmail.com", "kan iedereen een adres krijgen"),
        ("segments-1-en", "", "Dit ontbreekt"),
        ("closing_days", "0", "De kopij moet sluiten voordat de editie uitgaat."),
        ("closing_days", "x", "Vul een getal in van 0 tot 14"),
        ("send_time", "", "Vul dit in."),
        ("organisations-0-short_name", "", "Dit ontbreekt"),
        ("email", "anna", "geen volledig e-mailadres"),
        ("again", "iets anders", "niet gelijk"),
        ("password", "kort", "niet gelijk"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(
    client: FlaskClient, stored: Stored, code: str, field: str, value: str, says: str
) -> None:
    refused = client.post("/opzetten", data={**TYPED, "code": code, field: value})
    assert refused.status_code == 422
    assert says in refused.text
    assert 'aria-invalid="true"' in refused.text
    with stored() as session:
        assert not is_set_up(session)
    assert client.post("/opzetten", data={**TYPED, "code": code}).status_code == 200


@pytest.mark.parametrize("weak", ["kort", "samenveilig12", "wachtwoord1234"])
def test_a_password_that_can_be_guessed_sets_nothing_up(
    client: FlaskClient, stored: Stored, code: str, weak: str
) -> None:
    refused = client.post("/opzetten", data={**TYPED, "code": code, "password": weak, "again": weak})
    assert (refused.status_code, "Uw wachtwoord" in refused.text) == (422, True)
    with stored() as session:
        assert not is_set_up(session)


def test_more_rows_keep_what_was_typed_and_need_no_code(client: FlaskClient) -> None:
    page = client.post("/opzetten", data={**TYPED, "actie": "meer"})
    assert page.status_code == 200
    assert 'name="segments-5-nl"' in page.text
    assert 'name="segments-6-nl"' not in page.text
    assert 'value="Samenwerking Noord"' in page.text


def test_until_then_all_pages_say_so_kindly_and_the_terminal_shows_the_code(
    app: Flask, client: FlaskClient, stored: Stored, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        init_setting_up(app)
    (line,) = [one for one in caplog.messages if "not set up yet" in one]
    shown = re.search(r"the code (\S+) there", line)
    assert shown is not None
    for path in ("/", "/aanmelden", "/archief", "/redactie/", "/voorkeuren/x"):
        answer = client.get(path)
        assert (answer.status_code, "De nieuwsbrief is er nog niet" in answer.text) == (503, True), path
    assert client.post("/aanmelden", data={"address": "lezer@gemeente.example"}).status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/opzetten").status_code == 200
    assert client.post("/opzetten", data={**TYPED, "code": shown[1]}).status_code == 200
    assert client.get("/").status_code == 200
