"""Courtesy towards servers: how fast, how many at once, and whom to leave alone for a while. Pure; no clock of its own.

Moments are steady (monotonic) seconds, domains the part of an address after the @; "" is the SMTP server itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from newsletter_service.smtp.replies import Phase, Reply

BURST_SECONDS = 0.1
"""How much of a pause may be caught up with: a rate is never exceeded by more than this."""
FREE_FAILURES = 2
"""So many deferrals in a row are single mailboxes' trouble; from the next one on the domain rests."""
FIRST_BACKOFF_SECONDS = 60.0
LONGEST_BACKOFF_SECONDS = 3600.0
_JITTER = 0.2
_TRY_MORE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What may not be exceeded by all senders together; 0 is no limit. Rates are letters a second.

    `domain_connections` is how many letters may be under way to one domain at the same time.
    """

    rate: float = 0
    domain_rate: float = 0
    domain_connections: int = 0
    letters_per_connection: int = 0

    def share(self, senders: int, rank: int) -> "Share":
        """What one of so many senders may use, `rank` (from 0) being its place among them.

        All shares together are the limits: a connection is not divided, so some may get one more than others, or none.
        """
        each, over = divmod(self.domain_connections, senders)
        return Share(
            apart=senders / self.rate if self.rate else 0.0,
            domain_apart=senders / self.domain_rate if self.domain_rate else 0.0,
            domain_connections=each + (rank < over) if self.domain_connections else inf,
        )


class Share(NamedTuple):
    """What one sender may use: seconds from one letter to the next, and letters under way to one domain at a time."""

    apart: float
    domain_apart: float
    domain_connections: float


@dataclass(frozen=True, slots=True)
class Backoff:
    """A domain that does not take letters: left alone `until`, after `failures` deferrals in a row."""

    until: float
    failures: int


@dataclass(slots=True)
class _Gate:
    """What one domain may have just now: nothing while it rests, `trust` letters at a time while it recovers."""

    under_way: int = 0
    trust: float = inf
    opens_at: float = 0.0
    until: float = 0.0

    def ended(self, *, accepted: bool) -> bool:
        """One letter less is under way; whether that made trust complete again."""
        if self.under_way:
            self.under_way -= 1
        if not accepted or self.trust == inf:
            return False
        self.trust *= 2
        if self.trust > _FULL_SPEED:
            self.trust = inf
        return self.trust == inf

    def wait(self, now: float) -> float:
        """0 if one more may start, else the seconds until then; inf if an answer has to come first."""
        if self.under_way >= self.trust:
            return inf
        return max(self.opens_at - now, self.until - now, 0.0)


class RateLimiter:
    """One sender's share of the limits, and what it knows of domains; `free` while nothing limits anybody."""

    def __init__(self, limits: Limits) -> None:
        self.free = True
        self._limits = limits
        self._share = limits.share(1, 0)
        self._rests: Mapping[str, Backoff] = {}
        self._everybody = _Gate()
        self._gates: dict[str, _Gate] = {}
        self._look()

    @property
    def has_no_share(self) -> bool:
        """Whether the others use all connections that a domain may have."""
        return self._share.domain_connections == 0

    @property
    def anyone_backs_off(self) -> bool:
        """Whether there are domains that refuse."""
        return bool(self._rests)

    def share_with(self, senders: int, rank: int) -> None:
        """So many senders are at work, this one among them in this place (from 0)."""
        self._share = self._limits.share(senders, rank)

    def rests(self, known: Mapping[str, Backoff]) -> None:
        """What is known now of domains that refuse; one that is not among them any more starts slowly."""
        for domain in self._rests.keys() - known.keys():
            gate = self._gate(domain)
            gate.trust, gate.until = 2, 0.0
        for domain, rest in known.items():
            gate = self._gate(domain)
            gate.trust, gate.until = 1 if rest.failures > FREE_FAILURES else inf, rest.until
        self._rests = dict(known)
        self._look()

    def recount(self, domains: Iterable[str]) -> None:
        """Nothing is under way but letters to these."""
        for gate in (self._everybody, *self._gates.values()):
            gate.under_way = 0
        for domain in () if self.free else domains:
            self._everybody.under_way += 1
            self._gate(domain).under_way += 1

    def tidy(self, now: float) -> None:
        """Forget domains of which there is nothing to remember."""
        past = now - BURST_SECONDS
        for domain, gate in list(self._gates.items()):
            if not gate.under_way and gate.trust == inf and max(gate.opens_at, gate.until) < past:
                del self._gates[domain]

    def room(self, now: float) -> float:
        """How many letters may start now, as far as all domains together go."""
        everybody, apart = self._everybody, self._share.apart
        if everybody.wait(now) > 0:
            return 0
        room = everybody.trust - everybody.under_way
        if apart:
            room = min(room, 1 + int((now - max(everybody.opens_at, now - BURST_SECONDS)) / apart))
        return room

    def start(self, domain: str, now: float) -> bool:
        """Begin with a letter to `domain`, if that may have one more now; `room` says how many may have one at all."""
        if self.free:
            return True
        gate = self._gates.get(domain)
        if gate is None:
            gate = self._gates[domain] = _Gate()
        _, apart, connections = self._share
        under_way = gate.under_way
        if under_way >= connections or under_way >= gate.trust or gate.opens_at > now or gate.until > now:
            return False
        gate.under_way = under_way + 1
        if apart:
            gate.opens_at = max(gate.opens_at, now - BURST_SECONDS) + apart
        return True

    def started(self, count: int, now: float) -> None:
        """So many letters have started, to whatever domains."""
        if not self.free:
            everybody, apart = self._everybody, self._share.apart
            everybody.under_way += count
            if apart:
                everybody.opens_at = max(everybody.opens_at, now - BURST_SECONDS) + count * apart

    def ended(self, domain: str, *, accepted: bool) -> None:
        """A letter to `domain` is on its way no more."""
        if self.free:
            return
        whole = self._everybody.ended(accepted=accepted)
        gate = self._gates.get(domain)
        if (gate is not None and gate.ended(accepted=accepted)) or whole:
            self._look()

    def rests_for(self, now: float) -> float:
        """For how many seconds the SMTP server itself is to be left alone."""
        return max(0.0, self._everybody.until - now)

    def wait(self, now: float) -> float:
        """0 if any letter may start, else the seconds until then; inf if an answer has to come first."""
        return self._everybody.wait(now)

    def wait_for(self, domain: str, now: float) -> float:
        """The same for a letter to `domain`, as far as that domain goes."""
        gate = self._gates.get(domain)
        if gate is None:
            return 0.0
        return inf if gate.under_way >= self._share.domain_connections else gate.wait(now)

    def _gate(self, domain: str) -> _Gate:
        return self._gates.setdefault(domain, _Gate()) if domain else self._everybody

    def _look(self) -> None:
        """Without limits, and with nobody who refuses, there is nothing to think about for each letter."""
        limits = self._limits
        limited = limits.rate or limits.domain_rate or limits.domain_connections
        recovering = any(gate.trust < inf for gate in (self._everybody, *self._gates.values()))
        self.free = not (limited or self._rests or recovering)
        if self.free:
            self._everybody = _Gate()
            self._gates.clear()


_FULL_SPEED = 1000


def backs_off(reply: Reply, domain: str) -> str | None:
    """Who is to blame for a deferral or a lost connection: the domain, "" for the server itself, None for that one
    mailbox.
    """
    if reply.code is None:
        return ""
    if reply.enhanced_status.startswith("4.2."):
        return None
    ours = reply.phase is Phase.MAIL or reply.code == 421 or reply.enhanced_status.startswith("4.3.")
    return "" if ours else domain


def least_failures(reply: Reply) -> int:
    """What a deferral counts for at least: one where the server says that we are the trouble (4.7.x) costs a rest."""
    return FREE_FAILURES + 1 if reply.enhanced_status.startswith("4.7.") else 1


def backoff_seconds(failures: int, chance: float) -> float:
    """Seconds that a domain is left alone after so many deferrals in a row; `chance` in [0, 1) spreads them."""
    counted = failures - FREE_FAILURES
    if counted <= 0:
        return 0.0
    seconds = min(FIRST_BACKOFF_SECONDS * 2 ** min(counted - 1, 20), LONGEST_BACKOFF_SECONDS)
    return seconds * (1 - _JITTER + 2 * _JITTER * chance)


@dataclass
class Ramp:
    """How many connections may be open: one at first, twice as many each time they all did well."""

    most: int
    allowed: int = 1
    _since: int = 0
    _not_before: float = float("-inf")
    _refused: bool = False

    def accepted(self) -> None:
        """A letter was accepted."""
        if self.allowed < self.most and not self._refused:
            self._since += 1
            if self._since >= self.allowed:
                self.allowed, self._since = min(self.most, self.allowed * 2), 0

    def refused(self, opened: int, now: float) -> None:
        """The server took no more than the `opened` connections; one more is tried after a while."""
        self._refused = True
        self.allowed = max(1, opened)
        self._not_before = now + _TRY_MORE_SECONDS

    def may_open(self, opened: int, now: float) -> bool:
        """Whether another connection may be opened beside the `opened` ones."""
        if self._refused and now >= self._not_before and opened >= self.allowed:
            self.allowed, self._refused = min(self.most, opened + 1), False
        return opened < self.allowed
