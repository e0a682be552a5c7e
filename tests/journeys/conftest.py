"""What journeys share: a deliverer, and links taken out of the mails as they were received."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from newsletter_service.delivery.sender import send_until_empty
from newsletter_service.web.sending import outbox
from tests.smtp_server import Received, RecordingServer

BASE = "https://nieuwsbrief.example"


@pytest.fixture
def deliver(app: Flask, smtp: RecordingServer) -> Callable[[], list[Received]]:
    """Run the delivery job once; the mails that came in by it."""

    def run() -> list[Received]:
        before = len(smtp.received)
        with app.app_context():
            send_until_empty(outbox())
        return smtp.received[before:]

    return run


def links_in(mail: Received) -> list[str]:
    """Every address in both parts and in List-Unsubscribe, without the host."""
    message = mail.message
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    text = " ".join(str(body.get_content()) for body in bodies if body is not None)
    text += f" {message.get('List-Unsubscribe', '')}"
    return sorted({found.removeprefix(BASE) for found in re.findall(rf"{BASE}/[^\s\"'<>)]+", text)})


def link_to(mail: Received, page: str) -> str:
    """The one link to `page` in `mail`."""
    (found,) = [link for link in links_in(mail) if link.startswith(f"/{page}/")]
    return found


def sign_up(client: FlaskClient, address: str, **fields: object) -> None:
    """Fill in the form as a visitor would."""
    answer = client.post("/aanmelden", data={"address": address, "language": "nl", **fields})
    assert answer.status_code == 302, answer.get_data(as_text=True)
