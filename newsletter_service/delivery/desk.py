"""Where a sender hands in what the server answered and gets the letters that may go: it keeps the ledger.

The database is spoken to between two looks at the SMTP connections, a few letters at a time. Meanwhile the server
has letters enough to read: what was written to it lies in the kernel's buffers.
"""

import logging
import time
from collections import Counter, deque
from contextlib import suppress

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from newsletter_service.delivery import ledger
from newsletter_service.delivery.clerk import Clerk, Office, Turn
from newsletter_service.delivery.copies import Copies
from newsletter_service.delivery.dialogue import Outgoing
from newsletter_service.delivery.ledger import Claimed
from newsletter_service.delivery.rules import Phase, Reply, Verdict
from newsletter_service.letters.errors import LetterError

_TRY_AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


class Desk:
    """Letters are `waiting` here that the ledger says are handed over; `verdicts` counts those that are settled.

    While the database is away `trouble` says so, letters go on that were handed over, and what the server
    answers is kept until it can be written down.
    """

    def __init__(self, office: Office, copies: Copies) -> None:
        self.verdicts: Counter[Verdict] = Counter()
        self.trouble = ""
        self.clerk = Clerk(office)
        self._copies, self._engine = copies, office.engine
        self._driver = office.engine.dialect.loaded_dbapi
        self._errors = (DBAPIError, self._driver.Error)
        self._granted: deque[Claimed] = deque()
        self._outcomes: list[tuple[Claimed, Reply]] = []
        self._unsent: list[Claimed] = []
        self._refusals: list[Reply] = []
        self._away_until = float("-inf")
        self._connection: Connection | None = None

    @property
    def waiting(self) -> int:
        """How many letters are here that no connection has begun with."""
        return len(self._granted)

    @property
    def unsettled(self) -> int:
        """How many answers are not written down yet."""
        return len(self._outcomes)

    @property
    def idle(self) -> bool:
        """Whether nothing is due, nothing is under way and all is settled."""
        return self.clerk.idle and not (self._outcomes or self._unsent or self._granted)

    def next_letter(self) -> Outgoing | None:
        """The next letter that may go, its slots filled; one that cannot be made has failed."""
        while self._granted:
            row = self._granted.popleft()
            try:
                return self._copies.fill(row)
            except LetterError as error:
                log.error("delivery %d cannot be filled: %s", row.delivery_id, error)
                self._outcomes.append((row, Reply(Phase.DATA, 554, f"5.6.0 {error}")))
        return None

    def settle(self, letter: Outgoing, reply: Reply) -> None:
        """Have it written down what the server answered."""
        self._outcomes.append((self.clerk.handed(letter.key), reply))

    def take_back(self) -> None:
        """Have the waiting letters wait in the ledger again: nobody is there to take them."""
        self._unsent.extend(self._granted)
        self._granted.clear()

    def refused_altogether(self, reply: Reply) -> None:
        """Have the mailings paused that are being sent: the server does not even let us in."""
        self._refusals.append(reply)

    def pause(self, slots: int) -> float:
        """Seconds until there is something to do even if no answer comes."""
        away = self._away_until - time.monotonic()
        if away > 0:
            return away
        return 0.0 if self._unsent or self._refusals else self.clerk.pause(slots)

    def work(self, slots: int) -> None:
        """Settle all there is and have more letters handed over: at most `slots` of them are not settled then.

        With the database away nothing happens, until it is time to try again.
        """
        if time.monotonic() < self._away_until:
            return
        turn = self._turn()
        try:
            with self._connected().begin():
                self.clerk.turn(self._connected(), turn, slots)
                self._copies.read(self._connected(), [*self._granted, *turn.granted])
        except self._errors as error:
            self._put_back(turn)
            self._away(error)
        else:
            self._committed(turn)

    def close(self, within: float) -> bool:
        """Settle what is known and give back the rest; whether that was done within so many seconds."""
        latest = time.monotonic() + within
        while True:
            self.take_back()
            turn = self._turn()
            try:
                with self._connected().begin():
                    self.clerk.leave(self._connected(), turn)
            except self._errors as error:
                self._put_back(turn)
                self._away(error)
            else:
                self._committed(turn)
                self._hang_up()
                return True
            if self._away_until > latest:
                return False
            time.sleep(_TRY_AGAIN_SECONDS)

    def _turn(self) -> Turn:
        turn = Turn(self._outcomes, self._unsent, self._refusals, self._granted)
        self._outcomes, self._unsent, self._refusals = [], [], []
        return turn

    def _put_back(self, turn: Turn) -> None:
        self._outcomes, self._unsent, self._refusals = turn.outcomes, turn.unsent, turn.refusals

    def _committed(self, turn: Turn) -> None:
        if self.trouble:
            log.warning("the database is back")
            self.trouble = ""
        self.clerk.remember(turn)
        self.verdicts.update(turn.verdicts)
        if turn.stopped:
            self._unsent += [row for row in self._granted if row.delivery_id in turn.stopped]
            self._granted = deque(row for row in self._granted if row.delivery_id not in turn.stopped)
        self._granted.extend(turn.granted)

    def _away(self, error: Exception) -> None:
        said = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(said, (self._driver.OperationalError, self._driver.InterfaceError)):
            raise error
        self._hang_up()
        self.clerk.forget()
        if not self.trouble:
            self.trouble = " ".join(str(said).split())[:200]
            log.error("the database is away, waiting for it: %s", self.trouble)
        self._away_until = time.monotonic() + _TRY_AGAIN_SECONDS

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            ledger.settle_in(self._connection)
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*self._errors):
                connection.close()
