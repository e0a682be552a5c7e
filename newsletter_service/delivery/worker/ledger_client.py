"""Where a sender hands in what the server answered and gets the letters that may go: it keeps the ledger.

SQLite is spoken to between two looks at the SMTP connections, a few letters at a time. Meanwhile the server has
letters enough to read: what was written to it lies in the kernel's buffers. A database server takes its time in a
process of its own, so an errand is sent there and the loop goes on.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from newsletter_service.delivery.ledger import claims
from newsletter_service.delivery.ledger.claims import Claimed
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.background import BackgroundJob
from newsletter_service.delivery.worker.batch import Batch, Batcher, Office
from newsletter_service.delivery.worker.personalise import Personaliser
from newsletter_service.letters.errors import LetterError
from newsletter_service.smtp.messages import OutgoingMessage
from newsletter_service.smtp.replies import Phase, Reply

_TRY_AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


class LedgerClient:
    """Letters are `waiting` here that the ledger says are handed over; `verdicts` counts those that are settled.

    While the database is away `trouble` says so, letters go on that were handed over, and what the server
    answers is kept until it can be written down. `ring` is called, in another thread, when there is something
    for `collect`.
    """

    def __init__(self, office: Office, personaliser: Personaliser, ring: Callable[[], None]) -> None:
        self.verdicts: Counter[Verdict] = Counter()
        self.trouble = ""
        self.batcher = Batcher(office)
        self._personaliser, self._engine = personaliser, office.engine
        self._driver = office.engine.dialect.loaded_dbapi
        self._errors = (DBAPIError, self._driver.Error)
        # The last one: PostgreSQL says so of a server that may only be read, as after a change to another one.
        self._waits_for = (
            self._driver.OperationalError,
            self._driver.InterfaceError,
            self._driver.InternalError,
        )
        self._granted: deque[Claimed] = deque()
        self._outcomes: list[tuple[Claimed, Reply]] = []
        self._unsent: list[Claimed] = []
        self._refusals: list[Reply] = []
        self._away_until = float("-inf")
        self._connection: Connection | None = None
        self._background = BackgroundJob(ring) if office.engine.dialect.name != "sqlite" else None
        self._under_way: Batch | None = None

    @property
    def waiting(self) -> int:
        """How many letters are here that no connection has begun with."""
        return len(self._granted)

    @property
    def next_domain(self) -> str:
        """Where the next letter goes, of those that are waiting."""
        return self._granted[0].domain

    @property
    def unsettled(self) -> int:
        """How many answers are not written down yet."""
        return len(self._outcomes) + (len(self._under_way.outcomes) if self._under_way else 0)

    @property
    def could_settle(self) -> bool:
        """Whether answers wait here that could be written down at once."""
        return bool(self._outcomes) and self._under_way is None and not self.trouble

    def worth_work(self, spare: int) -> bool:
        """Whether enough answers are there to write them down, of the `spare` ones that may wait for it.

        While an errand writes down the first half, there is room for the second.
        """
        return len(self._outcomes) >= (spare if self._background is None else spare // 2)

    @property
    def idle(self) -> bool:
        """Whether nothing is due, nothing is under way and all is settled."""
        at_rest = not (self._under_way or self._outcomes or self._unsent or self._granted)
        return at_rest and self.batcher.idle

    def next_letter(self) -> OutgoingMessage | None:
        """The next letter that may go, its slots filled; one that cannot be made has failed."""
        while self._granted:
            row = self._granted.popleft()
            try:
                return self._personaliser.fill(row)
            except LetterError as error:
                log.error("delivery %d cannot be filled: %s", row.delivery_id, error)
                self._outcomes.append((row, Reply(Phase.DATA, 554, f"5.6.0 {error}")))
        return None

    def settle(self, letter: OutgoingMessage, reply: Reply) -> None:
        """Have it written down what the server answered."""
        self._outcomes.append((self.batcher.handed(letter.key), reply))

    def take_back(self) -> None:
        """Have the waiting letters wait in the ledger again: nobody is there to take them."""
        self._unsent.extend(self._granted)
        self._granted.clear()

    def refused_altogether(self, reply: Reply) -> None:
        """Have the mailings paused that are being sent: the server does not even let us in."""
        self._refusals.append(reply)

    def pause(self, slots: int) -> float:
        """Seconds until there is something to do even if no answer comes."""
        if self._under_way is not None:
            return float("inf")
        away = self._away_until - time.monotonic()
        if away > 0:
            return away
        if self._unsent or self._refusals or self.batcher.all_answered(len(self._outcomes)):
            return 0.0
        return self.batcher.pause(slots, self.waiting)

    def work(self, slots: int) -> None:
        """Settle all there is and have more letters handed over: at most `slots` of them are not settled then.

        With the database away nothing happens, until it is time to try again.
        """
        if self._under_way is not None or time.monotonic() < self._away_until:
            return
        batch = self._new_batch()
        if self._background is None:
            self._ended(batch, self._tried(batch, slots))
        else:
            self._under_way = batch
            self._background.begin(lambda: self._do(batch, slots))

    def collect(self) -> None:
        """Take in what an errand to the database came back with, if one did."""
        batch = self._under_way
        if batch is not None and self._background is not None and self._background.is_back():
            self._under_way = None
            self._ended(batch, self._background.end())

    def close(self, within: float) -> bool:
        """Settle what is known and give back the rest; whether that was done within so many seconds."""
        latest = time.monotonic() + within
        if self._background is not None:
            self._background.close()
            if self._under_way is not None and not self._background.is_back(within):
                return False
            self.collect()
        while True:
            self.take_back()
            batch = self._new_batch()
            try:
                with self._connected().begin():
                    self.batcher.leave(self._connected(), batch)
            except self._errors as error:
                self._put_back(batch)
                self._away(error)
            else:
                self._committed(batch)
                self._hang_up()
                return True
            if self._away_until > latest:
                return False
            time.sleep(_TRY_AGAIN_SECONDS)

    # --- one transaction; of an errand, all that is done in its thread ---

    def _tried(self, batch: Batch, slots: int) -> Exception | None:
        try:
            self._do(batch, slots)
        except Exception as error:  # noqa: BLE001  # what was answered is put back before it goes on its way
            return error
        return None

    def _do(self, batch: Batch, slots: int) -> None:
        connection = self._connected()
        if self.batcher.run_fast(connection, batch, slots):
            if self._personaliser.unknown(batch.granted):
                with connection.begin():
                    self._personaliser.read(connection, [*batch.waiting, *batch.granted])
            return
        with connection.begin():
            self.batcher.run(connection, batch, slots)
            self._personaliser.read(connection, [*batch.waiting, *batch.granted])

    # --- before and after it ---

    def _ended(self, batch: Batch, error: Exception | None) -> None:
        if error is None:
            self._committed(batch)
            return
        self._put_back(batch)
        self._away(error)

    def _new_batch(self) -> Batch:
        batch = Batch(self._outcomes, self._unsent, self._refusals, tuple(self._granted))
        self._outcomes, self._unsent, self._refusals = [], [], []
        return batch

    def _put_back(self, batch: Batch) -> None:
        self._outcomes[:0], self._unsent[:0], self._refusals[:0] = (
            batch.outcomes,
            batch.unsent,
            batch.refusals,
        )

    def _committed(self, batch: Batch) -> None:
        if self.trouble:
            log.warning("the database is back")
            self.trouble = ""
        self.batcher.remember(batch)
        self.verdicts.update(batch.verdicts)
        if batch.stopped:
            self._unsent += [row for row in self._granted if row.delivery_id in batch.stopped]
            self._granted = deque(row for row in self._granted if row.delivery_id not in batch.stopped)
        notices = [row for row in batch.granted if row.mailing_id is None]
        self._granted.extendleft(reversed(notices))
        self._granted.extend(row for row in batch.granted if row.mailing_id is not None)
        self._personaliser.date_now()

    def _away(self, error: Exception) -> None:
        said = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(said, self._waits_for):
            raise error
        if not self.trouble:
            self.trouble = " ".join(str(said).split())[:200]
            log.error("the database is away, waiting for it: %s", self.trouble)
        self._hang_up()
        self.batcher.forget()
        self._away_until = time.monotonic() + _TRY_AGAIN_SECONDS

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            claims.settle_in(self._connection)
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*self._errors):
                if self.trouble:  # there is nothing to be rolled back on a line that is dead
                    connection.invalidate()
                connection.close()
