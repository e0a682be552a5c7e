"""What a budget is, and those of the forms that anybody may fill in, on plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Budget:
    """Uses that are free, and how long each further one takes to grow back.

    One moment is all there is to keep: each use moves it on by `each`, and who is more than `free` times that ahead of
    the clock has to wait until the clock has caught up. The last `reserve` of the free ones are for those who waited.
    """

    free: int
    each: timedelta
    reserve: int = 0

    def wait(self, used_until: datetime | None, now: datetime, *, patient: bool = True) -> timedelta:
        """How long the next use has to wait; nothing if it may come now. Who is not `patient` leaves the reserve."""
        if used_until is None:
            return timedelta()
        free = self.free if patient else self.free - self.reserve
        return max(timedelta(), used_until - now - self.each * (free - 1))

    def used(self, used_until: datetime | None, now: datetime, times: int = 1) -> datetime:
        """The moment to keep after so many more uses."""
        return max(used_until or now, now) + self.each * times


def at_most(number: int, period: timedelta, *, at_once: int, reserve: int = 0) -> Budget:
    """A budget of which no `period`, whenever it begins, sees more than `number` uses, `at_once` of them together."""
    return Budget(at_once, period / (number - at_once + 1), reserve)


@dataclass(frozen=True)
class FormLimits:
    """How many mails forms may ask for: to a mailbox in a day; to a domain, from a network and in all in an hour.

    A mailbox has all of its budget at once. Of the others one half is there at once and the other grows back over the
    hour; of the first half a third is for those who waited.
    """

    mailbox_daily: int = 3
    domain_hourly: int = 20
    network_hourly: int = 60
    hourly: int = 600
    seconds: int = 0

    @property
    def least_time(self) -> timedelta:
        """How long a person takes at least to fill in the form to sign up; nothing where nobody looks at that."""
        return timedelta(seconds=self.seconds)

    @property
    def mailbox(self) -> Budget:
        """For one person, however they write their address."""
        return at_most(self.mailbox_daily, _DAY, at_once=self.mailbox_daily)

    @property
    def domain(self) -> Budget:
        """For one domain that is no segment's own."""
        return _shared(self.domain_hourly)

    @property
    def network(self) -> Budget:
        """For one network of clients."""
        return _shared(self.network_hourly)

    @property
    def all(self) -> Budget:
        """For all together."""
        return _shared(self.hourly)


USUAL_LIMITS = FormLimits(seconds=2)


def _shared(hourly: int) -> Budget:
    at_once = (hourly + 1) // 2
    return at_most(hourly, _HOUR, at_once=at_once, reserve=at_once // 3)


def mailbox_of(address: str) -> str:
    """The mailbox that an address leads to: what stands behind a plus is its owner's to choose (RFC 5233)."""
    local, _at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


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
