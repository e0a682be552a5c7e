"""The parts that core.py wired together, for views, commands and jobs to hand to use cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from newsletter_service.backups.rules import NightlyBackup
from newsletter_service.budgets.rules import FormLimits
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.identity_provider import IdentityProvider
from newsletter_service.imap import ImapServer
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.publisher.prospect import Prospect


@dataclass(frozen=True)
class Services:
    """What differs between two running copies, as values and functions; `clock` gives aware UTC.

    `prospects` tells what a new reader may expect: who can know that lies above those who ask.
    """

    clock: Callable[[], datetime]
    tokens: Tokens
    links: Links
    renderer: LetterRenderer
    delivery: DeliveryConfig
    mail_from: str
    reply_to: str
    bounce_mailbox: ImapServer | None
    keys: SecretKeys
    suppression_key: str
    form_limits: FormLimits
    prospects: Callable[[Session, Links, datetime], Prospect]
    metrics_token: str
    second_factor_required: bool
    identity_provider: IdentityProvider | None
    demo: bool
    instance_dir: Path
    nightly_backup: NightlyBackup | None

    def prospect(self, session: Session, now: datetime) -> Prospect:
        """What somebody may expect who becomes a reader now."""
        return self.prospects(session, self.links, now)


def services() -> Services:
    """The parts of the current app."""
    wired: Services = current_app.extensions["newsletter"]
    return wired
