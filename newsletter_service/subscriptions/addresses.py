"""Mail addresses, parsed where they come in into a value that cannot be wrong."""

from dataclasses import dataclass
from enum import StrEnum

import idna
from email_validator import EmailNotValidError, validate_email

LONGEST = 320
"""More than any address has (RFC 3696), so that nothing else needs to be done with what is longer."""


class AddressProblem(StrEnum):
    """What is wrong with an address, for a view to put into words."""

    MISSING = "missing"
    MALFORMED = "malformed"
    LOCAL_PART_NOT_ASCII = "local_part_not_ascii"


class BadAddress(ValueError):
    """No address we can write to; `problem` says why."""

    def __init__(self, problem: AddressProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True)
class Address:
    """A deliverable address in its one normal form: lower case, the domain in A-labels (RFC 5890)."""

    text: str

    @property
    def domain(self) -> str:
        """What follows the @, in A-labels."""
        return self.text.rpartition("@")[2]


def parse_address(raw: str) -> Address:
    """The address in `raw`, or BadAddress; blanks around it are passed over.

    Lower case throughout: two spellings are one reader, never two. Whether the domain exists is not asked:
    a form that waits for somebody's name server stands still with it. Names that can never be mailed to
    (localhost, .test, .local, .invalid, an IP address) are refused; .example is not, for examples are read.
    """
    if len(raw) > LONGEST:
        raise BadAddress(AddressProblem.MALFORMED)
    raw = raw.strip()
    if not raw:
        raise BadAddress(AddressProblem.MISSING)
    try:
        parsed = validate_email(raw, check_deliverability=False, allow_smtputf8=True, strict=True)
    except EmailNotValidError as error:
        raise BadAddress(AddressProblem.MALFORMED) from error
    if parsed.ascii_email is None:
        raise BadAddress(AddressProblem.LOCAL_PART_NOT_ASCII)
    return Address(parsed.ascii_email.lower())


def readable(address: str) -> str:
    """A stored address as its owner writes it, the domain in letters instead of A-labels."""
    local, _at, domain = address.rpartition("@")
    try:
        return f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return address
