"""The way of a list that staff handed in: what it waits for, and who moves it on."""

from enum import StrEnum

from newsletter_service.errors import Conflict

MOST_UPLOADED = 11 * 1024 * 1024
"""What the page takes: some 100,000 readers. The command takes more (importing.rules.MOST_BYTES)."""
MOST_TRIES = 3
ROWS_SHOWN = 5


class ListState(StrEnum):
    """Where a list stands. The scheduler moves on what is HANDED_IN, ANSWERED or APPROVED; staff the rest."""

    HANDED_IN = "handed_in"
    LOOKED_AT = "looked_at"
    ANSWERED = "answered"
    CHECKED = "checked"
    APPROVED = "approved"
    TAKEN_IN = "taken_in"
    UNREADABLE = "unreadable"
    STUCK = "stuck"
    THROWN_AWAY = "thrown_away"
    FORGOTTEN = "forgotten"


BUSY = frozenset({ListState.HANDED_IN, ListState.ANSWERED, ListState.APPROVED})
OPEN = BUSY | {ListState.LOOKED_AT, ListState.CHECKED}
OVER = frozenset(ListState) - OPEN
_MOVES = {
    ListState.LOOKED_AT: {ListState.HANDED_IN, ListState.CHECKED},
    ListState.UNREADABLE: {ListState.HANDED_IN, ListState.ANSWERED, ListState.APPROVED},
    ListState.ANSWERED: {ListState.LOOKED_AT},
    ListState.CHECKED: {ListState.ANSWERED, ListState.APPROVED},
    ListState.APPROVED: {ListState.CHECKED},
    ListState.TAKEN_IN: {ListState.APPROVED},
    ListState.STUCK: BUSY,
    ListState.THROWN_AWAY: OPEN,
    ListState.FORGOTTEN: OPEN,
}


class NotNow(Conflict):
    """The list has moved on meanwhile, or is not there yet."""


def moved(state: ListState, to: ListState) -> ListState:
    """The state that a list gets; NotNow if it cannot get there from where it is."""
    if state not in _MOVES[to]:
        raise NotNow(f"a list that is {state} does not become {to}")
    return to
