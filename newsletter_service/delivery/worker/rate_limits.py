"""Rate limits and backoff: how fast, how many at a time, and which domains to leave alone for a while. Pure.

Moments are monotonic seconds, domains the part of an address after the @; "" is the SMTP server itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from newsletter_service.smtp.replies import Phase, Reply

BURST_SECONDS = 0.1
"""How much of a pause may be caught up: a rate is never exceeded by more than this."""
FREE_FAILURES = 2
"""So many deferrals in a row may be about single mailboxes; from the next one on the domain backs off."""
FIRST_BACKOFF_SECONDS = 60.0
LONGEST_BACKOFF_SECONDS = 3600.0
_JITTER = 0.2
_TRY_MORE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What all workers together may not exceed; 0 is no limit. Rates are letters a second.

    `domain_connections` is the number of letters that may be in flight to one domain.
    """

    rate: float = 0
    domain_rate: float = 0
    domain_connections: int = 0
    letters_per_connection: int = 0

    def share(self, workers: int, rank: int) -> "Share":
        """Returns what one of so many workers may use, `rank` (from 0) being its place among them.

        All shares together are the limits: a connection is not divided, so some get one more than others, or none.
        """
        each, over = divmod(self.domain_connections, workers)
        return Share(
            interval=workers / self.rate if self.rate else 0.0,
            domain_interval=workers / self.domain_rate if self.domain_rate else 0.0,
            domain_connections=each + (rank < over) if self.domain_connections else inf,
        )


class Share(NamedTuple):
    """What one worker may use: seconds from one letter to the next, and letters in flight to one domain."""

    interval: float
    domain_interval: float
    domain_connections: float


@dataclass(frozen=True, slots=True)
class Backoff:
    """A domain that defers letters: left alone `until`, after `failures` deferrals in a row."""

    until: float
    failures: int


@dataclass(slots=True)
class _Gate:
    """What one domain may have just now: nothing while it backs off, `window` letters in flight while it recovers."""

    in_flight: int = 0
    window: float = inf
    opens_at: float = 0.0
    until: float = 0.0

    def ended(self, *, accepted: bool) -> bool:
        """Takes in that a letter is no longer in flight; returns whether the window is fully open by that."""
        if self.in_flight:
            self.in_flight -= 1
        if not accepted or self.window == inf:
            return False
        self.window *= 2
        if self.window > _FULL_SPEED:
            self.window = inf
        return self.window == inf

    def wait(self, now: float) -> float:
        """0 if one more may start, else the seconds until then; inf if a reply has to come first."""
        if self.in_flight >= self.window:
            return inf
        return max(self.opens_at - now, self.until - now, 0.0)


class RateLimiter:
    """One worker's share of the limits, and what it knows of domains; `unlimited` while none of it matters."""

    def __init__(self, limits: Limits) -> None:
        self.unlimited = True
        self._limits = limits
        self._share = limits.share(1, 0)
        self._backoffs: Mapping[str, Backoff] = {}
        self._overall = _Gate()
        self._gates: dict[str, _Gate] = {}
        self._update_unlimited()

    @property
    def has_no_share(self) -> bool:
        """Whether other workers have all the connections that a domain may have."""
        return self._share.domain_connections == 0

    @property
    def anyone_backs_off(self) -> bool:
        """Whether any domain has failures."""
        return bool(self._backoffs)

    def share_with(self, workers: int, rank: int) -> None:
        """Takes this worker's share, its place being `rank` (from 0) among so many workers."""
        self._share = self._limits.share(workers, rank)

    def update_backoffs(self, known: Mapping[str, Backoff]) -> None:
        """Takes in what is known of domains that have failures; one that has none any more starts slowly."""
        for domain in self._backoffs.keys() - known.keys():
            gate = self._gate(domain)
            gate.window, gate.until = 2, 0.0
        for domain, backoff in known.items():
            gate = self._gate(domain)
            gate.window, gate.until = 1 if backoff.failures > FREE_FAILURES else inf, backoff.until
        self._backoffs = dict(known)
        self._update_unlimited()

    def recount(self, domains: Iterable[str]) -> None:
        """Takes in that only letters to these domains are in flight."""
        for gate in (self._overall, *self._gates.values()):
            gate.in_flight = 0
        for domain in () if self.unlimited else domains:
            self._overall.in_flight += 1
            self._gate(domain).in_flight += 1

    def forget_idle(self, now: float) -> None:
        """Forgets domains of which there is nothing to remember."""
        past = now - BURST_SECONDS
        for domain, gate in list(self._gates.items()):
            if not gate.in_flight and gate.window == inf and max(gate.opens_at, gate.until) < past:
                del self._gates[domain]

    def room(self, now: float) -> float:
        """The number of letters that may start now, as far as all domains together go."""
        overall, interval = self._overall, self._share.interval
        if overall.wait(now) > 0:
            return 0
        room = overall.window - overall.in_flight
        if interval:
            room = min(room, 1 + int((now - max(overall.opens_at, now - BURST_SECONDS)) / interval))
        return room

    def start(self, domain: str, now: float) -> bool:
        """Counts a letter to `domain` as started if that may have one more now; `room` is how many may start at all."""
        if self.unlimited:
            return True
        gate = self._gates.get(domain)
        if gate is None:
            gate = self._gates[domain] = _Gate()
        interval, in_flight = self._share.domain_interval, gate.in_flight
        if (
            in_flight >= self._share.domain_connections
            or in_flight >= gate.window
            or gate.opens_at > now
            or gate.until > now
        ):
            return False
        gate.in_flight = in_flight + 1
        if interval:
            gate.opens_at = max(gate.opens_at, now - BURST_SECONDS) + interval
        return True

    def started(self, count: int, now: float) -> None:
        """Takes in that so many letters have started, to whatever domains."""
        if not self.unlimited:
            overall, interval = self._overall, self._share.interval
            overall.in_flight += count
            if interval:
                overall.opens_at = max(overall.opens_at, now - BURST_SECONDS) + count * interval

    def ended(self, domain: str, *, accepted: bool) -> None:
        """Takes in that a letter to `domain` is no longer in flight."""
        if self.unlimited:
            return
        whole = self._overall.ended(accepted=accepted)
        gate = self._gates.get(domain)
        if (gate is not None and gate.ended(accepted=accepted)) or whole:
            self._update_unlimited()

    def server_backoff(self, now: float) -> float:
        """The seconds for which the SMTP server itself is left alone."""
        return max(0.0, self._overall.until - now)

    def wait(self, now: float) -> float:
        """0 if any letter may start, else the seconds until then; inf if a reply has to come first."""
        return self._overall.wait(now)

    def wait_for(self, domain: str, now: float) -> float:
        """The same for a letter to `domain`, as far as that domain goes."""
        gate = self._gates.get(domain)
        if gate is None:
            return 0.0
        return inf if gate.in_flight >= self._share.domain_connections else gate.wait(now)

    def _gate(self, domain: str) -> _Gate:
        return self._gates.setdefault(domain, _Gate()) if domain else self._overall

    def _update_unlimited(self) -> None:
        """Without limits, and without domains that refuse, no letter needs a decision."""
        limits = self._limits
        limited = limits.rate or limits.domain_rate or limits.domain_connections
        recovering = any(gate.window < inf for gate in (self._overall, *self._gates.values()))
        self.unlimited = not (limited or self._backoffs or recovering)
        if self.unlimited:
            self._overall = _Gate()
            self._gates.clear()


_FULL_SPEED = 1000


def backs_off(reply: Reply, domain: str) -> str | None:
    """Returns who backs off after a deferral or a lost connection: the domain, "" for the server itself, None for a
    mailbox alone.
    """
    if reply.code is None:
        return ""
    if reply.enhanced_status.startswith("4.2."):
        return None
    ours = reply.phase is Phase.MAIL or reply.code == 421 or reply.enhanced_status.startswith("4.3.")
    return "" if ours else domain


def least_failures(reply: Reply) -> int:
    """The failures that a deferral counts for at least: where it is about us (4.7.x), enough for a backoff."""
    return FREE_FAILURES + 1 if reply.enhanced_status.startswith("4.7.") else 1


def backoff_seconds(failures: int, chance: float) -> float:
    """The seconds that a domain is left alone after so many failures; `chance` in [0, 1) spreads them."""
    counted = failures - FREE_FAILURES
    if counted <= 0:
        return 0.0
    seconds = min(FIRST_BACKOFF_SECONDS * 2 ** min(counted - 1, 20), LONGEST_BACKOFF_SECONDS)
    return seconds * (1 - _JITTER + 2 * _JITTER * chance)


@dataclass
class Ramp:
    """The number of connections that may be open: one at first, twice as many each time all had a letter accepted."""

    most: int
    allowed: int = 1
    _since: int = 0
    _not_before: float = float("-inf")
    _refused: bool = False

    def accepted(self) -> None:
        """Takes in that a letter was accepted."""
        if self.allowed < self.most and not self._refused:
            self._since += 1
            if self._since >= self.allowed:
                self.allowed, self._since = min(self.most, self.allowed * 2), 0

    def refused(self, opened: int, now: float) -> None:
        """Takes in that the server took no more than the `opened` connections; one more is tried after a while."""
        self._refused = True
        self.allowed = max(1, opened)
        self._not_before = now + _TRY_MORE_SECONDS

    def may_open(self, opened: int, now: float) -> bool:
        """Whether another connection may be opened beside the `opened` ones."""
        if self._refused and now >= self._not_before and opened >= self.allowed:
            self.allowed, self._refused = min(self.most, opened + 1), False
        return opened < self.allowed
