"""What the settings say about sending, as a worker wants to know it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from newsletter_service.continuity.witness import Witness
from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.files.locations import TEMPLATES
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.publisher.notices import NoticeLetters
from newsletter_service.settings import Settings
from newsletter_service.smtp.connection import SmtpServer


def delivery_config(settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> DeliveryConfig:
    """Returns what a worker needs, which holds in any thread; `clock` gives aware UTC."""
    links = Links(settings.base_url, Tokens(settings.keys))
    return DeliveryConfig(
        engine=engine,
        server=smtp_server(settings),
        links=links,
        notices=NoticeLetters(letter_renderer(settings), links, settings.mail_from, settings.reply_to),
        clock=clock,
        keys=settings.keys,
        suppression_key=settings.suppression_key,
        mail_domain=_mail_domain(settings),
        bounce_domain=settings.bounce_domain,
        limits=limits(settings),
        on_uncertain=settings.smtp_on_uncertain,
        witness=Witness(settings.instance_dir),
    )


def letter_renderer(settings: Settings) -> LetterRenderer:
    """Returns what turns contents into letters."""
    return LetterRenderer(TEMPLATES / "email", unsubscribe_by_mail=settings.bounce_mailbox is not None)


def smtp_server(settings: Settings) -> SmtpServer:
    """Returns the server that letters go to."""
    return SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=settings.smtp_password,
        connections=settings.smtp_connections,
        helo_name=_mail_domain(settings),
        ca_file=settings.smtp_ca_file,
    )


def limits(settings: Settings) -> Limits:
    """Returns what all workers together may not exceed."""
    return Limits(
        rate=settings.smtp_rate,
        domain_rate=settings.smtp_domain_rate,
        domain_connections=settings.smtp_domain_connections,
        letters_per_connection=settings.smtp_letters_per_connection,
    )


def _mail_domain(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2]
