"""Twenty mistakes and more in a zone, served by a real name server: each is named, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from click.testing import CliRunner

from newsletter_service.doctor.commands import check
from newsletter_service.doctor.dns.facts import Names, Questions
from newsletter_service.doctor.dns.resolver import Resolver
from newsletter_service.doctor.dns.rules import judge
from newsletter_service.doctor.findings import Finding, Place
from newsletter_service.doctor.texts.sentences import sentence
from newsletter_service.languages import LANGUAGES
from tests.dns_server import running_name_server
from tests.doctor.dns.zones import DOMAIN, FAULTY, REVERSE, SENDER, SENDER_6, Faulty, dmarc, zone

NAMES = Names(
    DOMAIN, DOMAIN, DOMAIN, DOMAIN, f"www.{DOMAIN}", DOMAIN, selector="sel", senders=(SENDER, SENDER_6)
)
OTHER = "terug.example"
BOUNCES = f"""
@ 60 IN SOA ns1.brief.example. hostmaster.brief.example. 1 60 60 60 60
@ IN MX 10 mail.brief.example.
@ IN TXT "v=spf1 include:{DOMAIN} -all"
"""
ROOT = {".": "@ 60 IN SOA a b 1 60 60 60 60\n@ IN NS a."}


def findings(
    zones: Mapping[str, str],
    names: Names = NAMES,
    *,
    signed: tuple[str, ...] = (".", DOMAIN),
    silent: str = "",
) -> list[Finding]:
    """What is found of what a server of these zones says."""
    quiet = (silent,) if silent else ()
    with running_name_server(ROOT | REVERSE | dict(zones), signed=signed, silent=quiet) as server:
        return judge(Questions(Resolver("127.0.0.1", server.port), names).facts(), names)


def codes(found: list[Finding]) -> set[str]:
    return {one.code for one in found}


def test_of_a_good_zone_there_is_nothing_to_say() -> None:
    assert findings({DOMAIN: zone()}) == []


@pytest.mark.parametrize("mistake", FAULTY)
def test_each_mistake_is_named_and_nothing_else(mistake: str) -> None:
    found = findings({DOMAIN: zone(FAULTY[mistake])})
    assert codes(found) == set(FAULTY[mistake].codes)
    for one in found:
        for language in LANGUAGES:
            words = sentence(one, language)
            assert one.subject in words
            assert "%(" not in words


def line_for(mistake: str, code: str) -> str:
    """The line that is offered to mend a mistake."""
    (put,) = {one.put for one in findings({DOMAIN: zone(FAULTY[mistake])}) if one.code == code}
    assert put is not None
    assert put.place is Place.DNS
    return put.line


def test_the_line_to_put_is_the_whole_record_as_it_should_be() -> None:
    assert line_for("no SPF", "spf_missing") == (
        f'{DOMAIN}. IN TXT "v=spf1 ip4:{SENDER} ip6:{SENDER_6} -all"'
    )
    assert line_for("SPF without an end", "spf_end").endswith('mx -all"')
    assert line_for("SPF for all the world", "spf_open").endswith('mx -all"')
    merged = line_for("two SPF records", "spf_double").partition('"v=spf1 ')[2].split()
    assert set(merged[:-1]) == {f"ip4:{SENDER}", f"ip6:{SENDER_6}", "mx", "include:relay.example"}
    assert merged[-1] == '-all"'
    assert line_for("SPF without the server that sends", "spf_sender") == (
        f'{DOMAIN}. IN TXT "v=spf1 ip4:198.51.100.1 ip4:{SENDER} ip6:{SENDER_6} -all"'
    )
    assert line_for("DMARC that stops nothing", "dmarc_none") == (
        f'_dmarc.{DOMAIN}. IN TXT "v=DMARC1; p=quarantine"'
    )
    assert line_for("DMARC for a part", "dmarc_part") == f'_dmarc.{DOMAIN}. IN TXT "v=DMARC1; p=reject"'
    assert line_for("DMARC reports to who did not ask", "dmarc_reports") == (
        f'{DOMAIN}._report._dmarc.reports.example. IN TXT "v=DMARC1"'
    )


def test_what_is_offered_mends_it() -> None:
    """The lines of one round, put in place of the old ones, leave nothing to say in the next."""
    for mistake in ("no SPF", "SPF for all the world", "SPF without the server that sends", "no CAA"):
        faulty = FAULTY[mistake]
        (line,) = {one.put.line for one in findings({DOMAIN: zone(faulty)}) if one.put}
        assert findings({DOMAIN: zone(Faulty(faulty.instead_of, line, ()))}) == [], mistake


@pytest.mark.parametrize(
    ("reverse", "code"),
    [
        ({}, "ptr_missing"),
        ({"2.0.192.in-addr.arpa": "25 60 IN PTR www.brief.example."}, "ptr_forward"),
    ],
)
def test_an_address_without_a_name_of_its_own_is_named(reverse: dict[str, str], code: str) -> None:
    zones = {"2.0.192.in-addr.arpa": "99 60 IN PTR x.", DOMAIN: zone()} | reverse
    found = findings(zones)
    assert [(one.code, one.subject) for one in found] == [(code, SENDER)]


def test_bounces_at_a_foreign_domain_are_not_aligned() -> None:
    names = replace(NAMES, bounce=OTHER, bounce_root=OTHER)
    found = findings({DOMAIN: zone(), OTHER: BOUNCES}, names, signed=(".", DOMAIN, OTHER))
    assert [(one.code, one.level) for one in found] == [("dmarc_alignment", "warning")]
    without_key = zone(FAULTY["no DKIM"])
    found = findings({DOMAIN: without_key, OTHER: BOUNCES}, names, signed=(".", DOMAIN, OTHER))
    assert ("dmarc_alignment", "error") in [(one.code, one.level) for one in found]


def test_a_strict_policy_wants_the_very_domain() -> None:
    below = f"terug.{DOMAIN}"
    names = replace(NAMES, bounce=below)
    spf_below = f'terug IN TXT "v=spf1 include:{DOMAIN} -all"\nterug IN MX 10 mail\n'
    assert findings({DOMAIN: zone() + spf_below}, names) == []
    strict = zone(dmarc("v=DMARC1; p=reject; aspf=s", "")) + spf_below
    assert codes(findings({DOMAIN: strict}, names)) == {"dmarc_alignment"}


def test_a_name_server_that_does_not_answer_is_not_taken_for_one_that_says_no() -> None:
    found = findings({DOMAIN: zone()}, silent=f"_dmarc.{DOMAIN}")
    assert [(one.code, one.subject) for one in found] == [("unanswered", f"_dmarc.{DOMAIN}")]


def test_a_domain_that_is_not_signed_is_named_and_a_resolver_that_does_not_look_too() -> None:
    assert codes(findings({DOMAIN: zone()}, signed=(".",))) == {"dnssec_missing", "dane_unsigned"}
    assert codes(findings({DOMAIN: zone()}, signed=())) == {"dnssec_unknown", "dane_unsigned"}


def test_without_a_selector_it_is_asked_for() -> None:
    (found,) = findings({DOMAIN: zone()}, replace(NAMES, selector=""))
    assert found.code == "dkim_selector"
    assert found.put is not None
    assert found.put.line.startswith("DKIM_SELECTOR=")


def test_the_command_says_it_in_words_with_the_line_to_put_and_in_json(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "BASE_URL": f"https://www.{DOMAIN}",
        "MAIL_FROM": f"redactie@{DOMAIN}",
        "DKIM_SELECTOR": "sel",
    }.items():
        monkeypatch.setenv(name, value)
    with running_name_server(
        ROOT | REVERSE | {DOMAIN: zone(FAULTY["no DMARC"])}, signed=(".", DOMAIN)
    ) as server:
        options = ["--only", "dns", "--nameserver", f"127.0.0.1@{server.port}", "--from-address", SENDER]
        said = CliRunner().invoke(check, options)
        machine = CliRunner().invoke(check, [*options, "--json"])
    assert said.exit_code == machine.exit_code == 1
    assert f"Er staat geen DMARC op _dmarc.{DOMAIN}." in said.output
    assert f'Zet in de DNS:  _dmarc.{DOMAIN}. IN TXT "v=DMARC1; p=quarantine' in said.output
    told = json.loads(machine.output)
    assert (told["ok"], told["looked_at"]) == (False, ["dns"])
    assert [one["code"] for one in told["findings"]] == ["dmarc_missing"]
