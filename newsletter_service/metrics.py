"""Metrics for Prometheus at `/metrics`: read from the database, for workers, jobs and pages are several processes.

No metric is about one subscriber, nor about a recipient domain: some of those have one subscriber.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from flask import Blueprint, make_response
from flask_login import current_user
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from werkzeug.wrappers import Response

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Verdict
from newsletter_service.db import db
from newsletter_service.delivery import reporting
from newsletter_service.delivery import service as delivery
from newsletter_service.delivery.models import DomainBackoff, Mailing
from newsletter_service.editions.models import Edition
from newsletter_service.errors import NotFound
from newsletter_service.health import service as health
from newsletter_service.health.rules import overdue
from newsletter_service.health.views import current_troubles, has_token, silent_for
from newsletter_service.services import services
from newsletter_service.staff.access.notices import recent_failures
from newsletter_service.staff.guards import acting
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.models import Subscriber

metrics = Blueprint("metrics", __name__)
_EDITIONS = 5
_RATES_OVER = timedelta(days=30)
_RATES = {"bounce": (Verdict.HARD, Verdict.SOFT, Verdict.POLICY), "complaint": (Verdict.COMPLAINT,)}


@metrics.get("/metrics")
def show() -> Response:
    """All metrics, for anybody who has the token, and for administrators."""
    if not _allowed():
        raise NotFound("there is nothing here")
    registry = CollectorRegistry()
    registry.register(_Figures(db.session(), services().clock()))
    response = make_response(generate_latest(registry))
    response.headers.update({"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})
    return response


def _allowed() -> bool:
    if has_token():
        return True
    return bool(current_user.is_authenticated) and Role.ADMINISTRATOR in acting().roles


class _Figures:
    """What the database says at one moment."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family after the other."""
        yield self._letters()
        yield self._open()
        yield from self._queue()
        yield from self._workers()
        yield from self._health()
        yield from self._rates()
        yield self._by_state("newsletter_editions", "Editions by state.", Edition.state)
        yield self._by_state("newsletter_subscribers", "Subscribers by status.", Subscriber.status)
        yield self._by_state(
            "newsletter_bounces", "What came back of letters, by verdict.", Bounce.verdict, "verdict"
        )
        build = GaugeMetricFamily("newsletter_build_info", "The version that runs.", labels=["version"])
        build.add_metric([version("newsletter-service")], 1)
        yield build

    def _letters(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "newsletter_letters", "Letters of the latest editions by state.", labels=["edition", "state"]
        )
        latest = select(Edition.number, Edition.mailing_id).where(Edition.mailing_id.is_not(None))
        for number, mailing_id in self._session.execute(
            latest.order_by(Edition.number.desc()).limit(_EDITIONS)
        ):
            for state, count in delivery.counts(self._session, mailing_id or 0).items():
                family.add_metric([str(number), state], count)
        return family

    def _open(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "newsletter_letters_open", "Letters that may still go out, notices too.", labels=["state"]
        )
        for state, count in reporting.open_by_state(self._session).items():
            family.add_metric([state], count)
        return family

    def _queue(self) -> Iterator[GaugeMetricFamily]:
        oldest = reporting.oldest_due(self._session, self._now)
        waited = (self._now - oldest).total_seconds() if oldest else 0.0
        yield _gauge(
            "newsletter_oldest_due_seconds", "Time that the longest waiting due letter has waited.", waited
        )
        paused = select(func.count()).select_from(Mailing).where(Mailing.paused_at.is_not(None))
        yield _gauge("newsletter_mailings_paused", "Mailings that are paused.", self._count(paused))

    def _workers(self) -> Iterator[GaugeMetricFamily]:
        pace = reporting.pace(self._session, self._now)
        speed = pace.letters_per_second
        yield _gauge("newsletter_workers", "Active delivery workers.", pace.workers)
        yield _gauge("newsletter_letters_per_second", "Letters that all workers settle per second.", speed)
        silent = reporting.longest_silence(self._session, self._now)
        yield _gauge(
            "newsletter_worker_silent_seconds",
            "Time since the last heartbeat of the most silent worker.",
            silent,
        )
        backing_off = select(func.count()).select_from(DomainBackoff).where(DomainBackoff.until > self._now)
        yield _gauge(
            "newsletter_domains_backing_off",
            "Recipient domains that are backing off.",
            self._count(backing_off),
        )

    def _health(self) -> Iterator[GaugeMetricFamily]:
        """What `/healthz` goes by."""
        silent = silent_for().total_seconds()
        yield _gauge(
            "newsletter_scheduler_silent_seconds", "Time since the scheduler last noted anything.", silent
        )
        late = overdue(health.due_editions(self._session, self._now), self._now).total_seconds()
        yield _gauge(
            "newsletter_edition_overdue_seconds", "Time by which the most overdue edition is late.", late
        )
        failures = recent_failures(self._session, self._now)[0]
        yield _gauge(
            "newsletter_sign_in_failures", "Failed sign-ins of the last quarter of an hour.", failures
        )
        family = GaugeMetricFamily("newsletter_troubles", "Troubles that need a person.", labels=["kind"])
        for kind, count in Counter(one.kind for one in current_troubles()).items():
            family.add_metric([kind], count)
        yield family
        jobs = GaugeMetricFamily(
            "newsletter_job_failing", "Whether a job fails (1) or not (0).", labels=["job"]
        )
        for run in health.runs(self._session):
            jobs.add_metric([run.name], run.failing_since is not None)
        yield jobs

    def _rates(self) -> Iterator[GaugeMetricFamily]:
        """Of the letters of editions of the last thirty days."""
        since = self._now - _RATES_OVER
        sent = reporting.sent_since(self._session, since)
        for name, verdicts in _RATES.items():
            count = select(func.count()).select_from(Bounce)
            came = self._count(count.where(Bounce.verdict.in_(verdicts), Bounce.at > since))
            text = f"Share of the letters sent in the last thirty days that came back as {name}."
            yield _gauge(f"newsletter_{name}_ratio", text, came / sent if sent else 0.0)

    def _by_state(
        self, name: str, text: str, column: InstrumentedAttribute[Any], label: str = "state"
    ) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, text, labels=[label])
        for state, count in self._session.execute(select(column, func.count()).group_by(column)):
            family.add_metric([state], count)
        return family

    def _count(self, query: Select[int]) -> int:
        return self._session.scalars(query).one()


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
