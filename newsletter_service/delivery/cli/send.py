"""`newsletter send`: a worker made from the settings, without the app."""

import logging
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import click
from sqlalchemy.exc import OperationalError

from newsletter_service.clock import utc_now
from newsletter_service.db import open_engine, words_of
from newsletter_service.delivery.cli.progress_bar import Progress, progress
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.outlook import comes_soon
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.health.watching import watch as watch_beside
from newsletter_service.keys.suppression_key import not_ready
from newsletter_service.mail_settings import delivery_config
from newsletter_service.operations.outages import Outage
from newsletter_service.operations.signals import StopSignals
from newsletter_service.smtp.connection import TransportMisconfigured
from newsletter_service.startup import start

_LOOK_AGAIN_SECONDS = 0.5
_SIGNAL_CHECK_SECONDS = 0.1
_LONGEST_WAIT_SECONDS = 60.0
_SOON = timedelta(minutes=1)
_STOPS_WITHIN_SECONDS = 9.0

log = logging.getLogger(__name__)


@click.command("send")
@click.option("--watch", is_flag=True, help="Keep running and send whatever becomes due, until stopped.")
def send(watch: bool) -> None:
    """Run a worker on this machine until nothing is due, now or within a minute."""
    settings = start()
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    log.info(
        "worker starts: server %s, connections: %d",
        server,
        settings.smtp_connections,
        extra={"server": server},
    )
    config = delivery_config(settings, open_engine(settings.database_url), utc_now)
    if watch:
        watch_beside(config, settings.instance_dir, f"{settings.base_url}/redactie/toestand")
    with progress() as shown:
        total = _Work(replace(config, report=shown.running), shown, watch=watch).done()
    failed_attempts = total.pop(Verdict.UNREACHABLE, 0)
    counts = {str(verdict): total[verdict] for verdict in Verdict if total[verdict]}
    done = [f"{verdict} {number}" for verdict, number in counts.items()]
    words = ", ".join([*done, f"failed attempts: {failed_attempts}"] if failed_attempts else done)
    words = words or "nothing due"
    log.info("worker ended: %s", words, extra={"verdicts": counts})
    click.echo(words)
    if failed_attempts and not watch:
        raise click.ClickException("The SMTP server cannot be reached; letters that are due wait.")


class _Work(threading.Thread):
    """Sends in a thread of its own, so that a signal ends it in time even while the database does not answer."""

    def __init__(self, config: DeliveryConfig, shown: Progress, *, watch: bool) -> None:
        super().__init__(name="sending", daemon=True)
        self._config, self._shown, self._watch = config, shown, watch
        self._stop_asked = threading.Event()
        self._total: Counter[Verdict] = Counter()
        self._error: Exception | None = None
        self._database = Outage(log, "the database cannot be reached")

    def done(self) -> Counter[Verdict]:
        """Works until nothing is due or a signal comes; returns the number of letters by verdict."""
        signals = StopSignals()
        self.start()
        while self.is_alive() and not signals.came:
            self.join(_SIGNAL_CHECK_SECONDS)
        self._stop_asked.set()
        self.join(_STOPS_WITHIN_SECONDS)
        if self.is_alive():
            raise click.ClickException("Letters in flight could not be finished; they are uncertain now.")
        if isinstance(self._error, TransportMisconfigured):
            raise click.ClickException(str(self._error)) from self._error
        if self._error is not None:
            raise self._error
        return self._total

    def run(self) -> None:
        """Sends again and again; without a server or database waits ever longer, or unless watching gives up."""
        try:
            self._send()
        except Exception as error:  # noqa: BLE001  # the thread that waits raises it
            self._error = error

    def _send(self) -> None:
        failed = 0
        while not self._stop_asked.is_set():
            done = self._one_run()
            self._total += done
            failed = failed + 1 if done[Verdict.UNREACHABLE] else 0
            if not self._watch and (failed or not self._comes_soon()):
                return
            self._stop_asked.wait(min(_LOOK_AGAIN_SECONDS * 2 ** min(failed, 10), _LONGEST_WAIT_SECONDS))

    def _one_run(self) -> Counter[Verdict]:
        try:
            if needed := self._tables_missing():
                return self._wait_for(needed)
            done = send_until_empty(self._config, self._stop_asked)
            self._database.over()
            self._shown.ended(done, "the SMTP server" if done[Verdict.UNREACHABLE] else "")
            return done
        except OperationalError as error:
            if not self._watch:
                raise _unreachable(error) from error
            return self._wait_for(words_of(error))

    def _tables_missing(self) -> str:
        """Returns what has to be done before anything can be sent; empty if nothing.

        Looked at in each run: a worker that stays may outlive the tables that it knows.
        """
        needed = not_ready(self._config.engine, self._config.suppression_key)
        if needed and not self._watch:
            raise click.ClickException(needed)
        return needed

    def _wait_for(self, why: str) -> Counter[Verdict]:
        self._database.note(why)
        return Counter({Verdict.UNREACHABLE: 1})

    def _comes_soon(self) -> bool:
        try:
            return comes_soon(self._config, _SOON)
        except OperationalError as error:
            raise _unreachable(error) from error


def _unreachable(error: OperationalError) -> click.ClickException:
    return click.ClickException(f"The database cannot be reached: {words_of(error)}")
