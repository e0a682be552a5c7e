"""Courtesy towards servers: how fast, how many at once, and whom to leave alone for a while. Pure; no clock of its own.

Moments are steady (monotonic) seconds, domains the part of an address after the @; "" is the SMTP server itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from newsletter_service.delivery.rules import Phase, Reply

BURST_SECONDS = 0.1
"""How much of a pause may be caught up with: a rate is never exceeded by more than this."""
FREE_STRIKES = 2
"""So many deferrals in a row are single mailboxes' trouble; from the next one on the domain rests."""
FIRST_REST_SECONDS = 60.0
LONGEST_REST_SECONDS = 3600.0
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

    def share(self, senders: int) -> "Limits":
        """What one of so many senders may use."""
        return replace(
            self,
            rate=self.rate / senders,
            domain_rate=self.domain_rate / senders,
            domain_connections=max(1, self.domain_connections // senders) if self.domain_connections else 0,
        )


@dataclass(frozen=True, slots=True)
class Rest:
    """A domain that does not take letters: left alone `until`, after `strikes` deferrals in a row."""

    until: float
    strikes: int


@dataclass(slots=True)
class _Gate:
    """What one domain may have just now; `most` at the same time while it recovers, 0 for as many as come."""

    under_way: int = 0
    most: int = 0
    next_at: float = 0.0


@dataclass
class Pacer:
    """One sender's share of the limits, and what it knows of domains; `free` while nothing limits anybody."""

    limits: Limits
    _mine: Limits = field(init=False)
    _rests: Mapping[str, Rest] = field(default_factory=dict)
    _gates: dict[str, _Gate] = field(default_factory=dict)
    _next_at: float = 0.0
    free: bool = field(init=False)

    def __post_init__(self) -> None:
        self._mine = self.limits
        self._look()

    def share_with(self, senders: int) -> None:
        """So many senders are at work, this one among them."""
        self._mine = self.limits.share(max(1, senders))

    def rests(self, known: Mapping[str, Rest]) -> None:
        """What is known now of domains that refuse; one that is not among them any more starts slowly."""
        for domain in self._rests.keys() - known.keys():
            self._gate(domain).most = max(2, self._gate(domain).most)
        for domain in known.keys() - self._rests.keys():
            self._gate(domain).most = 0
        self._rests = dict(known)
        self._look()

    def wait(self, domain: str, now: float) -> float:
        """0 if a letter to `domain` may start now, else the seconds after which to ask again."""
        if self.free:
            return 0.0
        server = self._wait_for("", now)
        general = max(server, self._next_at - now if self._mine.rate else 0.0, 0.0)
        return max(general, self._wait_for(domain, now), self._wait_for_rate(domain, now))

    def started(self, domain: str, now: float) -> None:
        """A letter to `domain` is on its way."""
        if self.free:
            return
        if self._mine.rate:
            self._next_at = max(self._next_at, now - BURST_SECONDS) + 1 / self._mine.rate
        for key in {"", domain}:
            gate = self._gate(key)
            gate.under_way += 1
            if key and self._mine.domain_rate:
                gate.next_at = max(gate.next_at, now - BURST_SECONDS) + 1 / self._mine.domain_rate

    def ended(self, domain: str, accepted: bool) -> None:
        """A letter to `domain` is on its way no more."""
        for key in {"", domain}:
            gate = self._gates.get(key)
            if gate is not None:
                gate.under_way = max(0, gate.under_way - 1)
                if accepted and gate.most:
                    gate.most *= 2
                    if gate.most > _FULL_SPEED:
                        gate.most = 0
        if self._gates and not self.free:
            self._look()

    def _wait_for(self, domain: str, now: float) -> float:
        rest = self._rests.get(domain)
        if rest is not None and rest.until > now:
            return rest.until - now
        gate = self._gates.get(domain)
        if gate is None:
            return 0.0
        most = 1 if rest is not None and rest.strikes > FREE_STRIKES else gate.most
        if domain and self._mine.domain_connections:
            most = min(most or self._mine.domain_connections, self._mine.domain_connections)
        return _SOON if most and gate.under_way >= most else 0.0

    def _wait_for_rate(self, domain: str, now: float) -> float:
        gate = self._gates.get(domain)
        return max(0.0, gate.next_at - now) if gate is not None and self._mine.domain_rate else 0.0

    def _gate(self, domain: str) -> _Gate:
        return self._gates.setdefault(domain, _Gate())

    def _look(self) -> None:
        """Without limits, and with nobody who refuses, there is nothing to think about for each letter."""
        limited = self.limits.rate or self.limits.domain_rate or self.limits.domain_connections
        recovering = any(gate.most for gate in self._gates.values())
        self.free = not (limited or self._rests or recovering)
        if self.free:
            self._gates.clear()


_FULL_SPEED = 1000
_SOON = 0.05


def struck_by(reply: Reply, domain: str) -> str | None:
    """Who is to blame for a deferral: the domain, "" for the server itself, None for that one mailbox."""
    if reply.code is None or reply.enhanced_status.startswith("4.2."):
        return None
    ours = reply.phase is Phase.MAIL or reply.code == 421 or reply.enhanced_status.startswith("4.3.")
    return "" if ours else domain


def least_strikes(reply: Reply) -> int:
    """What a deferral counts for at least: one where the server says that we are the trouble (4.7.x) costs a rest."""
    return FREE_STRIKES + 1 if reply.enhanced_status.startswith("4.7.") else 1


def rest_after(strikes: int, chance: float) -> float:
    """Seconds that a domain is left alone after so many deferrals in a row; `chance` in [0, 1) spreads them."""
    counted = strikes - FREE_STRIKES
    if counted <= 0:
        return 0.0
    seconds = min(FIRST_REST_SECONDS * 2 ** min(counted - 1, 20), LONGEST_REST_SECONDS)
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
