"""SPF (RFC 7208): a record with all that it includes, read into a tree, and what that says of an address. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from newsletter_service.doctor.dns.answers import Dns, addresses, records, tagged

MOST_LOOKUPS = 10
MOST_VOID_LOOKUPS = 2
_FAR_TOO_MANY = 40
_VERSION = "v=spf1"
_QUALIFIERS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_MODIFIER = re.compile(r"(?P<name>[A-Za-z][\w.-]*)=(?P<value>\S*)")
_MECHANISM = re.compile(
    r"(?P<qualifier>[+?~-])?(?P<name>[A-Za-z0-9]+)(?::(?P<argument>\S*?))?"
    r"(?P<lengths>(?:/(?P<four>\d{1,3}))?(?://(?P<six>\d{1,3}))?)"
)
_LOOKS_UP = ("include", "a", "mx", "ptr", "exists", "redirect")

Network = IPv4Network | IPv6Network


class SpfFault(StrEnum):
    """What makes receivers ignore a record, or take it for broken."""

    MISSING = "missing"
    DOUBLE = "double"
    SYNTAX = "syntax"
    LOOKUPS = "lookups"
    VOIDS = "voids"
    INCLUDE = "include"
    LOOP = "loop"


@dataclass(frozen=True)
class Term:
    """One term of a record; `networks` are what it allows itself, `record` is what it includes or redirects to."""

    text: str
    result: str
    name: str
    argument: str = ""
    lengths: tuple[str, str] = ("", "")
    networks: tuple[Network, ...] = ()
    record: "Spf | None" = None


@dataclass(frozen=True)
class Spf:
    """The record of a domain; `found` are all that there are, `fault` is the first that was met, `blamed` at what."""

    domain: str
    found: tuple[str, ...]
    terms: tuple[Term, ...] = ()
    fault: SpfFault | None = None
    blamed: str = ""
    lookups: int = 0
    voids: int = 0

    @property
    def ends_with(self) -> str:
        """What it says of all other addresses: pass, fail, softfail or neutral; "" if it says nothing."""
        for term in self.terms:
            if term.name == "all":
                return term.result
            if term.name == "redirect" and term.record is not None:
                return term.record.ends_with
        return ""

    @property
    def uses_ptr(self) -> bool:
        """Whether it asks what nobody should ask any more (RFC 7208, 5.5)."""
        return any(term.name == "ptr" for term in self.terms)

    def says_of(self, address: str) -> str:
        """Returns pass, fail, softfail, neutral, or none where it says nothing."""
        return next(
            (
                term.result
                for term in self.terms
                if term.name != "redirect" and _matches(term, ip_address(address))
            ),
            next(
                (
                    term.record.says_of(address)
                    for term in self.terms
                    if term.name == "redirect" and term.record
                ),
                "none",
            ),
        )


def read_spf(dns: Dns, domain: str) -> Spf:
    """Returns the record of `domain` with all that it leads to; raises NoAnswer where its own is not answered for."""
    reading = _Reading(dns)
    spf = reading.record(domain, ())
    fault, blamed = spf.fault, spf.blamed
    if fault is None and reading.lookups > MOST_LOOKUPS:
        fault, blamed = SpfFault.LOOKUPS, str(reading.lookups)
    if fault is None and reading.voids > MOST_VOID_LOOKUPS:
        fault, blamed = SpfFault.VOIDS, str(reading.voids)
    return replace(spf, fault=fault, blamed=blamed, lookups=reading.lookups, voids=reading.voids)


class _Broken(Exception):
    """A record does not hold; `fault` says why, `blamed` at what."""

    def __init__(self, fault: SpfFault, blamed: str) -> None:
        super().__init__(fault)
        self.fault, self.blamed = fault, blamed


class _Reading:
    """Counts the lookups of one record and of all that it includes, whatever the sender's address is."""

    def __init__(self, dns: Dns) -> None:
        self._dns = dns
        self.lookups = self.voids = 0

    def record(self, domain: str, path: tuple[str, ...]) -> Spf:
        found = tagged(self._dns, domain, _VERSION)
        if len(found) != 1:
            return Spf(domain, found, fault=SpfFault.DOUBLE if found else SpfFault.MISSING, blamed=domain)
        terms: list[Term] = []
        try:
            for text in found[0].split()[1:]:
                terms += self._term(text, domain, (*path, domain))
        except _Broken as broken:
            return Spf(domain, found, tuple(terms), broken.fault, broken.blamed)
        return Spf(domain, found, tuple(terms))

    def _term(self, text: str, domain: str, path: tuple[str, ...]) -> Iterator[Term]:
        term = _parsed(text)
        if term is None:
            return
        if term.name in _LOOKS_UP:
            self.lookups += 1
        if self.lookups > _FAR_TOO_MANY:
            raise _Broken(SpfFault.LOOKUPS, str(self.lookups))
        if term.name in ("include", "redirect"):
            term = replace(term, record=self._included(term, path))
        elif term.name in ("a", "mx") and "%" not in term.argument:
            term = replace(term, networks=tuple(self._networks(term, domain)))
        yield term

    def _included(self, term: Term, path: tuple[str, ...]) -> Spf | None:
        if "%" in term.argument:
            return None
        if term.argument in path:
            raise _Broken(SpfFault.LOOP, term.text)
        inner = self.record(term.argument, path)
        if inner.fault in (SpfFault.MISSING, SpfFault.DOUBLE):
            raise _Broken(SpfFault.INCLUDE, term.text)
        if inner.fault is not None:
            raise _Broken(inner.fault, inner.blamed)
        return inner

    def _networks(self, term: Term, domain: str) -> Iterator[Network]:
        name = term.argument or domain
        hosts = [name]
        if term.name == "mx":
            hosts = [host.split()[-1] for host in records(self._dns, name, "MX")]
        found = [one for host in hosts for one in addresses(self._dns, host)]
        self.voids += not found
        for one in found:
            length = term.lengths[ip_address(one).version == 6]
            yield ip_network(f"{one}/{length}" if length else one, strict=False)


def _parsed(text: str) -> Term | None:
    """The term, None for a modifier that nobody has to know."""
    if modifier := _MODIFIER.fullmatch(text):
        if modifier["name"].lower() != "redirect":
            return None
        return Term(text, "", "redirect", modifier["value"].lower().rstrip("."))
    found = _MECHANISM.fullmatch(text)
    if found is None or not _may_have(found):
        raise _Broken(SpfFault.SYNTAX, text)
    name, argument = found["name"].lower(), found["argument"] or ""
    lengths = found["four"] or "", found["six"] or ""
    networks = (_network(text, name, argument + found["lengths"]),) if name in ("ip4", "ip6") else ()
    result = _QUALIFIERS[found["qualifier"] or "+"]
    return Term(text, result, name, argument.lower().rstrip("."), lengths, networks)


def _may_have(found: re.Match[str]) -> bool:
    """Whether a mechanism has what it needs: an argument it cannot be without, none that it cannot have."""
    match found["name"].lower():
        case "all":
            return found["argument"] is None and not found["lengths"]
        case "include" | "exists" | "ip4" | "ip6":
            return bool(found["argument"])
        case "a" | "mx" | "ptr":
            return found["argument"] != "" and int(found["four"] or 0) <= 32 and int(found["six"] or 0) <= 128
    return False


def _network(text: str, name: str, written: str) -> Network:
    try:
        network = ip_network(written, strict=False)
    except ValueError as error:
        raise _Broken(SpfFault.SYNTAX, text) from error
    if network.version != int(name[-1]):
        raise _Broken(SpfFault.SYNTAX, text)
    return network


def _matches(term: Term, address: IPv4Address | IPv6Address) -> bool:
    if term.name == "all":
        return True
    if term.name == "include":
        return term.record is not None and term.record.says_of(str(address)) == "pass"
    return any(address in network for network in term.networks)
