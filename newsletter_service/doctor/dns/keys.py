"""A DKIM key record and a DMARC record, taken apart. Pure."""

from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

DMARC = "v=DMARC1"
POLICIES = ("none", "quarantine", "reject")
_ED25519_BYTES = 32


@dataclass(frozen=True)
class DkimKey:
    """A public key as it is published: `bits` of an RSA key (0 for another kind); None of them for no key at all."""

    readable: bool = True
    revoked: bool = False
    testing: bool = False
    bits: int = 0


def read_dkim(record: str) -> DkimKey:
    """Returns what a key record says (RFC 6376, 3.6.1)."""
    tags = read_tags(record)
    value = "".join(tags.get("p", "?").split())
    testing = "y" in tags.get("t", "").split(":")
    if not value:
        return DkimKey(revoked=True, testing=testing)
    if tags.get("v", "DKIM1") != "DKIM1":
        return DkimKey(readable=False)
    try:
        der = b64decode(value, validate=True)
        if tags.get("k", "rsa") == "ed25519":
            return DkimKey(readable=len(der) == _ED25519_BYTES, testing=testing)
        key = load_der_public_key(der)
    except (NotBase64, ValueError, UnsupportedAlgorithm):
        return DkimKey(readable=False)
    return DkimKey(isinstance(key, RSAPublicKey), testing=testing, bits=getattr(key, "key_size", 0))


def read_tags(record: str) -> dict[str, str]:
    """Returns the tags of a record such as v=DMARC1; p=reject."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def report_domains(tags: dict[str, str]) -> tuple[str, ...]:
    """Returns the domains that a DMARC record has reports sent to."""
    wanted = (one.strip() for name in ("rua", "ruf") for one in tags.get(name, "").split(","))
    mails = (one.removeprefix("mailto:").partition("!")[0] for one in wanted if one.startswith("mailto:"))
    return tuple(dict.fromkeys(one.rpartition("@")[2].lower() for one in mails))
