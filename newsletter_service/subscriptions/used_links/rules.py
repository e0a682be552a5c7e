"""Pure decisions about links that are used up: what may have become of one, and to whom that is shown."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from newsletter_service.links.tokens import Holder, Purpose


class Outcome(StrEnum):
    """What a press did that left nothing behind for its link to lead to."""

    MOVED = "moved"
    NOT_MOVED = "not_moved"
    REFUSED = "refused"
    ALLOWED = "allowed"
    NEVER = "never"
    ERASED = "erased"


_OF_A_CHANGE = frozenset({Purpose.NEW_ADDRESS, Purpose.OLD_ADDRESS})
_SHOWN_TO: Mapping[Outcome, frozenset[Purpose]] = MappingProxyType(
    {
        Outcome.MOVED: _OF_A_CHANGE,
        Outcome.NOT_MOVED: _OF_A_CHANGE,
        Outcome.REFUSED: _OF_A_CHANGE,
        Outcome.ALLOWED: frozenset({Purpose.ALLOW}),
        Outcome.NEVER: frozenset({Purpose.NEVER}),
        Outcome.ERASED: frozenset({Purpose.MANAGE}),
    }
)


def is_shown(outcome: Outcome, purpose: Purpose, holder: Holder) -> bool:
    """Whether who comes by that link learns what became of it; not by one in a newsletter, which others may have."""
    of_a_letter = purpose is Purpose.MANAGE and holder.lasting
    return purpose in _SHOWN_TO[outcome] and not of_a_letter
