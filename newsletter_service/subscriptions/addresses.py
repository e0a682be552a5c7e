"""Mail addresses, parsed where they come in into a value that cannot be wrong."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import idna
from email_validator import EmailNotValidError, validate_email

PASTED_LENGTH = 1000
"""Characters that are looked at: an address has at most 320, a name and brackets around it some more."""

_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))
"""Word processors make them of a hyphen; no domain has one of their own."""
_IN_BRACKETS = re.compile(r"[<(\[]\s*([^<>()\[\]\s]+@[^<>()\[\]]*)[>)\]]")
_SCHEME = re.compile(r"(?:mailto|smtp|e-?mail|aan|to):\s*([^?]*)(\?.*)?", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"\([^()@]*\)")
_AROUND = "'\"‘’‚‛“”„‟«»‹›`()[]{}<>.,;: "
_BEHIND = f"{_AROUND}!?\\。｡"
_BETWEEN = re.compile(r"[\s,;<>()\[\]]+")
_DOTS = ".。｡"
_PLAIN = re.compile(
    r"[a-z0-9_+-]{1,64}(?:\.[a-z0-9_+-]{1,64}){0,5}@([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})",
    re.ASCII | re.IGNORECASE,
)
"""What nearly every address looks like; the others are looked at with more care."""
_PLAIN_LENGTH = 64
"""What is this short is too short for any limit: one of 64 characters before the @, and one of 254 in all."""


class AddressProblem(StrEnum):
    """What is wrong with an address, for a view to put into words."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NO_AT = "no_at"
    SEVERAL = "several"
    BLANK = "blank"
    DOMAIN_INCOMPLETE = "domain_incomplete"
    MALFORMED = "malformed"
    LOCAL_PART_NOT_ASCII = "local_part_not_ascii"


class BadAddress(ValueError):
    """No address we can write to; `problem` says why."""

    def __init__(self, problem: AddressProblem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Address:
    """A deliverable address in its one normal form: lower case, the domain in A-labels (RFC 5890)."""

    text: str

    @property
    def domain(self) -> str:
        """What follows the @, in A-labels."""
        return self.text.rpartition("@")[2]


def parse_address(raw: str) -> Address:
    """The address in `raw`, or BadAddress; what mail programs put around an address they copy is passed over.

    Lower case throughout: two spellings are one reader, never two. Whether the domain exists is not asked:
    a form that waits for somebody's name server stands still with it. Names that can never be mailed to
    (localhost, .test, .local, .invalid, an IP address) are refused; .example is not, for examples are read.
    """
    plain = _PLAIN.fullmatch(raw)
    if plain and len(raw) <= _PLAIN_LENGTH and _is_good_domain(plain[1]):
        return Address(raw.lower())
    if len(raw) > PASTED_LENGTH:
        raise BadAddress(AddressProblem.TOO_LONG)
    bare = _unwrapped(raw)
    _refuse_what_can_be_named(bare)
    try:
        parsed = validate_email(bare, check_deliverability=False, allow_smtputf8=True, strict=True)
    except EmailNotValidError as error:
        raise BadAddress(AddressProblem.MALFORMED) from error
    if parsed.ascii_email is None:
        raise BadAddress(AddressProblem.LOCAL_PART_NOT_ASCII)
    return Address(parsed.ascii_email.lower())


@lru_cache(maxsize=10_000)
def _is_good_domain(domain: str) -> bool:
    """Whether a plain domain can be mailed to: the same few are in every list, and the library takes 50 µs for each."""
    try:
        parsed = validate_email(f"a@{domain}", check_deliverability=False, strict=True)
    except EmailNotValidError:
        return False
    return parsed.ascii_email == f"a@{domain.lower()}"


def masked(address: str) -> str:
    """A stored address so that its owner knows it and nobody else learns it: "a***@gemeente.example"."""
    local, _at, domain = readable(address).rpartition("@")
    return f"{local[: min(1, len(local) - 1)]}***@{domain}"


def readable(address: str) -> str:
    """A stored address as its owner writes it, the domain in letters instead of A-labels."""
    local, _at, domain = address.rpartition("@")
    try:
        return f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return address


def stored_domain(typed: str) -> str:
    """A domain, or what follows the @ of an address, as addresses are stored: lower case, in A-labels.

    What is no domain comes back as it was typed, in lower case: no address has it.
    """
    domain = typed.strip().rpartition("@")[2].strip(_AROUND).lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii") if domain else ""
    except idna.IDNAError:
        return domain


def _unwrapped(raw: str) -> str:
    """Without invisible characters, `Name <…>`, `mailto:`, quotes and the stop of the sentence it stood in."""
    visible = "".join(c for c in raw.translate(_HYPHENS) if unicodedata.category(c) != "Cf")
    text = _COMMENT.sub("", unicodedata.normalize("NFKC", visible)).strip()
    named = _IN_BRACKETS.search(text)
    if named and len(_addresses_in(text)) == 1:
        text = named[1].strip()
    link = _SCHEME.fullmatch(text)
    return (link[1] if link else text).rstrip(_BEHIND).lstrip(_AROUND)


def _addresses_in(text: str) -> set[str]:
    """The different words of `text` that have an @, however they are written."""
    words = (word.strip(_AROUND) for word in _BETWEEN.split(text) if "@" in word)
    return {_SCHEME.sub(r"\1", word).casefold() for word in words}


def _refuse_what_can_be_named(bare: str) -> None:
    """Raises BadAddress for the slips that people make most, each with a reason of its own."""
    if not bare:
        raise BadAddress(AddressProblem.MISSING)
    local, at, domain = bare.rpartition("@")
    if not at:
        raise BadAddress(AddressProblem.NO_AT)
    if len(_addresses_in(bare)) > 1:
        raise BadAddress(AddressProblem.SEVERAL)
    if any(c.isspace() for c in bare):
        raise BadAddress(AddressProblem.BLANK)
    if local and domain and not any(dot in domain for dot in _DOTS):
        raise BadAddress(AddressProblem.DOMAIN_INCOMPLETE)
