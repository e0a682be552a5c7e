"""A simple model of one address: what its owner wished last, and so whether it gets mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter_service.links.urls import CONFIRM_WITHIN
from newsletter_service.subscriptions.rules import UNDO_WITHIN, Status

BOUNCED = "bounced"
YEAR = timedelta(days=365)


@dataclass
class Wish:
    """What is known of one address. `stop` is why it is not mailed; a bounce stops until its owner asks again.

    `generation` counts subscriptions: links and letters of an earlier one mean nothing to the next.
    """

    status: Status | None = None
    was_reader: bool = False
    generation: int = 0
    asked_at: datetime | None = None
    left_at: datetime | None = None
    stop: str = ""
    stopped_at: datetime | None = None
    asked_since: bool = False
    paused_until: datetime | None = None
    claims: bool = False
    verified_until: datetime | None = None

    @property
    def never(self) -> bool:
        """Whether nothing may be written to it."""
        return bool(self.stop) and not self.asked_since

    def gets_mail(self, now: datetime) -> bool:
        """The one thing that matters."""
        paused = self.paused_until is not None and self.paused_until > now
        return self.status is Status.ACTIVE and not self.never and not paused

    @property
    def is_verified(self) -> bool:
        """Whether restricted items are for it; a check ends by a job that does not run here."""
        return self.claims and self.verified_until is not None

    def claim(self, wanted: bool, now: datetime) -> None:
        """The segment is claimed or not; a check is remembered for as long as it holds."""
        if wanted and not self.claims and self.verified_until is not None and self.verified_until <= now:
            self.verified_until = None
        self.claims = wanted

    def sign_up(self, now: datetime) -> None:
        """Somebody fills in the form; also a stranger can."""
        if self.stop == BOUNCED:
            self.asked_since = True
        if self.never or self.status is Status.ACTIVE:
            return
        if self.status is None:
            self.verified_until, self.was_reader, self.left_at = None, False, None
        if self.status is not Status.PENDING:
            self.generation += 1
        self.status, self.asked_at = Status.PENDING, now
        self.claim(True, now)

    def confirm(self, generation: int, linked_at: datetime, now: datetime) -> None:
        """A press of the button behind the link in a confirmation."""
        if self._is_mine(generation) and self.status is Status.PENDING and now < linked_at + CONFIRM_WITHIN:
            self._begin()

    def _begin(self) -> None:
        self.status, self.was_reader, self.left_at = Status.ACTIVE, True, None

    def _is_mine(self, generation: int) -> bool:
        return self.status is not None and generation == self.generation

    def leave(self, generation: int, now: datetime) -> None:
        """A press of "leave", or one click in a mail program."""
        if self._is_mine(generation) and self.status is Status.ACTIVE:
            self._end(now)

    def come_back(self, generation: int, now: datetime) -> None:
        """A press of "this was a mistake"."""
        if not self._is_mine(generation) or self.status is not Status.LEFT or self.never:
            return
        if self.left_at is not None and now - self.left_at <= UNDO_WITHIN:
            self.status, self.left_at = Status.ACTIVE, None

    def halt(self, reason: str, now: datetime) -> None:
        """A bounce, a complaint, or a wish never to be mailed: `reason` as the suppression has it."""
        if self._says_nothing_new(reason):
            if self.status is Status.LEFT:
                return
        else:
            self.stop, self.stopped_at, self.asked_since = reason, now, False
        self._end(now)

    def _says_nothing_new(self, reason: str) -> bool:
        """A wish outweighs a bounce, and the first wish is kept."""
        return self.never and not (self.stop == BOUNCED and reason != BOUNCED)

    def _end(self, now: datetime) -> None:
        if self.status is Status.ACTIVE:
            self.status, self.left_at, self.paused_until = Status.LEFT, now, None
        elif self.status is Status.PENDING:
            self._give_up()

    def _give_up(self) -> None:
        """A sign-up that nobody confirmed is as if it had not been."""
        self.status = Status.LEFT if self.was_reader else None

    def forget_stale(self, now: datetime) -> None:
        """The job that forgets who did not confirm in time."""
        if self.status is Status.PENDING and self.asked_at and self.asked_at < now - CONFIRM_WITHIN:
            self._give_up()

    def erase(self, now: datetime) -> None:
        """Staff erase the person, who then is nobody's reader and is never mailed again."""
        if not self._says_nothing_new("erased"):
            self.stop, self.stopped_at, self.asked_since = "erased", now, False
        self.status, self.left_at, self.was_reader, self.paused_until = None, None, False, None

    def allow(self) -> None:
        """Staff take a stop back: who was stopped by a bounce reads on, everybody else may sign up."""
        by_bounce = self.stop == BOUNCED and self.stopped_at is not None and self.left_at == self.stopped_at
        if self.status is Status.LEFT and by_bounce:
            self.status, self.left_at = Status.ACTIVE, None
        self.stop, self.stopped_at, self.asked_since = "", None, False

    def import_(self, now: datetime) -> None:
        """The address stands on a list: nobody comes back by one, and nobody who ever had a stop."""
        if self.stop or self.was_reader or self.status not in (None, Status.PENDING):
            return
        if self.status is None:
            self.generation += 1
        self.verified_until, self.claims = None, False
        self._begin()

    def verify(self, now: datetime) -> None:
        """A communicator checks the claim that waits."""
        if self.status is Status.ACTIVE and self.claims and self.verified_until is None:
            self.verified_until = now + YEAR
