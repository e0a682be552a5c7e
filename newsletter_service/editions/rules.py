"""The life of an edition: its states, the moves between them, what makes a sign-off count. Pure decisions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from newsletter_service.errors import Conflict, Invalid

BRAKE = timedelta(hours=6)


class EditionState(StrEnum):
    """The state of an edition."""

    COLLECTING = "collecting"
    COMPOSED = "composed"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What can be done to an edition as a whole; also the actions in the audit trail, after `edition.`."""

    CLOSE = "close"
    RECOMPOSE = "recompose"
    EDIT = "edit"
    SIGN_OFF = "sign_off"
    RELEASE = "release"
    FINISH = "finish"
    HOLD = "hold"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY = "retry"


class ReleaseRule(StrEnum):
    """What an edition needs to go out at its time: nothing more, or the agreement of all heads."""

    AUTOMATIC = "automatic"
    BOTH = "both"


class HoldReason(StrEnum):
    """Why the service held an edition; people who hold one say why in their own words."""

    LATE = "late"
    UNSIGNED = "unsigned"
    EMPTY = "empty"
    PAUSED = "paused"
    UNPRINTABLE = "unprintable"
    PERSONAL_LINK = "personal_link"
    CANCELLING = "cancelling"
    RESTORED = "restored"


class Hindrance(StrEnum):
    """Why a correction whose time has come does not go out by itself: it is held instead."""

    LATE = "late"
    UNPRINTABLE = "unprintable"
    NOBODY = "nobody"


class ExclusionReason(StrEnum):
    """Why a reader gets no letter of an edition."""

    NOTHING_VISIBLE = "nothing_visible"
    SUPPRESSED = "suppressed"
    PAUSED = "paused"


class Reason(StrEnum):
    """Why an item is in an edition or not."""

    WAITED_LONG = "waited_long"
    DUE = "due"
    PRIORITY = "priority"
    TURN = "turn"
    FILLS = "fills"
    ADDED_BY_HAND = "added_by_hand"
    EMBARGOED = "embargoed"
    EXPIRED = "expired"
    STARTED = "started"
    LOOK_ALIKE = "look_alike"
    SENT_BEFORE = "sent_before"
    UNAGREED = "unagreed"
    NO_ROOM = "no_room"
    DROPPED_BY_HAND = "dropped_by_hand"


@dataclass(frozen=True)
class EditionStatus:
    """A state and, for a held edition, the state that it goes back to."""

    state: EditionState
    held_from: EditionState | None = None

    @property
    def editable(self) -> bool:
        """Whether its contents can still be changed: composed, or held before it was released."""
        return self.state is EditionState.COMPOSED or self == EditionStatus(
            EditionState.HELD, EditionState.COMPOSED
        )


class EditionConflict(Conflict):
    """An edition cannot do this now; `code` picks the sentence that a page shows."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class WrongState(EditionConflict):
    """The move is not possible from the state the edition is in."""

    def __init__(self, move: Move, status: EditionStatus) -> None:
        super().__init__("wrong_state", f"an edition that is {status.state} cannot do {move}")
        self.move = move
        self.status = status


class TooLate(EditionConflict):
    """Its time has passed by more than the brake allows; release it by hand or give it a new time."""

    def __init__(self) -> None:
        super().__init__("too_late", "its time has passed: release it now or give it a new time")


class StillOpen(EditionConflict):
    """Deliveries are still open, so the edition is not finished."""

    def __init__(self, deliveries: int) -> None:
        super().__init__("still_open", f"{deliveries} deliveries are still open")


class Unsigned(EditionConflict):
    """Not all organisations signed off what readers would get now; `missing` holds their ids."""

    def __init__(self, missing: tuple[int, ...]) -> None:
        super().__init__("unsigned", "not all heads have signed off what readers would get now")
        self.missing = missing


class Empty(EditionConflict):
    """There is nothing in the edition."""

    def __init__(self) -> None:
        super().__init__("empty", "there is nothing in this edition")


class ChangedSinceSeen(EditionConflict):
    """What readers would get is no longer what this person was looking at."""

    def __init__(self) -> None:
        super().__init__("changed_since_seen", "the edition changed since this page was opened")


class NotReleased(EditionConflict):
    """No letter of the edition went out yet, so there is none to go out once more or to count."""

    def __init__(self) -> None:
        super().__init__("not_released", "the edition was not released")


class NobodyHasIt(EditionConflict):
    """A correction is for those who got the edition, and nobody did."""

    def __init__(self) -> None:
        super().__init__("nobody_has_it", "nobody has got this edition")


class NothingWritten(EditionConflict):
    """No correction waits to be released: it went out already, or nobody wrote one."""

    def __init__(self) -> None:
        super().__init__("nothing_written", "no correction waits to be released")


class CorrectionChanged(EditionConflict):
    """The correction is no longer what this person was looking at."""

    def __init__(self) -> None:
        super().__init__("correction_changed", "the correction changed since this page was opened")


class NotOffered(EditionConflict):
    """The correction does not wait for anybody's agreement."""

    def __init__(self) -> None:
        super().__init__("not_offered", "this correction was not put to the heads")


class AlreadyOffered(EditionConflict):
    """The correction was put to the heads before and waits for them."""

    def __init__(self) -> None:
        super().__init__("already_offered", "this correction waits for the heads already")


class BadTime(Invalid):
    """The time given for an edition to go out has passed."""


def close(status: EditionStatus) -> EditionStatus:
    """Copy has closed and the edition is composed: collecting -> composed."""
    return _go(Move.CLOSE, status, {EditionState.COLLECTING}, EditionState.COMPOSED)


def recompose(status: EditionStatus) -> EditionStatus:
    """Compose again; possible as long as the contents can be changed."""
    return _while_editable(Move.RECOMPOSE, status)


def edit(status: EditionStatus) -> EditionStatus:
    """Change what is in the edition or its texts; possible until it is released."""
    return _while_editable(Move.EDIT, status)


def sign_off(status: EditionStatus) -> EditionStatus:
    """Agree to what readers will get; possible as long as that can still change."""
    return _while_editable(Move.SIGN_OFF, status)


def release(status: EditionStatus, *, items: int, missing: tuple[int, ...] = ()) -> EditionStatus:
    """Send it: composed (or held before its release) -> sending.

    `missing` are the organisations whose sign-off the release rule asks for and that is not there.
    """
    if not status.editable:
        raise WrongState(Move.RELEASE, status)
    if not items:
        raise Empty
    if missing:
        raise Unsigned(missing)
    return EditionStatus(EditionState.SENDING)


def finish(status: EditionStatus, *, open_deliveries: int) -> EditionStatus:
    """All deliveries are settled: sending -> sent."""
    moved = _go(Move.FINISH, status, {EditionState.SENDING}, EditionState.SENT)
    if open_deliveries:
        raise StillOpen(open_deliveries)
    return moved


def hold(status: EditionStatus) -> EditionStatus:
    """Stop it where it is: composed or sending -> held, remembering from where."""
    moved = _go(Move.HOLD, status, {EditionState.COMPOSED, EditionState.SENDING}, EditionState.HELD)
    return EditionStatus(moved.state, held_from=status.state)


def resume(status: EditionStatus, *, sends_at: datetime, now: datetime) -> EditionStatus:
    """Go on where it was held; long past its time it needs another, or the brake would hold it again."""
    if status.state is not EditionState.HELD or status.held_from is None:
        raise WrongState(Move.RESUME, status)
    if status.held_from is EditionState.COMPOSED and is_late(sends_at, now):
        raise TooLate
    return EditionStatus(status.held_from)


def retry(status: EditionStatus) -> EditionStatus:
    """Let some letters go out once more: a sent edition runs again, one that runs or is held goes on as it is."""
    if status.state is EditionState.SENT:
        return EditionStatus(EditionState.SENDING)
    if status not in (
        EditionStatus(EditionState.SENDING),
        EditionStatus(EditionState.HELD, EditionState.SENDING),
    ):
        raise WrongState(Move.RETRY, status)
    return status


def cancel(status: EditionStatus) -> EditionStatus:
    """Give it up for good, from any state in which something is still to come."""
    going = {EditionState.COLLECTING, EditionState.COMPOSED, EditionState.SENDING, EditionState.HELD}
    return _go(Move.CANCEL, status, going, EditionState.CANCELLED)


def is_late(sends_at: datetime, now: datetime) -> bool:
    """Whether the brake applies: nobody expects this edition any more without having been asked."""
    return now - sends_at > BRAKE


def missing_sign_offs(
    rule: ReleaseRule, organisations: tuple[int, ...], signed: Mapping[int, str], content: str
) -> tuple[int, ...]:
    """Ids of the organisations that `rule` still waits for; `signed` holds the hash that each signed."""
    if rule is ReleaseRule.AUTOMATIC:
        return ()
    return tuple(one for one in organisations if signed.get(one) != content)


def hash_of(parts: object) -> str:
    """A fingerprint (SHA-256, hex) of `parts`, which are JSON values."""
    return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _go(move: Move, status: EditionStatus, sources: set[EditionState], target: EditionState) -> EditionStatus:
    if status.state not in sources:
        raise WrongState(move, status)
    return EditionStatus(target)


def _while_editable(move: Move, status: EditionStatus) -> EditionStatus:
    if not status.editable:
        raise WrongState(move, status)
    return status
