"""When a session ends, and how fast somebody may guess, decided on plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

LONGEST_SESSION = timedelta(hours=12)
LONGEST_PAUSE = timedelta(hours=2)
WARN_BEFORE = timedelta(minutes=5)
KNOWN_BROWSER = timedelta(days=180)
PEAK_WITHIN = timedelta(minutes=15)
PEAK = 20
TELL_AT_MOST_EVERY = timedelta(hours=1)


def session_ends(started_at: datetime, active_at: datetime) -> datetime:
    """When a session is over if nobody does anything more: two hours after the last act, twelve after the first."""
    return min(started_at + LONGEST_SESSION, active_at + LONGEST_PAUSE)


@dataclass(frozen=True)
class Budget:
    """Wrong passwords that are free, and how long each further one takes.

    One moment is all there is to keep: each wrong password moves it on by `each`, and who is more than
    `free` times that ahead of the clock has to wait until the clock has caught up.
    """

    free: int
    each: timedelta

    def wait(self, used_until: datetime | None, now: datetime) -> timedelta:
        """How long the next try has to wait; nothing if it may come now."""
        if used_until is None:
            return timedelta()
        return max(timedelta(), used_until - now - self.each * (self.free - 1))

    def charged(self, used_until: datetime | None, now: datetime) -> datetime:
        """The moment to keep after one more try."""
        return max(used_until or now, now) + self.each


KNOWN = Budget(free=20, each=timedelta(seconds=30))
"""For a browser in which this very account signed in before: nobody else's guesses count here."""
PAIR = Budget(free=10, each=timedelta(minutes=1))
"""For one account from one network."""
NETWORK = Budget(free=30, each=timedelta(seconds=10))
"""For one network, whichever account."""
ACCOUNT = Budget(free=100, each=timedelta(seconds=30))
"""For one account, from wherever: only many networks together ever come here."""


def network_of(address: str | None) -> str:
    """The network that a client's address lies in: a /24 of IPv4, a /64 of IPv6; "" for what is no address."""
    try:
        client = ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(client, IPv6Address) and client.ipv4_mapped:
        client = client.ipv4_mapped
    inside = 8 if client.version == 4 else 64
    return str(ip_address((int(client) >> inside << inside).to_bytes(len(client.packed), "big")))
