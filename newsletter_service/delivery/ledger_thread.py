"""The thread in which a sender's clerk works, so that neither the database nor the SMTP server waits for the other."""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from newsletter_service.delivery.clerk import Clerk, Office, Turn, row_of
from newsletter_service.delivery.dialogue import Outgoing
from newsletter_service.delivery.ledger import Claimed
from newsletter_service.delivery.rules import Reply, Verdict

TOGETHER = 8
"""So many answers are settled at once without waiting for more."""
_TRY_AGAIN_SECONDS = 1.0
T = TypeVar("T")

log = logging.getLogger(__name__)


class LedgerThread(threading.Thread):
    """Letters that may go now come to lie in `granted`; `arrived` is called when there are new ones.

    While the database is away `trouble` says so, letters go on that were handed over, and what the server
    answers is kept until it can be written down.
    """

    def __init__(self, office: Office, arrived: Callable[[], None]) -> None:
        super().__init__(name="ledger", daemon=True)
        self.granted: deque[Outgoing] = deque()
        self.verdicts: Counter[Verdict] = Counter()
        self.trouble = ""
        self.failure: BaseException | None = None
        self.clerk = Clerk(office)
        self._engine, self._arrived = office.engine, arrived
        self._outcomes: deque[tuple[Claimed, Reply]] = deque()
        self._unsent: deque[Claimed] = deque()
        self._refusals: deque[Reply] = deque()
        self._slots = self._settling = 0
        self._wake = threading.Event()
        self._closing = False
        self._connection: Connection | None = None

    # What the thread that speaks SMTP calls.

    def room_for(self, slots: int) -> None:
        """How many letters may be handed over and not settled at any time."""
        if slots != self._slots:
            self._slots = slots
            self._wake.set()

    def settle(self, letter: Outgoing, reply: Reply) -> None:
        """Have it written down what the server answered, together with other answers if more come soon."""
        self._outcomes.append((row_of(letter), reply))
        if len(self._outcomes) >= TOGETHER:
            self._wake.set()

    @property
    def unsettled(self) -> int:
        """How many answers are not written down yet."""
        return len(self._outcomes) + self._settling

    def nudge(self) -> None:
        """No more answers come just now: those there are need not wait."""
        if self._outcomes:
            self._wake.set()

    def take_back(self) -> None:
        """Have the granted letters wait again: nobody is there to take them."""
        letters = _drained(self.granted)
        if letters:
            self._unsent.extend(map(row_of, letters))
            self._wake.set()

    def refused_altogether(self, reply: Reply) -> None:
        """Have the mailings paused that are being sent: the server does not even let us in."""
        self._refusals.append(reply)
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is due, nothing is under way and all is settled."""
        return self.clerk.idle and not self._outcomes and not self._unsent and not self._wake.is_set()

    def close(self, within: float) -> bool:
        """Settle what is known and give back the rest; whether that was done within so many seconds."""
        self._closing = True
        self._wake.set()
        self.join(within)
        return not self.is_alive()

    # The thread itself.

    def run(self) -> None:
        """Take turns until closed; what goes wrong for good ends the run, and is told to who waits for it."""
        try:
            while not self._closing:
                self._wake.wait(self.clerk.pause(self._slots))
                self._wake.clear()
                self._patiently(self._take_turn)
            self._patiently(self._take_leave)
        except BaseException as error:  # noqa: BLE001  # the other thread raises it
            self.failure = error
        finally:
            self._hang_up()
            self._arrived()

    def _patiently(self, work: Callable[[Connection, Turn], None]) -> None:
        """One transaction; while the database is away, the same again every second."""
        while True:
            self._settling = len(self._outcomes)
            turn = Turn(
                _drained(self._outcomes), _drained(self._unsent), _drained(self._refusals), list(self.granted)
            )
            try:
                with self._connected().begin() as _:
                    work(self._connected(), turn)
            except (OperationalError, InterfaceError, DBAPIError) as error:
                self._put_back(turn)
                self._away(error)
                if self._closing and work != self._take_leave:
                    return
            else:
                self._committed(turn)
                return

    def _take_turn(self, connection: Connection, turn: Turn) -> None:
        self.clerk.turn(connection, turn, self._slots)

    def _take_leave(self, connection: Connection, turn: Turn) -> None:
        self.clerk.leave(connection, turn)

    def _committed(self, turn: Turn) -> None:
        if self.trouble:
            log.warning("the database is back")
            self.trouble = ""
        self._settling = 0
        self.clerk.remember(turn)
        self.verdicts.update(turn.verdicts)
        self._withdraw(turn.stopped)
        self.granted.extend(turn.granted)
        if turn.granted or turn.outcomes:
            self._arrived()

    def _withdraw(self, stopped: set[int]) -> None:
        """Take back granted letters that no connection has begun with and that may not go any more."""
        for letter in [one for one in list(self.granted) if row_of(one).delivery_id in stopped]:
            with suppress(ValueError):  # it went just now
                self.granted.remove(letter)
                self._unsent.append(row_of(letter))
                self._wake.set()

    def _put_back(self, turn: Turn) -> None:
        self._settling = 0
        self._outcomes.extendleft(reversed(turn.outcomes))
        self._unsent.extendleft(reversed(turn.unsent))
        self._refusals.extendleft(reversed(turn.refusals))

    def _away(self, error: DBAPIError) -> None:
        if not isinstance(error, OperationalError | InterfaceError) and not error.connection_invalidated:
            raise error
        self._hang_up()
        self.clerk.forget()
        if not self.trouble:
            self.trouble = " ".join(str(error.orig).split())[:200]
            log.error("the database is away, waiting for it: %s", self.trouble)
        time.sleep(_TRY_AGAIN_SECONDS)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):
                connection.close()


def _drained(queue: deque[T]) -> list[T]:
    items = []
    with suppress(IndexError):
        while True:
            items.append(queue.popleft())
    return items
