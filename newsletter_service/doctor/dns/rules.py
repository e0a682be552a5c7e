"""What is wrong with the DNS of the service, judged on what was answered. Pure."""

from collections.abc import Iterator
from ipaddress import ip_address

from newsletter_service.doctor.dns.answers import State
from newsletter_service.doctor.dns.facts import DnsFacts, DomainFacts, Host, Names, Records
from newsletter_service.doctor.dns.keys import DMARC, POLICIES, read_dkim, read_tags
from newsletter_service.doctor.dns.spf import MOST_LOOKUPS, MOST_VOID_LOOKUPS, Spf, SpfFault
from newsletter_service.doctor.findings import Area, Finding, Level, Place, Put
from newsletter_service.hosts import is_address

WEAKEST_KEY = 1024
GOOD_KEY = 2048
_LONGEST_STRING = 255
_PASSES = "pass"


def judge(facts: DnsFacts, names: Names) -> list[Finding]:
    """Returns what is wrong, in the order in which a letter meets it."""
    found = [
        *(_finding("unanswered", Level.ERROR, name) for name in facts.unanswered),
        *(one for domain in facts.domains for one in _spf(domain.spf, names)),
        *_dkim(facts.dkim, names),
        *_dmarc(facts, names),
        *(one for domain in facts.domains for one in _mail_hosts(domain)),
        *_senders(facts),
        *_ipv6(facts),
        *_caa(facts, names),
        *_signatures(facts),
    ]
    return list({(one.code, one.subject): one for one in found}.values())


def _finding(code: str, level: Level, subject: str, put: Put | None = None, **values: object) -> Finding:
    return Finding(Area.DNS, code, level, subject, values, put)


def _record(name: str, kind: str, value: str) -> Put:
    pieces = (value[at : at + _LONGEST_STRING] for at in range(0, len(value), _LONGEST_STRING))
    written = " ".join(f'"{one}"' for one in pieces) if kind == "TXT" else value
    return Put(Place.DNS, f"{name}. IN {kind} {written}")


# --- SPF ---


def _spf(spf: Spf, names: Names) -> Iterator[Finding]:
    if spf.fault is not None:
        yield _spf_fault(spf, spf.fault, names)
        return
    if spf.ends_with == _PASSES:
        yield _finding("spf_open", Level.ERROR, spf.domain, _spf_put(spf, without_end=True))
    elif spf.ends_with not in ("fail", "softfail"):
        yield _finding("spf_end", Level.WARNING, spf.domain, _spf_put(spf, without_end=True))
    if spf.uses_ptr:
        yield _finding("spf_ptr", Level.WARNING, spf.domain)
    if spf.domain == names.bounce:
        outside = [one for one in names.senders if spf.says_of(one) != _PASSES]
        for address in outside:
            yield _finding("spf_sender", Level.ERROR, spf.domain, _spf_put(spf, outside), address=address)


def _spf_fault(spf: Spf, fault: SpfFault, names: Names) -> Finding:
    put = None
    if fault is SpfFault.MISSING:
        put = _record(spf.domain, "TXT", " ".join(("v=spf1", *_allowing(names.senders), "-all")))
    if fault is SpfFault.DOUBLE:
        terms = dict.fromkeys(term for text in spf.found for term in text.split()[1:] if not _is_end(term))
        put = _record(spf.domain, "TXT", " ".join(("v=spf1", *terms, "-all")))
    values = {"term": spf.blamed, "number": spf.blamed, "most": MOST_LOOKUPS, "voids": MOST_VOID_LOOKUPS}
    return _finding(f"spf_{fault}", Level.ERROR, spf.domain, put, **values)


def _spf_put(spf: Spf, outside: list[str] | None = None, *, without_end: bool = False) -> Put:
    """The record as it should be: with these addresses too, or with an end that shuts."""
    terms = spf.found[0].split()[1:]
    ends = [term for term in terms if _is_end(term)] if not without_end else []
    kept = [term for term in terms if not _is_end(term)]
    return _record(
        spf.domain, "TXT", " ".join(("v=spf1", *kept, *_allowing(outside or ()), *(ends or ["-all"])))
    )


def _is_end(term: str) -> bool:
    return term.lower().lstrip("+-~?") == "all"


def _allowing(addresses: tuple[str, ...] | list[str]) -> list[str]:
    return [f"ip{ip_address(one).version}:{one}" for one in addresses]


# --- DKIM and DMARC ---


def _dkim(dkim: Records | None, names: Names) -> Iterator[Finding]:
    if not names.selector:
        put = Put(Place.SETTINGS, "DKIM_SELECTOR=brief2026")
        yield _finding("dkim_selector", Level.WARNING, names.mail, put)
    if dkim is None:
        return
    if len(dkim.found) != 1:
        code = "dkim_double" if dkim.found else "dkim_missing"
        example = _record(dkim.name, "TXT", "v=DKIM1; k=rsa; p=…")
        yield _finding(code, Level.ERROR, dkim.name, None if dkim.found else example)
        return
    key = read_dkim(dkim.found[0])
    if key.revoked:
        yield _finding("dkim_revoked", Level.ERROR, dkim.name)
    elif not key.readable:
        yield _finding("dkim_unreadable", Level.ERROR, dkim.name)
    elif key.bits and key.bits < GOOD_KEY:
        level = Level.ERROR if key.bits < WEAKEST_KEY else Level.WARNING
        yield _finding("dkim_short", level, dkim.name, bits=key.bits, good=GOOD_KEY)
    if key.testing:
        put = _record(dkim.name, "TXT", _without_tag(dkim.found[0], "t"))
        yield _finding("dkim_testing", Level.WARNING, dkim.name, put)


def _dmarc(facts: DnsFacts, names: Names) -> Iterator[Finding]:
    dmarc = facts.dmarc
    if dmarc is None:
        return
    own = f"_dmarc.{names.mail_root}"
    good = f"v=DMARC1; p=quarantine; rua=mailto:dmarc@{names.mail_root}"
    if len(dmarc.found) != 1:
        code = "dmarc_double" if dmarc.found else "dmarc_missing"
        subject = dmarc.name if dmarc.found else own
        yield _finding(code, Level.ERROR, subject, _record(subject, "TXT", good))
        return
    tags = read_tags(dmarc.found[0])
    if not dmarc.found[0].startswith(DMARC) or tags.get("p", "").lower() not in POLICIES:
        yield _finding("dmarc_syntax", Level.ERROR, dmarc.name, _record(dmarc.name, "TXT", good))
        return
    yield from _dmarc_policy(dmarc, tags, names)
    yield from _alignment(facts, tags, names)
    for domain in facts.reports_refused:
        put = _record(f"{names.mail}._report._dmarc.{domain}", "TXT", DMARC)
        yield _finding("dmarc_reports", Level.WARNING, dmarc.name, put, domain=domain)


def _dmarc_policy(dmarc: Records, tags: dict[str, str], names: Names) -> Iterator[Finding]:
    inherited = dmarc.name != f"_dmarc.{names.mail}"
    tag = "sp" if inherited and "sp" in tags else "p"
    if tags[tag].lower() == "none":
        put = _record(dmarc.name, "TXT", _with_tag(dmarc.found[0], tag, "quarantine"))
        yield _finding("dmarc_none", Level.WARNING, dmarc.name, put, tag=tag)
    if tags.get("pct", "100") != "100":
        put = _record(dmarc.name, "TXT", _without_tag(dmarc.found[0], "pct"))
        yield _finding("dmarc_part", Level.WARNING, dmarc.name, put, part=tags["pct"])


def _alignment(facts: DnsFacts, tags: dict[str, str], names: Names) -> Iterator[Finding]:
    """Whether DMARC passes: SPF or DKIM does, for a domain that belongs to the one that readers see."""
    strict = tags.get("aspf", "r").lower() == "s"
    aligned = names.bounce == names.mail if strict else names.bounce_root == names.mail_root
    if aligned:
        return
    signed = facts.dkim is not None and any(
        key.readable and not key.revoked for key in map(read_dkim, facts.dkim.found)
    )
    level = Level.WARNING if signed else Level.ERROR
    put = Put(
        Place.SETTINGS, f"BOUNCE_DOMAIN={names.mail}" if strict else f"BOUNCE_DOMAIN=bounces.{names.mail}"
    )
    yield _finding("dmarc_alignment", level, names.bounce, put, of_sender=names.mail)


def _with_tag(record: str, tag: str, value: str) -> str:
    return _changed(record, tag, f"{tag}={value}")


def _without_tag(record: str, tag: str) -> str:
    return _changed(record, tag, "")


def _changed(record: str, tag: str, instead: str) -> str:
    parts = [part.strip() for part in record.split(";")]
    changed = (instead if part.partition("=")[0].strip().lower() == tag else part for part in parts)
    return "; ".join(part for part in changed if part)


# --- servers that take mail ---


def _mail_hosts(facts: DomainFacts) -> Iterator[Finding]:
    if facts.mail_hosts is None:
        yield _finding("mx_null", Level.ERROR, facts.domain, _record(facts.domain, "MX", "10 mail.…"))
        return
    if not facts.mail_hosts:
        yield _finding("mx_missing", Level.ERROR, facts.domain, _record(facts.domain, "MX", "10 mail.…"))
    for host in facts.mail_hosts:
        yield from _mail_host(host, facts.domain)


def _mail_host(host: Host, domain: str) -> Iterator[Finding]:
    if is_address(host.name):
        yield _finding("mx_literal", Level.ERROR, domain, host=host.name)
    elif host.alias:
        yield _finding("mx_alias", Level.ERROR, domain, host=host.name)
    elif not host.addresses:
        yield _finding("mx_address", Level.ERROR, domain, host=host.name)
    elif not host.has_ipv6:
        yield _finding("ipv6_mail", Level.WARNING, host.name, _record(host.name, "AAAA", "2001:db8:…"))
    yield from _dane(host)


def _dane(host: Host) -> Iterator[Finding]:
    name = f"_25._tcp.{host.name}"
    if host.tlsa.state is State.NONE and host.addresses and not host.alias:
        put = _record(name, "TLSA", "3 1 1 …")
        yield _finding("dane_missing", Level.WARNING, host.name, put)
    elif host.tlsa.state is State.FOUND and not any(_is_usable(one) for one in host.tlsa.values):
        yield _finding("dane_unusable", Level.ERROR, host.name, _record(name, "TLSA", "3 1 1 …"))
    elif host.tlsa.state is State.FOUND and not host.tlsa.secure:
        yield _finding("dane_unsigned", Level.WARNING, host.name)


def _is_usable(tlsa: str) -> bool:
    """Whether mail servers go by it (RFC 7672, 3.1): they leave out what is about authorities that browsers know."""
    return tlsa.split()[0] in ("2", "3")


# --- the rest ---


def _senders(facts: DnsFacts) -> Iterator[Finding]:
    for sender in facts.senders:
        if not sender.names:
            put = Put(Place.REVERSE_DNS, f"{ip_address(sender.address).reverse_pointer}. IN PTR mail.…")
            yield _finding("ptr_missing", Level.ERROR, sender.address, put)
        elif not sender.leads_back:
            kind = "A" if ip_address(sender.address).version == 4 else "AAAA"
            put = _record(sender.names[0], kind, sender.address)
            yield _finding("ptr_forward", Level.ERROR, sender.address, put, name=sender.names[0])


def _ipv6(facts: DnsFacts) -> Iterator[Finding]:
    if facts.web is not None and not facts.web.addresses:
        yield _finding("web_address", Level.ERROR, facts.web.name, _record(facts.web.name, "A", "…"))
    elif facts.web is not None and not facts.web.has_ipv6:
        yield _finding(
            "ipv6_web", Level.WARNING, facts.web.name, _record(facts.web.name, "AAAA", "2001:db8:…")
        )
    servers = facts.name_servers
    if servers and sum(one.has_ipv6 for one in servers) < min(2, len(servers)):
        yield _finding("ipv6_name_servers", Level.WARNING, ", ".join(one.name for one in servers))


def _caa(facts: DnsFacts, names: Names) -> Iterator[Finding]:
    if facts.caa is None:
        return
    if not facts.caa:
        put = _record(names.web_root, "CAA", '0 issue "letsencrypt.org"')
        yield _finding("caa_missing", Level.WARNING, names.web, put)
        return
    allowed = [one for one in facts.caa if one.split()[1:2] == ["issue"]]
    if allowed and all(one.split(None, 2)[2].strip('"').strip() in ("", ";") for one in allowed):
        put = _record(names.web_root, "CAA", '0 issue "letsencrypt.org"')
        yield _finding("caa_nobody", Level.ERROR, names.web, put)


def _signatures(facts: DnsFacts) -> Iterator[Finding]:
    if not facts.resolver_validates:
        yield _finding("dnssec_unknown", Level.NOTE, "")
        return
    for domain in facts.domains:
        if not domain.signed:
            yield _finding("dnssec_missing", Level.WARNING, domain.domain)
