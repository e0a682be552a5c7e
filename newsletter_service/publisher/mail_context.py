"""What turns contents into letters, besides the database."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from newsletter_service.budgets.rules import FormLimits
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.links.urls import Links
from newsletter_service.publisher.prospect import Prospect


class SenderContext(Protocol):
    """What letters say of who they come from."""

    @property
    def links(self) -> Links:
        """Builds the addresses that appear in mails."""

    @property
    def mail_from(self) -> str:
        """The sender's address."""

    @property
    def reply_to(self) -> str:
        """Where answers go."""


class MailContext(SenderContext, Protocol):
    """Values and functions that differ between two running copies; services.Services is one."""

    @property
    def renderer(self) -> LetterRenderer:
        """Turns contents into letters."""

    @property
    def keys(self) -> SecretKeys:
        """The keys under which seals of ours were made."""

    @property
    def suppression_key(self) -> str:
        """The key of the hashes by which addresses are known that are not to be mailed."""

    @property
    def form_limits(self) -> FormLimits:
        """How many mails people may be sent because of what somebody filled in."""

    def prospect(self, session: Session, now: datetime) -> Prospect:
        """What somebody may expect who becomes a reader now."""
