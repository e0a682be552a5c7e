"""What went wrong becomes a page in plain words, with the right status, and nothing is half done."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.errors import Conflict, Invalid, NewsletterError, NotAllowed, NotFound
from newsletter_service.publisher.models import Newsletter
from newsletter_service.settings import Settings
from tests.factories import make_newsletter
from tests.tables import create_tables

Stored = Callable[[], AbstractContextManager[Session]]


def raising(app: Flask, error: Exception) -> FlaskClient:
    @app.get("/proef/<token>")
    def broken(token: str) -> str:
        raise error

    return app.test_client()


@pytest.fixture(autouse=True)
def named_site(stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        (Invalid, 400, "Dit kunnen we niet lezen"),
        (NotAllowed, 403, "Dit mag u niet"),
        (NotFound, 404, "Deze pagina is er niet"),
        (Conflict, 409, "Dit is intussen veranderd"),
    ],
)
def test_each_kind_of_error_has_its_page(
    app: Flask, kind: type[NewsletterError], status: int, says: str
) -> None:
    answer = raising(app, kind("a sentence for programmers")).get("/proef/x")
    assert answer.status_code == status
    assert says in answer.text
    assert "programmers" not in answer.text


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429])
def test_what_flask_refuses_looks_the_same(app: Flask, status: int) -> None:
    @app.get("/proef")
    def refused() -> str:
        abort(status)

    answer = app.test_client().get("/proef")
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "Veilig Verbonden" in answer.text


def test_a_status_without_a_page_of_its_own_keeps_its_status(app: Flask) -> None:
    @app.get("/proef")
    def gone() -> str:
        abort(410)

    answer = app.test_client().get("/proef")
    assert answer.status_code == 410
    assert "<h1>" in answer.text


def test_a_wrong_method_still_says_which_ones_are_right(client: FlaskClient) -> None:
    answer = client.post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_unexpected_error_is_logged_without_the_token_in_the_address(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = raising(app, RuntimeError("boom")).get("/proef/a-secret-token")
    assert answer.status_code == 500
    assert "Er ging bij ons iets mis" in answer.text
    assert "boom" not in answer.text
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "broken failed" in logged
    assert "a-secret-token" not in logged


def test_a_database_that_is_away_is_said_plainly(app: Flask) -> None:
    answer = raising(app, OperationalError("select", {}, Exception("gone"))).get("/proef/x")
    assert answer.status_code == 503
    assert "We zijn even niet bereikbaar" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_staff_see_the_page_for_a_database_that_is_away_too(app: Flask) -> None:
    @app.get("/redactie/proef")
    def broken() -> str:
        raise OperationalError("select", {}, Exception("gone"))

    assert app.test_client().get("/redactie/proef").status_code == 503


def test_health_is_ok_while_the_database_answers(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_health_fails_when_the_database_is_away(settings: Settings, tmp_path: Path) -> None:
    nowhere = tmp_path / "a-directory"
    app = create_app(settings)
    with app.app_context():
        db.engine.dispose()
    nowhere.mkdir()
    away = create_app_without_database(settings, nowhere)
    assert away.test_client().get("/healthz").status_code == 503


def create_app_without_database(settings: Settings, nowhere: Path) -> Flask:
    """An app whose database file is a directory: it opens no connection."""
    return create_app(replace(settings, database_url=f"sqlite:///{nowhere}"))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_view_that_writes_on_reading_fails_and_changes_nothing(
    app: Flask, stored: Stored, method: str
) -> None:
    @app.get("/proef")
    def writes() -> str:
        db.session.add(Newsletter(slug="x", name="x", tagline_nl="", tagline_en="", postal_address=""))
        db.session.commit()
        return "written"

    assert app.test_client().open("/proef", method=method).status_code >= 500
    with stored() as session:
        assert session.query(Newsletter).count() == 1


def test_a_form_of_staff_without_its_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/redactie/inloggen", data={"email": "a@b.example", "password": "x"})
    assert answer.status_code == 400
    assert "laad die opnieuw" in answer.text


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/redactie/inloggen", 8 * 1024),
        ("/redactie/inloggen/", 8 * 1024),
        ("/redactie/kopij/nieuw", 64 * 1024),
        ("/redactie/bestaat-niet", 64 * 1024),
        ("/aanmelden", 64 * 1024),
        ("/bestaat-niet", 64 * 1024),
    ],
)
def test_strangers_send_no_more_than_a_page_of_text(client: FlaskClient, path: str, limit: int) -> None:
    answer = client.post(path, data=b"a=" + b"x" * limit, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (404, 413)
    if answer.status_code == 413:
        assert "Dit is te groot" in answer.text
    fits = client.post(
        path, data=b"a=" + b"x" * (limit - 2), content_type="application/x-www-form-urlencoded"
    )
    assert fits.status_code != 413


def test_a_database_that_is_away_is_said_once_and_again_when_it_is_back(
    settings: Settings, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    away = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/later/newsletter.sqlite3"))
    client = away.test_client()
    for _ in range(20):
        assert client.get("/").status_code == 503
        assert client.get("/healthz").status_code == 503
    assert len(caplog.messages) == 1
    (tmp_path / "later").mkdir()
    with away.app_context():
        create_tables(db.engine)
    assert client.get("/healthz").status_code == 200
    assert [message.startswith("over after") for message in caplog.messages] == [False, True]
    with away.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("host", ["[", "a b", "x" * 200, "a.example:x", ""])
def test_a_host_that_is_none_is_refused_though_no_page_can_be_made(app: Flask, host: str) -> None:
    app.testing = False
    assert app.test_client().get("/", headers={"Host": host}).status_code in (200, 400)


def test_what_fails_in_an_error_page_names_no_address_in_the_log(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    @app.errorhandler(410)
    def broken(_error: Exception) -> str:
        raise ZeroDivisionError

    @app.get("/proef/<token>")
    def gone(token: str) -> str:
        abort(410)

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    assert app.test_client().get("/proef/geheim").status_code == 500
    assert "ZeroDivisionError" in caplog.text
    assert "geheim" not in caplog.text


def test_what_a_stranger_says_of_proxies_changes_nothing(app: Flask) -> None:
    @app.get("/wie")
    def who() -> str:
        return f"{request.remote_addr} {request.scheme} {request.host}"

    spoofed = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "x.example",
    }
    answer = app.test_client().get("/wie", headers={**spoofed, "Forwarded": "for=203.0.113.9;proto=https"})
    assert answer.text == "127.0.0.1 http localhost"
