"""What a sender on this machine needs, put together from the app's parts; and the command that runs one."""

import signal
import threading
from collections import Counter
from collections.abc import Callable

import click
from flask.cli import with_appcontext

from newsletter_service.db import db
from newsletter_service.delivery.connection import TransportMisconfigured
from newsletter_service.delivery.pacing import Limits
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.sender import Outbox, Snapshot, send_until_empty
from newsletter_service.web.parts import parts

_LOOK_AGAIN_SECONDS = 2.0


def outbox(report: Callable[[Snapshot], None] | None = None) -> Outbox:
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
        limits=Limits(rate=wired.smtp.rate),
        report=report,
    )


@click.command("send")
@click.option("--watch", is_flag=True, help="Stay, and send what comes up, until told to stop.")
@with_appcontext
def send(watch: bool) -> None:
    """Send from this machine until nothing is due any more."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    total: Counter[Verdict] = Counter()
    try:
        while True:
            total += send_until_empty(outbox(), stop)
            if not watch or stop.wait(_LOOK_AGAIN_SECONDS):
                break
    except TransportMisconfigured as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        ", ".join(f"{verdict.value} {total[verdict]}" for verdict in Verdict if total[verdict])
        or "nothing due"
    )
