"""What the delivery job needs to send, from the app's parts."""

from newsletter_service.db import db
from newsletter_service.delivery.outbox import Outbox
from newsletter_service.web.parts import parts


def outbox() -> Outbox:
    """A sender's needs, good for any thread for as long as the app lives."""
    wired = parts()
    return Outbox(
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
