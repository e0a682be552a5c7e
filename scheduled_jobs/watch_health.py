"""Whether everything works is looked at; administrators hear once of what does not, and once when it is over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter_service.db import db, reading, unit_of_work
from newsletter_service.health import probes, service
from newsletter_service.health.disks import disk_watch
from newsletter_service.health.notices import tell
from newsletter_service.health.rules import Observation, Server, Symptom, TroubleKind, symptoms
from newsletter_service.services import Services, services

_SMTP_EVERY = timedelta(minutes=5)
_WEB_EVERY = timedelta(hours=1)


@dataclass
class _Seen:
    """What this process last saw of a server, and when; None for what it could not see."""

    server: Server | None = None
    at: datetime | None = None
    failures: int = 0

    def is_due(self, every: timedelta, now: datetime) -> bool:
        """Whether to look again: at once where something was wrong."""
        return self.at is None or self.failures > 0 or now - self.at >= every

    def saw(self, server: Server | None, now: datetime) -> None:
        """Takes in a look; a failure that has not been seen twice yet is not known to be one."""
        self.at = now
        self.failures = self.failures + 1 if server is not None and server.trouble else 0
        self.server = None if self.failures == 1 else server


class Watch:
    """Remembers from one run to the next what servers said."""

    def __init__(self) -> None:
        self._smtp, self._web = _Seen(), _Seen()

    def run(self) -> str:
        """Look at everything, write down what changed, and tell."""
        wired = services()
        now = wired.clock()
        return "; ".join(filter(None, (self._look(wired, now), _look_at_disk(wired, now))))

    def _look(self, wired: Services, now: datetime) -> str:
        seen = self._observe(wired, now)
        found = symptoms(seen, now)
        with reading() as session:
            known = {(row.kind, row.subject) for row in service.followed(session, now)}
        if known == {(one.kind, one.subject) for one in found}:
            return ""
        return _follow(wired, found, _unknown(seen), now)

    def _observe(self, wired: Services, now: datetime) -> Observation:
        if self._smtp.is_due(_SMTP_EVERY, now):
            self._smtp.saw(probes.smtp(wired.delivery.server), now)
        if self._web.is_due(_WEB_EVERY, now):
            self._web.saw(probes.web(wired.links.base_url), now)
        with reading() as session:
            seen = service.observe(session, now)
        return replace(seen, smtp=self._smtp.server, web=self._web.server)


def _look_at_disk(wired: Services, now: datetime) -> str:
    """The disk of this machine; other machines look at theirs."""
    return disk_watch(db.engine, wired.instance_dir, wired.links.staff("toestand")).look(now)


def _unknown(seen: Observation) -> list[TroubleKind]:
    kinds = [] if seen.smtp is not None else [TroubleKind.SMTP_REFUSES, TroubleKind.CERTIFICATE]
    return kinds if seen.web is not None else [*kinds, TroubleKind.CERTIFICATE]


def _follow(wired: Services, found: list[Symptom], unknown: list[TroubleKind], now: datetime) -> str:
    with unit_of_work() as session:
        changes = service.follow(session, found, now, unknown=unknown)
        tell(session, changes, wired.links.staff("toestand"), now)
        began = [f"{one.kind} {one.subject}".strip() for one in changes.began]
        over = [f"{one.kind} {one.subject}".strip() for one in changes.over]
    told = [f"trouble: {', '.join(began)}" if began else "", f"over: {', '.join(over)}" if over else ""]
    return "; ".join(filter(None, told))


_watch = Watch()


def run() -> str:
    """Look with what this process remembers."""
    return _watch.run()
