"""The proxy in front, as deploy/nginx has it: a real nginx before a real gunicorn."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from newsletter_service.settings import Settings
from newsletter_service.web import limits
from tests.attack.server import Server, running_gunicorn
from tests.deploy.nginx import SITE, Nginx, running_nginx
from tests.environment import environment_of
from tests.factories import make_newsletter

SIZES = {"k": 1024, "m": 1024 * 1024}
KEY = "geheim.en-lang_en-van-een-lezer"


@dataclass(frozen=True)
class Front:
    nginx: Nginx
    behind: Server


@pytest.fixture
def front(
    app: Flask,
    settings: Settings,
    certificate: Path,
    tmp_path: Path,
    stored: Callable[[], AbstractContextManager[Session]],
) -> Iterator[Front]:
    with stored() as session:
        make_newsletter(session)
    environment = environment_of(settings, TRUSTED_PROXIES="127.0.0.1", PYTHONUNBUFFERED="1")
    home = tmp_path / "nginx"
    home.mkdir()
    with (
        running_gunicorn(environment, tmp_path) as behind,
        running_nginx(home, behind.port, certificate) as nginx,
    ):
        yield Front(nginx, behind)


def test_all_that_it_answers_says_once_that_there_is_only_tls(front: Front) -> None:
    for method, target, body, status in (
        ("GET", "/bestaat-niet", None, 404),
        ("GET", "/stijl/lezers.css", None, 200),
        ("GET", "/robots.txt", None, 200),
        ("POST", "/aanmelden", b"x" * (limits.PUBLIC + 1), 413),
        ("POST", "/redactie/inloggen", b"x" * (limits.SIGN_IN + 1), 413),
    ):
        answer = front.nginx.ask(method, target, body)
        assert answer.status == status, (target, answer.body)
        assert answer.all("Strict-Transport-Security") == ["max-age=63072000"], target
    assert "Traceback" not in front.behind.said


def test_without_tls_it_only_shows_the_way(front: Front) -> None:
    answer = front.nginx.ask_plainly("/archief/?taal=en")
    assert answer.status == 301
    assert answer.all("Location") == ["https://nieuwsbrief.example/archief/?taal=en"]


def test_no_page_of_one_reader_stands_in_the_log_with_its_key(front: Front, app: Flask) -> None:
    keyed = [rule.rule for rule in app.url_map.iter_rules() if "<token>" in rule.rule]
    assert len(keyed) > 15
    # A page of one reader that nobody told nginx of is known by the looks of a key.
    for at, rule in enumerate([*keyed, "/nieuwe-pagina/<token>/stap"]):
        token = KEY if at % 2 else f"{KEY}{'a' * 100}"
        front.nginx.ask("GET", f"{rule.replace('<token>', token)}?taal=en")
    front.nginx.ask("GET", "/archief/3")
    front.behind.process.terminate()
    front.behind.process.wait()
    front.nginx.ask("GET", f"/voorkeuren/{KEY}")  # nobody answers: nginx has an error to tell
    logged = "".join(path.read_text() for path in front.nginx.log.parent.glob("newsletter*.log"))
    assert "geheim" not in logged
    assert "/voorkeuren/-/pauze" in logged
    assert '"GET /nieuwe-pagina/-/stap"' in logged
    assert '"GET /archief/3"' in logged


def test_the_service_sees_the_client_and_tls_and_nothing_that_a_client_says_of_itself(front: Front) -> None:
    told = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "http"}
    answer = front.nginx.ask("GET", "/redactie/inloggen", headers=told)
    (cookie,) = answer.all("Set-Cookie")
    assert answer.status == 200
    assert "Secure" in cookie


def test_files_that_never_change_are_kept_where_they_are_asked_for(front: Front) -> None:
    page = front.nginx.ask("GET", "/redactie/inloggen").body.decode()
    style = re.findall(r'href="(/[^"]+\.css\?v=[^"]*)"', page)[0]
    first = front.nginx.ask("GET", style)
    assert (first.status, first.all("Cache-Control")) == (200, ["public, max-age=31536000, immutable"])
    front.behind.process.terminate()
    front.behind.process.wait()
    again = front.nginx.ask("GET", style)
    assert (again.status, again.body) == (200, first.body)
    assert front.nginx.ask("GET", "/redactie/inloggen").status == 502


def test_files_do_not_count_among_what_one_address_may_ask_for(front: Front) -> None:
    """An organisation has one address for all of its people, and each page several files."""
    asked = [front.nginx.ask("GET", "/stijl/lezers.css").status for _ in range(150)]
    assert set(asked) == {200}


def test_it_takes_in_as_much_as_the_service_does_and_no_more() -> None:
    found = re.findall(r"client_max_body_size (\d+)([km]);", SITE.read_text("utf-8"))
    assert [int(number) * SIZES[unit] for number, unit in found] == [
        limits.PUBLIC,
        limits.STAFF,
        limits.SIGN_IN,
    ]
