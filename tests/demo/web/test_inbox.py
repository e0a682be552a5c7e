from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.demo.catcher import Mailbox
from newsletter_service.settings import Settings

MAIL = """\
From: Veilig Verbonden <redactie@veiligverbonden.example>
To: {to}
Subject: {subject}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="x"

--x
Content-Type: text/plain; charset=utf-8

Platte <tekst> voor {to}
--x
Content-Type: text/html; charset=utf-8

<!doctype html><html><head><title>t</title></head><body><p>Opgemaakt<script>alert(1)</script></p></body></html>
--x--
"""


@pytest.fixture
def demo(settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(settings, demo=True, base_url="http://127.0.0.1:8000"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def mailbox(demo: Flask) -> Mailbox:
    return Mailbox(Path(demo.instance_path) / "mail")


@pytest.fixture
def visitor(demo: Flask) -> FlaskClient:
    return demo.test_client()


def keep(mailbox: Mailbox, to: str, subject: str = "Hallo") -> str:
    """Store a mail; the name it has in addresses of pages."""
    mailbox.store(MAIL.format(to=to, subject=subject).replace("\n", "\r\n").encode())
    return max(file.stem for file in mailbox.folder.glob("*.eml"))


def page(visitor: FlaskClient, address: str) -> str:
    answer = visitor.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_outside_the_demonstration_there_is_no_mailbox(app: Flask) -> None:
    assert not any(rule.rule.startswith("/demo") for rule in app.url_map.iter_rules())
    assert app.test_client().get("/demo/inbox").status_code == 404


def test_an_empty_mailbox_says_when_mail_will_come(visitor: FlaskClient) -> None:
    assert "Nog geen e-mails" in page(visitor, "/demo/inbox")


def test_the_mailbox_shows_the_latest_mail_first_and_that_it_is_a_demo(
    visitor: FlaskClient, mailbox: Mailbox
) -> None:
    keep(mailbox, "anna@gemeente.example")
    keep(mailbox, "bram@politie.example", "=?utf-8?q?Wie_zi=C3=AB?=")
    text = page(visitor, "/demo/inbox")
    assert "Er is niets echt verstuurd" in text
    assert text.index("bram@politie.example") < text.index("anna@gemeente.example")
    assert "Wie zië" in text


def test_searching_finds_by_address_and_by_subject(visitor: FlaskClient, mailbox: Mailbox) -> None:
    keep(mailbox, "anna@gemeente.example", "Eerste")
    keep(mailbox, "bram@politie.example", "Tweede")
    by_address = page(visitor, "/demo/inbox?zoek=ANNA")
    assert "anna@gemeente.example" in by_address
    assert "bram@politie.example" not in by_address
    assert "bram@politie.example" in page(visitor, "/demo/inbox?zoek=tweede")
    assert "Geen e-mail gevonden" in page(visitor, "/demo/inbox?zoek=niemand")


def test_many_mails_are_spread_over_pages(visitor: FlaskClient, mailbox: Mailbox) -> None:
    for number in range(60):
        keep(mailbox, f"lezer{number:02}@gemeente.example")
    assert "Pagina 1 van 3" in page(visitor, "/demo/inbox")
    last = page(visitor, "/demo/inbox?pagina=3")
    assert "lezer00@" in last
    assert "lezer59@" not in last
    for odd in ("0", "-3", "999", "x"):
        page(visitor, f"/demo/inbox?pagina={odd}")


def test_a_mail_shows_its_text_and_its_headers_as_they_came(visitor: FlaskClient, mailbox: Mailbox) -> None:
    name = keep(mailbox, "anna@gemeente.example", "=?utf-8?q?Wie_zi=C3=AB?=")
    assert "Platte &lt;tekst&gt; voor anna@gemeente.example" in page(
        visitor, f"/demo/inbox/{name}?vorm=tekst"
    )
    headers = page(visitor, f"/demo/inbox/{name}?vorm=koppen")
    assert "Subject: =?utf-8?q?Wie_zi=C3=AB?=" in headers
    assert "voor anna" not in headers


def test_the_html_of_a_mail_runs_in_a_sandbox(visitor: FlaskClient, mailbox: Mailbox) -> None:
    name = keep(mailbox, "anna@gemeente.example")
    assert f"/demo/inbox/{name}/html" in page(visitor, f"/demo/inbox/{name}")
    answer = visitor.get(f"/demo/inbox/{name}/html")
    assert "Opgemaakt" in answer.get_data(as_text=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy


@pytest.mark.parametrize("name", ["nonsense", "..%2f..%2fconfig", "20990101T000000000000-00001", "%00"])
def test_a_mail_that_is_not_there_is_not_found(visitor: FlaskClient, mailbox: Mailbox, name: str) -> None:
    for tail in ("", "/html"):
        assert visitor.get(f"/demo/inbox/{name}{tail}").status_code == 404
