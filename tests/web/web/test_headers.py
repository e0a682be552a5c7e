"""What every response says to browsers and caches, and that readers get no cookie."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask, Response, make_response
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from newsletter_service.app import create_app
from newsletter_service.letters.mime.reading import html_of
from newsletter_service.publisher.models import Newsletter
from newsletter_service.settings import Settings
from newsletter_service.web.headers import mail_preview_response
from tests.every_letter.kinds import BASE, every_kind
from tests.factories import make_newsletter, make_segment

Stored = Callable[[], AbstractContextManager[Session]]
PUBLIC = ["/", "/aanmelden", "/archief/", "/bevestigen/x", "/voorkeuren/x", "/afmelden/x", "/geen-pagina"]


@pytest.fixture(autouse=True)
def named_site(stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)
        make_segment(session)


@pytest.mark.parametrize("path", [*PUBLIC, "/redactie/inloggen", "/healthz", "/stijl/lezers.css"])
def test_every_response_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path, follow_redirects=True) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    for directive in ("base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"):
        assert directive in policy
    assert "unsafe" not in policy
    assert headers["Strict-Transport-Security"] == "max-age=63072000"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_site_without_tls_promises_none(settings: Settings) -> None:
    app = create_app(replace(settings, base_url="http://127.0.0.1:8000"))
    assert "Strict-Transport-Security" not in app.test_client().get("/healthz").headers
    assert app.config["SESSION_COOKIE_SECURE"] is False


def test_the_mark_lies_where_letters_look_for_it_and_may_be_kept_for_a_day(client: FlaskClient) -> None:
    letter = html_of(every_kind()[0].message)
    addresses = set(re.findall(rf"{BASE}(/merk[\w.-]+)", letter))
    assert len(addresses) == 2
    for address in addresses:
        answer = client.get(address)
        assert answer.mimetype == "image/png"
        assert answer.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_readers_get_no_cookie_whatever_they_do(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_of_staff_stays_on_secure_pages_of_this_site(client: FlaskClient) -> None:
    cookie = client.get("/redactie/inloggen").headers["Set-Cookie"]
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert attribute in cookie


@pytest.mark.parametrize("path", ["/voorkeuren/x", "/redactie/inloggen", "/geen-pagina"])
def test_pages_with_tokens_and_pages_for_staff_are_never_stored(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_search_engines_keep_out_of_pages_behind_a_token(client: FlaskClient) -> None:
    assert client.get("/voorkeuren/x").headers["X-Robots-Tag"] == "noindex"


KEPT = [
    "/",
    "/aanmelden",
    "/aanmelden/mailbox",
    "/archief",
    "/privacy",
    "/link-kwijt",
    "/link-kwijt/onderweg",
]


@pytest.mark.parametrize("path", KEPT)
def test_public_pages_may_be_kept_and_are_sent_again_only_when_they_changed(
    client: FlaskClient, stored: Stored, path: str
) -> None:
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Vary" not in first.headers
    asked = {"If-None-Match": first.headers["ETag"]}
    again = client.get(path, headers=asked)
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(path, headers=asked).status_code == 304
    assert client.head(path).headers["ETag"] == first.headers["ETag"]
    assert client.get(f"{path}?taal=en", headers=asked).status_code == 200
    with stored() as session:
        session.execute(update(Newsletter).values(name="Anders Verbonden"))
    changed = client.get(path, headers=asked)
    assert changed.status_code == 200
    assert "Anders Verbonden" in changed.text


def test_a_form_that_came_back_is_kept_by_nobody(client: FlaskClient) -> None:
    answer = client.post("/aanmelden", data={"address": "geen adres"})
    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", PUBLIC)
def test_no_page_of_readers_depends_on_a_cookie(client: FlaskClient, path: str) -> None:
    before = client.get(path)
    assert "Vary" not in before.headers
    client.get("/redactie/inloggen")
    assert client.get_cookie("redactie") is not None
    after = client.get(path)
    assert "Set-Cookie" not in after.headers
    assert after.data == before.data
    assert client.get_cookie("redactie") is not None


def test_a_slash_too_many_changes_nothing(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.rule != "/":
            bare = rule.rule.rstrip("/")
            answers = [client.get(path) for path in (bare, f"{bare}/")]
            assert answers[0].status_code == answers[1].status_code != 308, bare


def test_static_files_are_kept_for_ever_under_an_address_that_changes_with_them(client: FlaskClient) -> None:
    page = client.get("/aanmelden").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert "?v=" in address
    with client.get(address) as named, client.get("/stijl/lezers.css") as unnamed:
        assert "immutable" in named.headers["Cache-Control"]
        assert unnamed.headers["Cache-Control"] == "no-cache"


def test_pages_hold_neither_script_nor_style_of_their_own(client: FlaskClient) -> None:
    for path in ("/aanmelden", "/redactie/inloggen"):
        page = client.get(path).text
        assert "<style" not in page
        assert "style=" not in page
        assert "<script>" not in page


STYLE = "<style>@media (prefers-color-scheme: dark) { p { color: #fff } }</style>"
MAIL = f"<html><head>{STYLE}</head><body><p>Beste lezer,</p></body></html>"


def preview(app: Flask, scheme: str | None) -> Response:
    with app.test_request_context():
        return app.process_response(make_response(mail_preview_response(MAIL, scheme)))


def test_a_mail_in_a_frame_may_style_itself_but_runs_nothing(app: Flask) -> None:
    policy = preview(app, None).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.parametrize(("scheme", "query"), [("dark", "(min-width: 0)"), ("light", "(max-width: 0)")])
def test_a_preview_shows_the_scheme_that_was_picked(app: Flask, scheme: str, query: str) -> None:
    html = preview(app, scheme).get_data(as_text=True)
    assert f"@media {query} {{ p" in html
    assert "prefers-color-scheme" in preview(app, None).get_data(as_text=True)
