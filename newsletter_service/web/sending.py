"""What a sender on this machine needs, put together from the app's parts; and the command that runs one."""

import logging
import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from newsletter_service.db import db
from newsletter_service.delivery.connection import TransportMisconfigured
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.sender import Outbox, Snapshot, comes_soon, send_until_empty
from newsletter_service.web.parts import parts

_LOOK_AGAIN_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 60.0
_WORTH_WAITING_FOR = timedelta(minutes=1)

log = logging.getLogger(__name__)


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
        limits=wired.limits,
        on_uncertain=wired.on_uncertain,
        report=report,
    )


@click.command("send")
@click.option("--watch", is_flag=True, help="Stay, and send what comes up, until told to stop.")
@with_appcontext
def send(watch: bool) -> None:
    """Send from this machine until nothing is due any more, now or within a minute."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    try:
        total = _send(outbox(), stop, watch=watch)
    except TransportMisconfigured as error:
        raise click.ClickException(str(error)) from error
    told = [f"{verdict.value} {total[verdict]}" for verdict in Verdict if total[verdict]]
    click.echo(", ".join(told) or "nothing due")


def _send(box: Outbox, stop: threading.Event, *, watch: bool) -> Counter[Verdict]:
    """Send again and again; with nobody to talk to, wait ever longer (or without `watch`, give up)."""
    total: Counter[Verdict] = Counter()
    in_vain = 0
    while not stop.is_set():
        done = _one_run(box, stop, watch=watch)
        total += done
        in_vain = in_vain + 1 if done[Verdict.UNREACHABLE] else 0
        if not watch and (in_vain or not comes_soon(box, _WORTH_WAITING_FOR)):
            break
        stop.wait(min(_LOOK_AGAIN_SECONDS * 2**in_vain, _LONGEST_WAIT_SECONDS))
    return total


def _one_run(box: Outbox, stop: threading.Event, *, watch: bool) -> Counter[Verdict]:
    try:
        return send_until_empty(box, stop)
    except OperationalError as error:
        words = " ".join(str(error.orig).split())
        if not watch:
            raise click.ClickException(f"The database cannot be reached: {words}") from error
        log.error("the database cannot be reached, waiting for it: %s", words)
        return Counter({Verdict.UNREACHABLE: 1})
