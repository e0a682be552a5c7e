"""Mail addresses, parsed where they come in into a value that cannot be wrong."""

from dataclasses import dataclass
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email


class AddressProblem(StrEnum):
    """What is wrong with an address, for a view to put into words."""

    MISSING = "missing"
    MALFORMED = "malformed"
    LOCAL_PART_NOT_ASCII = "local_part_not_ascii"


class BadAddress(ValueError):
    """This is no address we can write to; `problem` says why."""

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
    """The address in `raw`, or BadAddress. Lower case throughout: two spellings are one reader, never two."""
    raw = raw.strip()
    if not raw:
        raise BadAddress(AddressProblem.MISSING)
    try:
        parsed = validate_email(raw, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError as error:
        raise BadAddress(AddressProblem.MALFORMED) from error
    if parsed.ascii_email is None:
        raise BadAddress(AddressProblem.LOCAL_PART_NOT_ASCII)
    return Address(parsed.ascii_email.lower())
