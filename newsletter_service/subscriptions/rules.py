"""Pure decisions about readers and their consent."""

from datetime import timedelta
from enum import StrEnum

CONFIRM_WITHIN = timedelta(days=7)
NOTICES_A_DAY = 3
WORDING_VERSION = "2026-11"
PRIVACY_VERSION = "2026-11"
NAME_LENGTH = 120


class Status(StrEnum):
    """Where a reader stands; only ACTIVE readers get editions."""

    PENDING = "pending"
    ACTIVE = "active"
    LEFT = "left"


class Step(StrEnum):
    """A step of consent, kept as proof."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


class Source(StrEnum):
    """Where consent was given."""

    FORM = "form"
    IMPORT = "import"
    EDITOR = "editor"


def clean_name(raw: str) -> str:
    """A name with single blanks and without any character that could end a line or hide; at most 120 characters.

    ValueError says which of the two it is: `characters` or `length`.
    """
    name = " ".join(raw.split(" ")).strip()
    name = " ".join(part for part in name.split(" ") if part)
    if not name.isprintable():
        raise ValueError("characters")
    if len(name) > NAME_LENGTH:
        raise ValueError("length")
    return name
