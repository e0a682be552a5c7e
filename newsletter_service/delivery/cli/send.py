"""`newsletter send`: a sender of its own, put together from the settings; the app stays out of it."""

import gc
import logging
import threading
from collections import Counter
from datetime import timedelta

import click
from sqlalchemy.exc import OperationalError

from newsletter_service.clock import utc_now
from newsletter_service.db import open_engine
from newsletter_service.delivery.cli.progress_bar import Progress, progress
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.loop import comes_soon, send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.mail_settings import limits, smtp_server
from newsletter_service.outages import Outage
from newsletter_service.schema import upgrade_needed
from newsletter_service.settings import Settings
from newsletter_service.signals import StopSignals
from newsletter_service.smtp.connection import TransportMisconfigured
from newsletter_service.startup import start

_LOOK_AGAIN_SECONDS = 0.5
_MIND_SIGNALS_SECONDS = 0.1
_LONGEST_WAIT_SECONDS = 60.0
_WORTH_WAITING_FOR = timedelta(minutes=1)
_STOPS_WITHIN_SECONDS = 9.0
_OBJECTS_BEFORE_COLLECTING = 20_000

log = logging.getLogger(__name__)


@click.command("send")
@click.option("--watch", is_flag=True, help="Stay, and send what comes up, until told to stop.")
def send(watch: bool) -> None:
    """Send from this machine until nothing is due any more, now or within a minute."""
    settings = start()
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    log.info("sending to %s, connections: %d", server, settings.smtp_connections, extra={"server": server})
    with progress() as told:
        work = _Work(_outbox(settings, told), told, watch=watch)
        total = work.done()
    in_vain = total.pop(Verdict.UNREACHABLE, 0)
    counts = {str(verdict): total[verdict] for verdict in Verdict if total[verdict]}
    done = [f"{verdict} {number}" for verdict, number in counts.items()]
    words = ", ".join([*done, f"attempts in vain {in_vain}"] if in_vain else done) or "nothing due"
    log.info("sending ended: %s", words, extra={"verdicts": counts})
    click.echo(words)
    if in_vain and not watch:
        raise click.ClickException("the SMTP server cannot be reached; what is due waits")


def _outbox(settings: Settings, told: Progress) -> DeliveryConfig:
    return DeliveryConfig(
        engine=open_engine(settings.database_url),
        server=smtp_server(settings),
        links=Links(settings.base_url, Tokens(settings.secret_key)),
        clock=utc_now,
        secret_key=settings.secret_key,
        mail_domain=settings.mail_from.rpartition("@")[2],
        bounce_domain=settings.bounce_domain,
        limits=limits(settings),
        on_uncertain=settings.smtp_on_uncertain,
        report=told.running,
    )


class _Work(threading.Thread):
    """Sends in a thread of its own, so that a signal ends it in time even while a database does not answer."""

    def __init__(self, outbox: DeliveryConfig, told: Progress, *, watch: bool) -> None:
        super().__init__(name="sending", daemon=True)
        self._outbox, self._told, self._watch = outbox, told, watch
        self._stop_asked = threading.Event()
        self._total: Counter[Verdict] = Counter()
        self._error: Exception | None = None
        self._waits_for_tables = True
        self._database = Outage(log, "the database cannot be reached")

    def done(self) -> Counter[Verdict]:
        """Work until there is nothing to do or a signal says stop: how many letters met each verdict."""
        signals = StopSignals()
        self.start()
        while self.is_alive() and not signals.came:
            self.join(_MIND_SIGNALS_SECONDS)
        self._stop_asked.set()
        self.join(_STOPS_WITHIN_SECONDS)
        if self.is_alive():
            raise click.ClickException("what was under way did not come to its end; it is uncertain now")
        if isinstance(self._error, TransportMisconfigured):
            raise click.ClickException(str(self._error)) from self._error
        if self._error is not None:
            raise self._error
        return self._total

    def run(self) -> None:
        """Send again and again; with nobody to talk to, wait ever longer (or unless watching, give up)."""
        _freeze_start_up()
        try:
            self._send()
        except Exception as error:  # noqa: BLE001  # the thread that waits raises it
            self._error = error

    def _send(self) -> None:
        in_vain = 0
        while not self._stop_asked.is_set():
            done = self._one_run()
            self._total += done
            in_vain = in_vain + 1 if done[Verdict.UNREACHABLE] else 0
            if not self._watch and (in_vain or not self._comes_soon()):
                return
            self._stop_asked.wait(min(_LOOK_AGAIN_SECONDS * 2 ** min(in_vain, 10), _LONGEST_WAIT_SECONDS))

    def _one_run(self) -> Counter[Verdict]:
        try:
            if needed := self._tables_missing():
                return self._wait_for(needed)
            done = send_until_empty(self._outbox, self._stop_asked)
            self._database.over()
            self._told.ended(done, "the SMTP server" if done[Verdict.UNREACHABLE] else "")
            return done
        except OperationalError as error:
            if not self._watch:
                raise _unreachable(error) from error
            return self._wait_for(_words(error))

    def _tables_missing(self) -> str:
        """What to do before anything can be sent; looked at until it is done."""
        needed = upgrade_needed(self._outbox.engine) if self._waits_for_tables else ""
        self._waits_for_tables = bool(needed)
        if needed and not self._watch:
            raise click.ClickException(needed)
        return needed

    def _wait_for(self, why: str) -> Counter[Verdict]:
        self._database.note(why)
        return Counter({Verdict.UNREACHABLE: 1})

    def _comes_soon(self) -> bool:
        try:
            return comes_soon(self._outbox, _WORTH_WAITING_FOR)
        except OperationalError as error:
            raise _unreachable(error) from error


def _unreachable(error: OperationalError) -> click.ClickException:
    return click.ClickException(f"The database cannot be reached: {_words(error)}")


def _words(error: OperationalError) -> str:
    return " ".join(str(error.orig).split())


def _freeze_start_up() -> None:
    """What starting up made stays as long as the process: scanning it for garbage costs a tenth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
