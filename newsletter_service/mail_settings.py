"""What the settings say about sending, as delivery wants to know it."""

from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.settings import Settings
from newsletter_service.smtp.connection import SmtpServer


def smtp_server(settings: Settings) -> SmtpServer:
    """The server that letters go to."""
    return SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=settings.smtp_password,
        connections=settings.smtp_connections,
        helo_name=settings.mail_from.rpartition("@")[2],
        ca_file=settings.smtp_ca_file,
    )


def limits(settings: Settings) -> Limits:
    """What all senders together may not exceed."""
    return Limits(
        rate=settings.smtp_rate,
        domain_rate=settings.smtp_domain_rate,
        domain_connections=settings.smtp_domain_connections,
        letters_per_connection=settings.smtp_letters_per_connection,
    )
