"""Pure decisions of acting on a reader's behalf: what a reason may say, and what a reader wished last."""

import re
import unicodedata
from enum import StrEnum

from newsletter_service.delivery.rules import BOUNCED, Suppressed
from newsletter_service.subscriptions.rules import folded

REASON_LENGTH = 300
_SHORTEST_NAME = 3
_WORD = re.compile(r"\w+")


class Allowed(StrEnum):
    """What became of an address that may be mailed again."""

    NOT_SUPPRESSED = "not_suppressed"
    MAY_SIGN_UP = "may_sign_up"
    READS_AGAIN = "reads_again"


class Added(StrEnum):
    """What became of adding somebody by hand."""

    ASKED = "asked"
    READS_ALREADY = "reads_already"
    WANTS_NO_MAIL = "wants_no_mail"
    ASKED_ENOUGH = "asked_enough"


def may_be_asked(scope: Suppressed, reason: str) -> bool:
    """Whether a suppressed address may get the mail that asks to confirm: not where its owner wanted no mail."""
    return scope is Suppressed.IMPORTS or reason == BOUNCED


def without_name(reason: str, name: str) -> str:
    """`reason` with three dots in place of each word of a name: the audit trail outlives the person.

    Capitals and accents make no difference; short words of a name count where they are written with a capital.
    """
    words = _words(name)
    folds = {folded(word) for word in words if len(word) >= _SHORTEST_NAME}
    exact = {word for word in words if word[0].isupper()}

    def known(found: re.Match[str]) -> str:
        return "…" if found[0] in exact or folded(found[0]) in folds else found[0]

    return _WORD.sub(known, unicodedata.normalize("NFC", reason))


def _words(name: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", name))
