"""The parts that core.py wired together, for views, commands and jobs to hand to use cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import current_app

from newsletter_service.db import db
from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.smtp.connection import SmtpServer


@dataclass(frozen=True)
class Services:
    """What differs between two running copies, as values and functions; `clock` gives aware UTC."""

    clock: Callable[[], datetime]
    tokens: Tokens
    links: Links
    renderer: LetterRenderer
    smtp: SmtpServer
    limits: Limits
    on_uncertain: Literal["resend", "hold"]
    mail_from: str
    reply_to: str
    bounce_domain: str
    secret_key: str
    metrics_token: str
    demo: bool


def services() -> Services:
    """The parts of the current app."""
    wired: Services = current_app.extensions["newsletter"]
    return wired


def delivery_config() -> DeliveryConfig:
    """What the delivery job needs to send, from the app's parts; good for any thread for as long as the app lives."""
    wired = services()
    return DeliveryConfig(
        engine=db.engine,
        server=wired.smtp,
        links=wired.links,
        clock=wired.clock,
        secret_key=wired.secret_key,
        mail_domain=wired.mail_from.rpartition("@")[2],
        bounce_domain=wired.bounce_domain,
        limits=wired.limits,
        on_uncertain=wired.on_uncertain,
    )
