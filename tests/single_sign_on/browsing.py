"""All the way to the provider and back, as a browser goes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter_service.identity_provider import GroupRule
from tests.identity_provider import Claims, Provider
from tests.staff_browser import DOOR

Stored = Callable[[], AbstractContextManager[Session]]
SIGN_ON, BACK = f"{DOOR}/organisatie", f"{DOOR}/organisatie/terug"
WITHIN = "/redactie/mijn-account"
BASE = "https://nieuwsbrief.example"
GROUPS = (
    GroupRule("Hoofden Noord", "head", "noord"),
    GroupRule("Redactie", "communicator"),
    GroupRule("Beheer", "administrator"),
)
SAM = {"sub": "sam-1", "email": "sam.sanders@redactie.example", "email_verified": True, "name": "Sam Sanders"}


def sign_on(client: FlaskClient, provider: Provider, person: Claims, address: str = SIGN_ON) -> Any:
    """All the way there and back."""
    provider.person = person
    sent = client.get(address)
    assert sent.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    return client.get(provider.signed_in(sent.headers["Location"]).removeprefix(BASE))


def is_inside(client: FlaskClient) -> bool:
    return client.get(WITHIN).status_code == 200
