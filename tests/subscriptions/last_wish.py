"""A simple model of some addresses: what was wished last of each, who reads there, and so whether it gets mail."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from newsletter_service.links.urls import ANSWER_CHANGE_WITHIN, CONFIRM_WITHIN
from newsletter_service.subscriptions.address_changes.rules import OBJECT_WITHIN
from newsletter_service.subscriptions.rules import UNDO_WITHIN, Status

BOUNCED, MOVED = "bounced", "moved"
YEAR = timedelta(days=365)
_numbers = count(1)


@dataclass
class SignUp:
    """A sign-up for somebody who left, which lies beside what is known of them until they confirm it."""

    generation: int
    asked_at: datetime


@dataclass
class Move:
    """A reader's wish to read at the address `to`; from `silence_counts_from` on the old address need not answer."""

    number: int
    to: str
    asked_at: datetime
    silence_counts_from: datetime | None
    new_says_yes: bool = False
    old_says_yes: bool = False

    def is_agreed(self, now: datetime) -> bool:
        """Whether both addresses said yes, or the old one nothing for long enough."""
        silent = self.silence_counts_from is not None and now >= self.silence_counts_from
        return self.new_says_yes and (self.old_says_yes or silent)


@dataclass
class Reader:
    """Somebody who signed up.

    `generation` counts subscriptions, everybody's: links and letters of an earlier one mean nothing to the next.
    """

    status: Status
    asked_at: datetime
    number: int = field(default_factory=lambda: next(_numbers))
    generation: int = field(default_factory=lambda: next(_numbers))
    left_at: datetime | None = None
    paused_until: datetime | None = None
    claims: bool = True
    verified_until: datetime | None = None
    beside: SignUp | None = None
    move: Move | None = None

    def claim(self, wanted: bool, now: datetime) -> None:
        """The segment is claimed or not; a check is remembered for as long as it holds."""
        if wanted and not self.claims and self.verified_until is not None and self.verified_until <= now:
            self.verified_until = None
        self.claims = wanted

    @property
    def is_verified(self) -> bool:
        """Whether restricted items are for them; a check ends by a job that does not run here."""
        return self.claims and self.verified_until is not None

    def end(self, now: datetime) -> None:
        """They read no more."""
        self.status, self.left_at, self.paused_until = Status.LEFT, now, None


@dataclass
class Wish:
    """One address: who reads there, if anybody, and what is known of the address itself.

    `stop` is why it is kept off: off all mail, or, once its owner asked again since a bounce, or moved away, off lists.
    """

    reader: Reader | None = None
    stop: str = ""
    stopped_at: datetime | None = None
    only_lists: bool = False

    @property
    def never(self) -> bool:
        """Whether nothing may be written to it."""
        return bool(self.stop) and not self.only_lists

    @property
    def wants_none(self) -> bool:
        """Whether its owner may not even be asked."""
        return self.never and self.stop != BOUNCED

    @property
    def status(self) -> Status | None:
        """How its reader stands."""
        return self.reader.status if self.reader is not None else None

    def gets_mail(self, now: datetime) -> bool:
        """The one thing that matters."""
        if self.reader is None or self.reader.status is not Status.ACTIVE or self.never:
            return False
        return self.reader.paused_until is None or self.reader.paused_until <= now

    def sign_up(self, now: datetime) -> None:
        """Somebody fills in the form; also a stranger can, so nothing changes for who reads, or left."""
        if self.wants_none:
            return
        if self.reader is None:
            self.reader = Reader(Status.PENDING, now)
        elif self.reader.status is Status.PENDING:
            self.reader.asked_at = now
            self.reader.claim(True, now)
        elif self.reader.status is Status.LEFT:
            generation = self.reader.beside.generation if self.reader.beside else next(_numbers)
            self.reader.beside = SignUp(generation, now)

    def confirm(self, generation: int, now: datetime) -> None:
        """A press of the button behind the link in a confirmation."""
        reader = self.reader
        if reader is None:
            return
        if reader.beside and reader.beside.generation == generation and reader.status is Status.LEFT:
            reader.generation, reader.beside, reader.paused_until = generation, None, None
            reader.claim(True, now)
        elif reader.status is not Status.PENDING:
            return
        self.may_be_mailed_after_a_bounce()
        reader.status, reader.left_at = Status.ACTIVE, None

    def may_be_mailed_after_a_bounce(self) -> None:
        """Its owner proved that mail arrives."""
        self.only_lists = self.only_lists or self.stop == BOUNCED

    @property
    def lost_reader(self) -> Reader | None:
        """The reader whose subscription a bounce ended, and no wish."""
        reader = self.reader
        if reader is None or reader.status is not Status.LEFT or self.stop != BOUNCED:
            return None
        return reader if reader.left_at == self.stopped_at else None

    @property
    def moves(self) -> Reader | None:
        """The reader who may read elsewhere from now on."""
        return self.reader if self.status is Status.ACTIVE else self.lost_reader

    def leave(self, now: datetime) -> None:
        """A press of "leave", or one click in a mail program; it counts also where a bounce ended it before."""
        if self.moves is not None:
            self.moves.end(now)

    def come_back(self, now: datetime) -> None:
        """A press of "this was a mistake"."""
        reader = self.reader
        if reader is None or reader.status is not Status.LEFT or self.never or reader.left_at is None:
            return
        if now - reader.left_at <= UNDO_WITHIN:
            reader.status, reader.left_at = Status.ACTIVE, None

    def halt(self, reason: str, now: datetime) -> None:
        """A bounce, a complaint, or a wish never to be mailed: `reason` as the suppression has it."""
        reader, says_nothing_new = self.reader, self._says_nothing_new(reason)
        if not says_nothing_new:
            self.stop, self.stopped_at, self.only_lists = reason, now, False
        if reader is None or reader.status is Status.PENDING:
            self.reader = None
            return
        reader.beside = None
        if reader.status is Status.LEFT and says_nothing_new:
            return
        kept = reader.paused_until if reason == BOUNCED else None
        if reader.status is Status.ACTIVE:
            reader.end(now)
        reader.paused_until = kept

    def _says_nothing_new(self, reason: str) -> bool:
        """A wish outweighs a bounce, and the first wish is kept."""
        return self.never and not (self.stop == BOUNCED and reason != BOUNCED)

    def forget_stale(self, now: datetime) -> None:
        """The job that forgets who did not confirm in time."""
        reader, stale = self.reader, now - CONFIRM_WITHIN
        if reader is not None and reader.status is Status.PENDING and reader.asked_at < stale:
            self.reader = None
        elif reader is not None and reader.beside is not None and reader.beside.asked_at < stale:
            reader.beside = None

    def erase(self, now: datetime) -> None:
        """Staff erase the person, who then is nobody's reader and is never mailed again."""
        if not self._says_nothing_new("erased"):
            self.stop, self.stopped_at, self.only_lists = "erased", now, False
        self.reader = None

    def allow(self) -> None:
        """Staff take a stop back: who was stopped by a bounce reads on, everybody else may sign up."""
        lost = self.lost_reader
        if lost is not None:
            lost.status, lost.left_at = Status.ACTIVE, None
        self.stop, self.stopped_at, self.only_lists = "", None, False

    def import_(self, now: datetime) -> None:
        """The address stands on a list: nobody comes back by one, and nobody who ever had a stop."""
        if self.stop or self.status not in (None, Status.PENDING):
            return
        self.reader = reader = self.reader or Reader(Status.PENDING, now)
        reader.status, reader.verified_until, reader.claims = Status.ACTIVE, None, False

    def verify(self, now: datetime) -> None:
        """A communicator checks the claim that waits."""
        reader = self.reader
        if reader is None or reader.status is not Status.ACTIVE or not reader.claims:
            return
        reader.verified_until = reader.verified_until or now + YEAR


class Wishes(dict[str, Wish]):
    """What is wished of each address, and who wants to read at another one."""

    def of(self, generation: int) -> Wish | None:
        """Whose link it is, of their subscription or of a sign-up beside it; nobody's any more is None."""
        return next((wish for wish in self.values() if generation in _generations(wish.reader)), None)

    @property
    def is_anybody_moving(self) -> bool:
        """Whether any wish to move waits."""
        return any(reader.move for reader in self._readers())

    def waits(self, number: int) -> bool:
        """Whether that wish to move does."""
        return any(reader.move and reader.move.number == number for reader in self._readers())

    def ask_to_move(self, who: str, to: str, now: datetime, *, by_staff: bool) -> Move | None:
        """A reader asks for another address, or staff do for one; an earlier wish is over."""
        wish = self[who]
        reader, reads = wish.moves, wish.status is Status.ACTIVE
        if reader is None or not (reads or by_staff):
            return None
        objects_until = now + OBJECT_WITHIN if reads else now
        reader.move = Move(next(_numbers), to, now, objects_until if by_staff else None)
        return reader.move

    def take_back(self, number: int) -> None:
        """The reader, or their old address, ends a wish to move."""
        for reader in self._readers():
            if reader.move is not None and reader.move.number == number:
                reader.move = None

    def agree_to_move(self, number: int, now: datetime, *, at_new: bool) -> None:
        """One of both addresses says yes."""
        for who, wish in self.items():
            move = wish.reader.move if wish.reader is not None else None
            if move is not None and move.number == number:
                move.new_says_yes, move.old_says_yes = (
                    move.new_says_yes or at_new,
                    move.old_says_yes or not at_new,
                )
                self._move_who_may(who, now)
                return

    def _move_who_may(self, who: str, now: datetime) -> None:
        """If it is agreed to, the wish is over, and the reader moves where nothing is in the way."""
        wish = self[who]
        move = wish.reader.move if wish.reader is not None else None
        if wish.reader is None or move is None or not move.is_agreed(now):
            return
        wish.reader.move, there, reader = None, self[move.to], wish.moves
        there.may_be_mailed_after_a_bounce()
        if reader is None or there.never or there.status not in (None, Status.PENDING):
            return
        there.reader, wish.reader = reader, None
        reader.generation, reader.beside, reader.verified_until = next(_numbers), None, None
        reader.status, reader.left_at = Status.ACTIVE, None
        if not wish.stop:
            wish.stop, wish.stopped_at, wish.only_lists = MOVED, now, True
        if there.stop == MOVED:
            there.stop, there.only_lists = "", False

    def forget_stale(self, now: datetime) -> None:
        """The jobs: who did not confirm in time is forgotten; who may move by now does, or waits no longer."""
        for who, wish in self.items():
            wish.forget_stale(now)
            self._move_who_may(who, now)
        for reader in self._readers():
            if reader.move is not None and reader.move.asked_at <= now - ANSWER_CHANGE_WITHIN:
                reader.move = None

    def erase(self, who: str, now: datetime) -> None:
        """Nobody's wish to move keeps an address that is erased."""
        self[who].erase(now)
        for reader in self._readers():
            if reader.move is not None and reader.move.to == who:
                reader.move = None

    def _readers(self) -> list[Reader]:
        return [wish.reader for wish in self.values() if wish.reader is not None]


def _generations(reader: Reader | None) -> Iterator[int]:
    if reader is not None:
        yield reader.generation
        if reader.beside is not None:
            yield reader.beside.generation
