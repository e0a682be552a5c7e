"""What is asked of the DNS about the domains of the service. Pure, but for what stands behind `Dns`."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from typing import TypeVar

from newsletter_service.doctor.dns.answers import (
    NO_RECORDS,
    Answer,
    Dns,
    NoAnswer,
    State,
    addresses,
    records,
    tagged,
    upwards,
)
from newsletter_service.doctor.dns.keys import DMARC, read_tags, report_domains
from newsletter_service.doctor.dns.spf import Spf, read_spf

T = TypeVar("T")
_TAGGED = re.compile(r"\bv=(DKIM1|DMARC1)\b|\bp=", re.IGNORECASE)


@dataclass(frozen=True)
class Names:
    """What is looked up: the domains of MAIL_FROM, of bounces and of the pages, and who hands letters to the world.

    `mail_root` and `web_root` are the domains that were registered, `selector` that of DKIM, `senders` the addresses
    that letters leave from.
    """

    mail: str
    mail_root: str
    bounce: str
    bounce_root: str
    web: str
    web_root: str
    selector: str = ""
    senders: tuple[str, ...] = ()

    @property
    def of_mail(self) -> tuple[str, ...]:
        """The domains of letters, each once."""
        return tuple(dict.fromkeys((self.mail, self.bounce)))


@dataclass(frozen=True)
class Host:
    """A server: its addresses, whether its name is an alias, and its TLSA records for port 25."""

    name: str
    addresses: tuple[str, ...]
    alias: bool = False
    tlsa: Answer = NO_RECORDS

    @property
    def has_ipv6(self) -> bool:
        """Whether it has an address of IPv6."""
        return any(ip_address(one).version == 6 for one in self.addresses)

    @property
    def is_public(self) -> bool:
        """Whether all its addresses are such as the world can reach."""
        return bool(self.addresses) and all(ip_address(one).is_global for one in self.addresses)


@dataclass(frozen=True)
class Records:
    """Records at one name."""

    name: str
    found: tuple[str, ...]


@dataclass(frozen=True)
class Sender:
    """An address that letters leave from, the names that it has, and those of them that lead back to it."""

    address: str
    names: tuple[str, ...]
    leads_back: tuple[str, ...]


@dataclass(frozen=True)
class DomainFacts:
    """What one domain says of its mail; `mail_hosts` is None where it takes none (a null MX)."""

    domain: str
    spf: Spf
    mail_hosts: tuple[Host, ...] | None
    signed: bool


@dataclass(frozen=True)
class DnsFacts:
    """All that was answered; `unanswered` are the names of which nothing can be said."""

    domains: tuple[DomainFacts, ...]
    dkim: Records | None
    dmarc: Records | None
    reports_refused: tuple[str, ...]
    senders: tuple[Sender, ...]
    web: Host | None
    name_servers: tuple[Host, ...]
    caa: tuple[str, ...] | None
    resolver_validates: bool
    unanswered: tuple[str, ...]


class Questions:
    """Asks everything about `names`; what is not answered for is left out, and listed."""

    def __init__(self, dns: Dns, names: Names) -> None:
        self._dns, self._names = dns, names
        self._unanswered: list[str] = []

    def facts(self) -> DnsFacts:
        """Returns what is to be judged."""
        names = self._names
        dmarc = self._tried(self._dmarc)
        return DnsFacts(
            domains=tuple(self._each(self._domain, names.of_mail)),
            dkim=self._tried(self._dkim) if names.selector else None,
            dmarc=dmarc,
            reports_refused=tuple(self._each(self._refusal, self._report_domains(dmarc))),
            senders=tuple(self._each(self._sender, names.senders)),
            web=self._tried(partial(self._host, names.web)) if names.web else None,
            name_servers=tuple(self._each(self._host, self._tried(self._name_servers) or ())),
            caa=self._tried(self._caa) if names.web else None,
            resolver_validates=self._dns.ask("", "NS").secure,
            unanswered=tuple(dict.fromkeys(self._unanswered)),
        )

    def _tried(self, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except NoAnswer as silent:
            self._unanswered.append(silent.name)
            return None

    def _each(self, question: Callable[[str], T | None], names: Iterable[str]) -> Iterator[T]:
        for name in names:
            found = self._tried(partial(question, name))
            if found is not None:
                yield found

    def _domain(self, domain: str) -> DomainFacts:
        top = self._names.mail_root if domain == self._names.mail else self._names.bounce_root
        hosts = [value.split()[1:] for value in records(self._dns, domain, "MX")]
        null = [] in hosts
        return DomainFacts(
            domain,
            read_spf(self._dns, domain),
            None if null else tuple(self._mail_host(host) for (host,) in hosts),
            self._dns.ask(top, "SOA").secure,
        )

    def _mail_host(self, name: str) -> Host:
        tlsa = self._dns.ask(f"_25._tcp.{name}", "TLSA")
        if tlsa.state is State.FAILED:
            self._unanswered.append(f"_25._tcp.{name}")
        return replace(self._host(name), alias=bool(records(self._dns, name, "CNAME")), tlsa=tlsa)

    def _host(self, name: str) -> Host:
        return Host(name, addresses(self._dns, name))

    def _name_servers(self) -> tuple[str, ...]:
        return records(self._dns, self._names.mail_root, "NS")

    def _dkim(self) -> Records:
        return self._first(
            f"{self._names.selector}._domainkey.{domain}"
            for domain in dict.fromkeys((self._names.mail, self._names.mail_root))
        )

    def _dmarc(self) -> Records:
        return self._first(
            f"_dmarc.{domain}" for domain in dict.fromkeys((self._names.mail, self._names.mail_root))
        )

    def _first(self, names: Iterable[str]) -> Records:
        """The records of keys and policies at the first of these names that has any."""
        asked = [Records(name, self._of_mail(name)) for name in names]
        return next((one for one in asked if one.found), asked[0])

    def _of_mail(self, name: str) -> tuple[str, ...]:
        return tuple(text for text in records(self._dns, name, "TXT") if _TAGGED.search(text))

    def _report_domains(self, dmarc: Records | None) -> tuple[str, ...]:
        own = self._names.mail_root
        wanted = report_domains(read_tags(dmarc.found[0])) if dmarc and dmarc.found else ()
        return tuple(one for one in wanted if one != own and not one.endswith(f".{own}"))

    def _refusal(self, domain: str) -> str | None:
        """A domain that does not say that it wants reports about ours (RFC 7489, 7.1)."""
        return None if tagged(self._dns, f"{self._names.mail}._report._dmarc.{domain}", DMARC) else domain

    def _sender(self, address: str) -> Sender:
        names = records(self._dns, ip_address(address).reverse_pointer, "PTR")
        back = (name for name in names if address in addresses(self._dns, name))
        return Sender(address, names, tuple(back))

    def _caa(self) -> tuple[str, ...]:
        asked = (records(self._dns, name, "CAA") for name in upwards(self._names.web, self._names.web_root))
        return next((found for found in asked if found), ())
