"""What forms ask for, on plain values."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from newsletter_service.languages import Language
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.rules import Choices

PATIENCE = timedelta(minutes=10)
"""How long somebody waits who asks while the budgets are used up."""
RIPE_FOR = timedelta(hours=2)
"""How long the proof of that is good for."""


class FormKind(StrEnum):
    """What a form asks for."""

    SIGN_UP = "sign_up"
    LINK = "link"
    ALLOW = "allow"


@dataclass(frozen=True)
class FormSent:
    """What somebody asks for, of an address that may be anybody's; `read_in` is the language of their page.

    `shown` names what it showed of consent (documents.service.Read.name; "": what holds now).
    """

    kind: FormKind
    address: Address
    read_in: Language
    choices: Choices | None = None
    shown: str = ""
