"""Where the loop hands in what the server replied and gets the letters that may go.

SQLite is used between two looks at the SMTP connections, a few letters at a time. Meanwhile the server has letters
enough to read: what was written to it lies in the kernel's buffers. A database server works in a process of its own, so
a background job waits for it and the loop goes on.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from newsletter_service.delivery.ledger.rows import Claimed
from newsletter_service.delivery.ledger.sql import sql_of
from newsletter_service.delivery.rules import Verdict, classify
from newsletter_service.delivery.worker.background import BackgroundJob
from newsletter_service.delivery.worker.batch import Batch
from newsletter_service.delivery.worker.batcher import Batcher
from newsletter_service.delivery.worker.outcomes import LetterOutcome
from newsletter_service.delivery.worker.personalise import Personaliser
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.letters.errors import LetterError
from newsletter_service.operations.logs import without_addresses
from newsletter_service.smtp.messages import Outcome, OutgoingMessage
from newsletter_service.smtp.replies import Phase, Reply

_RETRY_SECONDS = 1.0

log = logging.getLogger(__name__)


class LedgerClient:
    """Letters that the ledger says are handed over are `waiting` here; `verdicts` counts those that are settled.

    While the database cannot be reached `trouble` says so, letters that were handed over still go out, and outcomes are
    kept until they can be written down. `wake` is called, in another thread, when there is something for `collect`.
    """

    def __init__(self, config: DeliveryConfig, wake: Callable[[], None]) -> None:
        self.verdicts: Counter[Verdict] = Counter()
        self.trouble = ""
        self.batcher = Batcher(config)
        self._personaliser = Personaliser(
            config.links, config.notices, config.clock, config.keys, config.mail_domain, config.bounce_domain
        )
        self._engine = config.engine
        self._driver = config.engine.dialect.loaded_dbapi
        self._errors = (DBAPIError, self._driver.Error)
        # The last one is what PostgreSQL raises on a read-only server, as after a failover.
        self._waits_for = (
            self._driver.OperationalError,
            self._driver.InterfaceError,
            self._driver.InternalError,
        )
        self._granted: deque[Claimed] = deque()
        self._outcomes: list[LetterOutcome] = []
        self._unsent: list[Claimed] = []
        self._refusals: list[Reply] = []
        self._retry_at = float("-inf")
        self._connection: Connection | None = None
        self._background = BackgroundJob(wake) if config.engine.dialect.name != "sqlite" else None
        self._batch = Batch([], [], [], ())
        self._busy = False

    @property
    def waiting(self) -> int:
        """The number of letters here that no connection has begun with."""
        return len(self._granted)

    @property
    def next_domain(self) -> str:
        """The recipient domain of the next waiting letter."""
        return self._granted[0].domain

    @property
    def unsettled(self) -> int:
        """The number of outcomes that are not written down yet."""
        return len(self._outcomes) + len(self._batch.outcomes)

    @property
    def could_settle(self) -> bool:
        """Whether outcomes wait here that could be written down now."""
        return bool(self._outcomes) and not self._busy and not self.trouble

    def worth_work(self, spare: int) -> bool:
        """Whether there are enough outcomes to write them down, of the `spare` ones that may wait for it.

        While a background job writes down the first half, there is room for the second.
        """
        return len(self._outcomes) >= (spare if self._background is None else spare // 2)

    @property
    def idle(self) -> bool:
        """Whether nothing is due, nothing is in flight and all is settled."""
        at_rest = not (self._busy or self._outcomes or self._unsent or self._granted)
        return at_rest and self.batcher.idle

    def next_letter(self) -> OutgoingMessage | None:
        """Takes the next letter that may go, its slots filled; one that cannot be made has failed."""
        while self._granted:
            row = self._granted.popleft()
            try:
                return self._personaliser.fill(row)
            except LetterError as error:
                log.error("delivery %d cannot be filled: %s", row.delivery_id, error)
                self._outcomes.append(
                    LetterOutcome(row, Reply(Phase.DATA, 554, f"5.6.0 {error}"), Verdict.FAIL)
                )
        return None

    def settle(self, outcome: Outcome) -> Verdict:
        """Takes in what became of a letter, to be written down; returns what that means for it."""
        message, said = outcome
        reply = _anonymous(said)
        row = cast(Claimed, message.key)  # as Personaliser.fill made it
        verdict = classify(reply, pausable=row.mailing_id is not None, attempts=row.attempts)
        self._outcomes.append(LetterOutcome(row, reply, verdict))
        return verdict

    def take_back(self) -> None:
        """Returns the waiting letters to the ledger: no connection can take them."""
        self._unsent.extend(self._granted)
        self._granted.clear()

    def pause_all(self, reply: Reply) -> None:
        """Pauses the mailings that are being sent: the server refuses us altogether."""
        self._refusals.append(_anonymous(reply))

    def pause(self, slots: int) -> float:
        """Seconds until there is something to do even if no reply comes."""
        if self._busy:
            return float("inf")
        wait = self._retry_at - time.monotonic()
        if wait > 0:
            return wait
        if self._unsent or self._refusals or self.batcher.all_answered(len(self._outcomes)):
            return 0.0
        return self.batcher.pause(slots, self.waiting)

    def work(self, slots: int) -> None:
        """Settles all outcomes and hands over more letters: at most `slots` of them are not settled then.

        While the database cannot be reached nothing happens, until it is time to try again.
        """
        if self._busy or time.monotonic() < self._retry_at:
            return
        self._begin_batch()
        if self._background is None:
            self._ended(self._tried(slots))
        else:
            self._background.start(partial(self._do, slots))

    def collect(self) -> None:
        """Takes in what a background job did, if one is done."""
        if self._busy and self._background is not None and self._background.is_done():
            self._ended(self._background.result())

    def close(self, within: float) -> bool:
        """Settles what is known and gives back the rest; returns whether that was done within so many seconds."""
        latest = time.monotonic() + within
        if self._background is not None:
            self._background.close()
            if self._busy and not self._background.is_done(within):
                return False
            self.collect()
        while True:
            self.take_back()
            self._begin_batch()
            error = self._left()
            self._ended(error)
            if error is None:
                self._disconnect()
                return True
            if self._retry_at > latest:
                return False
            time.sleep(_RETRY_SECONDS)

    # --- one transaction: what a background job does ---

    def _tried(self, slots: int) -> Exception | None:
        try:
            self._do(slots)
        except Exception as error:  # noqa: BLE001  # outcomes are put back before it is raised
            return error
        return None

    def _do(self, slots: int) -> None:
        self._exchange(slots)
        self._personaliser.make()

    def _exchange(self, slots: int) -> None:
        connection, batch = self._connected(), self._batch
        if self.batcher.run_fast(connection, batch, slots):
            if self._personaliser.lacks(batch.letter_ids):
                with connection.begin():
                    self._personaliser.read(connection, batch.letter_ids)
            return
        with connection.begin():
            self.batcher.run(connection, batch, slots)
            self._personaliser.read(connection, batch.letter_ids)

    def _left(self) -> Exception | None:
        try:
            with self._connected().begin():
                self.batcher.leave(self._connected(), self._batch)
        except self._errors as error:
            return error
        return None

    # --- before and after it ---

    def _ended(self, error: Exception | None) -> None:
        batch, self._batch = self._batch, Batch([], [], [], ())
        self._busy = False
        if error is None:
            self.batcher.remember(batch)
            self._take_in(batch)
        else:
            self._put_back(batch)
            self._lost_database(error)

    def _begin_batch(self) -> None:
        self._batch = Batch(self._outcomes, self._unsent, self._refusals, tuple(self._granted))
        self._outcomes, self._unsent, self._refusals = [], [], []
        self._busy = True

    def _put_back(self, batch: Batch) -> None:
        self._outcomes[:0], self._unsent[:0], self._refusals[:0] = (
            batch.outcomes,
            batch.unsent,
            batch.refusals,
        )

    def _take_in(self, batch: Batch) -> None:
        if self.trouble:
            log.warning("the database can be reached again")
            self.trouble = ""
        self.verdicts.update(outcome.verdict for outcome in batch.outcomes)
        if batch.stopped:
            self._unsent += [row for row in self._granted if row.delivery_id in batch.stopped]
            self._granted = deque(row for row in self._granted if row.delivery_id not in batch.stopped)
        notices = [row for row in batch.granted if row.mailing_id is None]
        self._granted.extendleft(reversed(notices))
        self._granted.extend(row for row in batch.granted if row.mailing_id is not None)
        self._personaliser.date_now()

    def _lost_database(self, error: Exception) -> None:
        said = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(said, self._waits_for):
            raise error
        if not self.trouble:
            self.trouble = " ".join(str(said).split())[:200]
            log.error("the database cannot be reached, trying again every second: %s", self.trouble)
        self._disconnect()
        self.batcher.forget()
        self._retry_at = time.monotonic() + _RETRY_SECONDS

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            sql_of(self._connection).prepare(self._connection)
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*self._errors):
                if self.trouble:  # a dead connection cannot be rolled back
                    connection.invalidate()
                connection.close()


def _anonymous(reply: Reply) -> Reply:
    """The reply without the addresses that servers quote: a row bears its own, until its subscriber is erased."""
    text = without_addresses(reply.text)
    return reply if text is reply.text else reply._replace(text=text)
