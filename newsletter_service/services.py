"""The parts that core.py wired together, for views, commands and jobs to hand to use cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.imap import ImapServer
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links


@dataclass(frozen=True)
class Services:
    """What differs between two running copies, as values and functions; `clock` gives aware UTC."""

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
    metrics_token: str
    demo: bool
    instance_dir: Path


def services() -> Services:
    """The parts of the current app."""
    wired: Services = current_app.extensions["newsletter"]
    return wired
