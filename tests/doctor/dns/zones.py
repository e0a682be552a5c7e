"""A zone with which nothing is wrong, and changes to it each of which is one mistake that people make."""

from base64 import b64encode
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

DOMAIN = "brief.example"
SENDER, SENDER_6 = "192.0.2.25", "2001:db8::25"
SPF = f"v=spf1 ip4:{SENDER} ip6:{SENDER_6} mx -all"
DMARC = "v=DMARC1; p=reject; rua=mailto:dmarc@brief.example"
TLSA = f"3 1 1 {'ab' * 32}"

GOOD = f"""
@ 60 IN SOA ns1 hostmaster 1 60 60 60 60
@ IN NS ns1
@ IN NS ns2
ns1 IN A 192.0.2.53
ns1 IN AAAA 2001:db8::53
ns2 IN A 192.0.2.54
ns2 IN AAAA 2001:db8::54
@ IN TXT "{SPF}"
@ IN MX 10 mail
mail IN A {SENDER}
mail IN AAAA {SENDER_6}
_25._tcp.mail IN TLSA {TLSA}
www IN A 192.0.2.80
www IN AAAA 2001:db8::80
@ IN CAA 0 issue "letsencrypt.org"
_dmarc IN TXT "{DMARC}"
sel._domainkey IN TXT {{key}}
"""
REVERSE = {
    "2.0.192.in-addr.arpa": "25 60 IN PTR mail.brief.example.",
    "ip6.arpa": "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2 60 IN PTR mail.brief.example.",
}


class Faulty(NamedTuple):
    """What is in the good zone, what is there instead, and the codes of what must be found then."""

    instead_of: str
    stands: str
    codes: tuple[str, ...]


def spf(text: str, *codes: str, more: str = "") -> Faulty:
    """Another SPF record, with what it leads to."""
    return Faulty(f'@ IN TXT "{SPF}"', f"@ IN TXT {key_line(text)}\n{more}", codes)


def dmarc(text: str, *codes: str) -> Faulty:
    """Another DMARC record."""
    return Faulty(f'_dmarc IN TXT "{DMARC}"', f'_dmarc IN TXT "{text}"', codes)


def key_line(value: str) -> str:
    """A DKIM record in strings of at most 255 characters."""
    return " ".join(f'"{value[at : at + 255]}"' for at in range(0, len(value), 255))


@cache
def key(bits: int) -> str:
    """A public RSA key as DKIM has it."""
    made = generate_private_key(65537, bits).public_key()
    return b64encode(made.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def dkim(line: str, *codes: str) -> Faulty:
    """Another line of the DKIM key."""
    return Faulty("sel._domainkey IN TXT {key}", line, codes)


_INCLUDES = " ".join(f"include:s{number}.brief.example" for number in range(11))
_INCLUDED = "\n".join(f's{number} IN TXT "v=spf1 ip4:198.51.100.{number} -all"' for number in range(11))

FAULTY = {
    "no SPF": Faulty(f'@ IN TXT "{SPF}"', "", ("spf_missing",)),
    "two SPF records": spf(SPF, "spf_double", more='@ IN TXT "v=spf1 include:relay.example ~all"'),
    "a mistake in SPF": spf("v=spf1 ipv4:192.0.2.25 -all", "spf_syntax"),
    "an address in SPF that is none": spf("v=spf1 ip4:192.0.2.256 -all", "spf_syntax"),
    "eleven lookups in SPF": spf(f"v=spf1 {_INCLUDES} -all", "spf_lookups", more=_INCLUDED),
    "names in SPF that are gone": spf(
        f"v=spf1 a:x1.brief.example a:x2.brief.example a:x3.brief.example ip4:{SENDER} ip6:{SENDER_6} -all",
        "spf_voids",
    ),
    "SPF that includes what has none": spf(f"{SPF[:-5]} include:www.brief.example -all", "spf_include"),
    "SPF that includes itself": spf("v=spf1 include:brief.example -all", "spf_loop"),
    "SPF for all the world": spf(SPF.replace("-all", "+all"), "spf_open"),
    "SPF without an end": spf(SPF.replace(" -all", ""), "spf_end"),
    "SPF that does not mind others": spf(SPF.replace("-all", "?all"), "spf_end"),
    "SPF that asks for PTR": spf(SPF.replace("mx", "ptr"), "spf_ptr"),
    "SPF without the server that sends": spf("v=spf1 ip4:198.51.100.1 -all", "spf_sender"),
    "no DKIM": dkim("", "dkim_missing"),
    "two DKIM keys": dkim(
        'sel._domainkey IN TXT {key}\nsel._domainkey IN TXT "v=DKIM1; p=abcd"', "dkim_double"
    ),
    "a DKIM key that was revoked": dkim('sel._domainkey IN TXT "v=DKIM1; p="', "dkim_revoked"),
    "a DKIM key with a hole in it": dkim(
        'sel._domainkey IN TXT "v=DKIM1; k=rsa; p=MIGf,MA"', "dkim_unreadable"
    ),
    "a short DKIM key": dkim("sel._domainkey IN TXT {short}", "dkim_short"),
    "a DKIM key on trial": dkim("sel._domainkey IN TXT {trial}", "dkim_testing"),
    "no DMARC": Faulty(f'_dmarc IN TXT "{DMARC}"', "", ("dmarc_missing",)),
    "two DMARC records": dmarc(f'{DMARC}"\n_dmarc IN TXT "v=DMARC1; p=none', "dmarc_double"),
    "DMARC that is none": dmarc("p=reject; v=DMARC1", "dmarc_syntax"),
    "DMARC without a policy": dmarc("v=DMARC1; rua=mailto:dmarc@brief.example", "dmarc_syntax"),
    "DMARC that stops nothing": dmarc("v=DMARC1; p=none", "dmarc_none"),
    "DMARC for a part": dmarc("v=DMARC1; p=reject; pct=10", "dmarc_part"),
    "DMARC reports to who did not ask": dmarc(
        "v=DMARC1; p=reject; rua=mailto:x@reports.example", "dmarc_reports"
    ),
    "no MX": Faulty("@ IN MX 10 mail", "", ("mx_missing",)),
    "an MX that takes nothing": Faulty("@ IN MX 10 mail", "@ IN MX 0 .", ("mx_null",)),
    "an MX that is an alias": Faulty("@ IN MX 10 mail", "@ IN MX 10 post\npost IN CNAME mail", ("mx_alias",)),
    "an MX without an address": Faulty("@ IN MX 10 mail", "@ IN MX 10 gone", ("mx_address",)),
    "an MX that is an address": Faulty("@ IN MX 10 mail", "@ IN MX 10 192.0.2.25.", ("mx_literal",)),
    "an MX without IPv6": Faulty(
        "@ IN MX 10 mail",
        f"@ IN MX 10 old\nold IN A 192.0.2.26\n_25._tcp.old IN TLSA {TLSA}",
        ("ipv6_mail",),
    ),
    "no DANE": Faulty(f"_25._tcp.mail IN TLSA {TLSA}", "", ("dane_missing",)),
    "DANE that mail cannot use": Faulty(TLSA, f"1 1 1 {'ab' * 32}", ("dane_unusable",)),
    "a site without IPv6": Faulty("www IN AAAA 2001:db8::80", "", ("ipv6_web",)),
    "a site without an address": Faulty(
        "www IN A 192.0.2.80\nwww IN AAAA 2001:db8::80", "", ("web_address",)
    ),
    "name servers without IPv6": Faulty("ns2 IN AAAA 2001:db8::54", "", ("ipv6_name_servers",)),
    "no CAA": Faulty('@ IN CAA 0 issue "letsencrypt.org"', "", ("caa_missing",)),
    "CAA that lets nobody": Faulty('"letsencrypt.org"', '";"', ("caa_nobody",)),
}


def zone(faulty: Faulty | None = None) -> str:
    """The zone's text, with what is wrong in it."""
    text = (
        GOOD if faulty is None else GOOD.replace("{{key}}", "{key}").replace(faulty.instead_of, faulty.stands)
    )
    assert faulty is None or text != GOOD
    return text.format(
        key=key_line(f"v=DKIM1; k=rsa; p={key(2048)}"),
        short=key_line(f"v=DKIM1; k=rsa; p={key(1024)}"),
        trial=key_line(f"v=DKIM1; t=y; k=rsa; p={key(2048)}"),
    )
