"""The one-time code for the page: how it is written, and what is said to who types one. Pure decisions."""

from base64 import b32encode
from datetime import timedelta
from enum import StrEnum

CODE_LASTS = timedelta(hours=1)
_CODE_LETTERS = 12
_LONGEST_TYPED = 100


class CodeAnswer(StrEnum):
    """What is said to who types a code."""

    FITS = "fits"
    WRONG = "wrong"
    WAIT = "wait"


def readable_code(random: bytes) -> str:
    """Random bytes as letters and digits in groups that people can type: twelve for eight bytes."""
    letters = b32encode(random).decode()[:_CODE_LETTERS]
    return "-".join(letters[at : at + 4] for at in range(0, _CODE_LETTERS, 4))


def typed_code(typed: str) -> str:
    """A code however it was typed: in capitals, without hyphens and blanks; 0 and 1 are no letters of a code.

    Of what is much longer than any code only the beginning is looked at.
    """
    return (
        "".join(one for one in typed[:_LONGEST_TYPED].upper() if one.isalnum())
        .replace("0", "O")
        .replace("1", "I")
    )
