"""The life of an edition: its states, the moves between them, what makes a sign-off count. Pure decisions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from newsletter_service.errors import Conflict, Invalid

BRAKE = timedelta(hours=6)
CANCELLING = "cancelling"
"""Why an edition is held that is being cancelled."""


class State(StrEnum):
    """Where an edition stands."""

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
    """Why the scheduler held an edition; people who hold one give a reason in their own words."""

    LATE = "late"
    UNSIGNED = "unsigned"
    EMPTY = "empty"
    PAUSED = "paused"
    UNPRINTABLE = "unprintable"
    PERSONAL_LINK = "personal_link"


class ExclusionReason(StrEnum):
    """Why a reader gets no letter of an edition."""

    NOTHING_VISIBLE = "nothing_visible"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True)
class Standing:
    """A state and, for a held edition, the state that it goes back to."""

    state: State
    held_from: State | None = None

    @property
    def editable(self) -> bool:
        """Whether its contents can still be changed: composed, or held before it was released."""
        return self.state is State.COMPOSED or self == Standing(State.HELD, State.COMPOSED)


class EditionConflict(Conflict):
    """An edition cannot do this now; `code` picks the sentence that a page shows."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class WrongState(EditionConflict):
    """The move is not possible from the state the edition is in."""

    def __init__(self, move: Move, standing: Standing) -> None:
        super().__init__("wrong_state", f"an edition that is {standing.state} cannot do {move}")
        self.move = move
        self.standing = standing


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


class BadTime(Invalid):
    """The time given for an edition to go out has passed."""


def close(standing: Standing) -> Standing:
    """Copy has closed and the edition is composed: collecting -> composed."""
    return _go(Move.CLOSE, standing, {State.COLLECTING}, State.COMPOSED)


def recompose(standing: Standing) -> Standing:
    """Compose anew; possible as long as the contents can be changed."""
    return _while_editable(Move.RECOMPOSE, standing)


def edit(standing: Standing) -> Standing:
    """Change what is in the edition or its texts; possible until it is released."""
    return _while_editable(Move.EDIT, standing)


def sign_off(standing: Standing) -> Standing:
    """Agree to what readers will get; possible as long as that can still change."""
    return _while_editable(Move.SIGN_OFF, standing)


def release(standing: Standing, *, items: int, missing: tuple[int, ...] = ()) -> Standing:
    """Send it: composed (or held before its release) -> sending.

    `missing` are the organisations whose sign-off the release rule asks for and that is not there.
    """
    if not standing.editable:
        raise WrongState(Move.RELEASE, standing)
    if not items:
        raise Empty
    if missing:
        raise Unsigned(missing)
    return Standing(State.SENDING)


def finish(standing: Standing, *, open_deliveries: int) -> Standing:
    """All deliveries are settled: sending -> sent."""
    moved = _go(Move.FINISH, standing, {State.SENDING}, State.SENT)
    if open_deliveries:
        raise StillOpen(open_deliveries)
    return moved


def hold(standing: Standing) -> Standing:
    """Stop it where it is: composed or sending -> held, remembering from where."""
    moved = _go(Move.HOLD, standing, {State.COMPOSED, State.SENDING}, State.HELD)
    return Standing(moved.state, held_from=standing.state)


def resume(standing: Standing, *, sends_at: datetime, now: datetime) -> Standing:
    """Go on where it was held; long past its time it needs another, or the brake would hold it again."""
    if standing.state is not State.HELD or standing.held_from is None:
        raise WrongState(Move.RESUME, standing)
    if standing.held_from is State.COMPOSED and is_late(sends_at, now):
        raise TooLate
    return Standing(standing.held_from)


def retry(standing: Standing) -> Standing:
    """Let some letters go out once more: a sent edition runs again, one that runs or is held goes on as it is."""
    if standing.state is State.SENT:
        return Standing(State.SENDING)
    if standing not in (Standing(State.SENDING), Standing(State.HELD, State.SENDING)):
        raise WrongState(Move.RETRY, standing)
    return standing


def cancel(standing: Standing) -> Standing:
    """Give it up for good, from any state in which something is still to come."""
    going = {State.COLLECTING, State.COMPOSED, State.SENDING, State.HELD}
    return _go(Move.CANCEL, standing, going, State.CANCELLED)


def is_late(sends_at: datetime, now: datetime) -> bool:
    """Whether the brake applies: nobody expects this edition any more without having been asked."""
    return now - sends_at > BRAKE


def reason_to_hold(
    *, sends_at: datetime, now: datetime, items: int, missing: tuple[int, ...]
) -> HoldReason | None:
    """Why an edition whose time has come does not go out by itself; None when it does."""
    if is_late(sends_at, now):
        return HoldReason.LATE
    if not items:
        return HoldReason.EMPTY
    return HoldReason.UNSIGNED if missing else None


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


def _go(move: Move, standing: Standing, sources: set[State], target: State) -> Standing:
    if standing.state not in sources:
        raise WrongState(move, standing)
    return Standing(target)


def _while_editable(move: Move, standing: Standing) -> Standing:
    if not standing.editable:
        raise WrongState(move, standing)
    return standing
