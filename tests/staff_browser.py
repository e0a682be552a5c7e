"""A member of staff at a browser without JavaScript: signs in, reads pages, sends forms."""

import re
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from newsletter_service.staff.accounts.making import NewUser, add_user
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role

DOOR = "/redactie/inloggen"
PASSWORD = "een lang genoeg wachtwoord"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def make_staff(
    session: Session, *roles: Role, organisation: str | None = None, name: str = "Sam Sanders"
) -> User:
    """An account with `roles`; its address is made of the name."""
    email = f"{name.lower().replace(' ', '.')}@redactie.example"
    return add_user(session, NewUser(email, name, PASSWORD, roles, organisation))


class StaffBrowser:
    """Keeps the session's token, as a browser does by way of the forms that it shows."""

    def __init__(self, client: FlaskClient, email: str) -> None:
        self.client, self.email = client, email
        self.sign_in()

    def sign_in(self) -> None:
        """Come in by the door; days later, that has to be done again."""
        self.client.delete_cookie("redactie")
        page = self.client.get("/redactie/inloggen")
        self._read(page)
        form = {"csrf_token": self.token, "email": self.email, "password": PASSWORD}
        answer = self.client.post("/redactie/inloggen", data=form)
        assert answer.status_code == 302, answer.text
        self._read(self.client.get(answer.headers["Location"], follow_redirects=True))

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def text(self, path: str) -> str:
        """What a page says, as one line of words."""
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return words(answer.text)

    def hidden(self, path: str, *names: str) -> dict[str, str]:
        """What the form of a page takes along unseen, by name."""
        page = self.client.get(path, follow_redirects=True).text
        return {name: value_in(page, name) for name in names}

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send a form to `path`, with the token."""
        return self.client.post(path, data={"csrf_token": self.token, **fields})

    def done(self, path: str, **fields: object) -> str:
        """Send a form, go where it leads, and say what stands there."""
        answer = self.client.post(path, data={"csrf_token": self.token, **fields}, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return words(answer.text)

    def _read(self, page: TestResponse) -> None:
        found = TOKEN.search(page.text)
        assert found is not None, page.text
        self.token = found[1]


def try_door(
    client: FlaskClient, email: str, password: str = PASSWORD, address: str = "127.0.0.1", **more: str
) -> TestResponse:
    """What somebody at this address gets who sends the form of the sign-in page."""
    environ = {"REMOTE_ADDR": address}
    found = TOKEN.search(client.get(DOOR, environ_overrides=environ).text)
    assert found is not None
    form = {"csrf_token": found[1], "email": email, "password": password, **more}
    return client.post(DOOR, data=form, environ_overrides=environ)


def words(html: str) -> str:
    """The words of a page, without tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def value_in(html: str, name: str) -> str:
    """What stands in the input of that name; nothing if it has no value."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', html)
    assert found is not None, name
    value = re.search(r'value="([^"]*)"', found[0])
    return unescape(value[1]) if value else ""
