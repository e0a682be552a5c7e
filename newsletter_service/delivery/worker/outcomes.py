"""Settling: what the server's reply makes of a row, of its domain, of its mailing."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import claims
from newsletter_service.delivery.ledger.rows import Claimed, Settled
from newsletter_service.delivery.rules import (
    MOST_AMBIGUOUS_ATTEMPTS,
    DeliveryState,
    Verdict,
    is_about_the_letter,
    settlement,
)
from newsletter_service.delivery.worker.backoff import DomainBackoffs, chance
from newsletter_service.operations.logs import without_addresses
from newsletter_service.smtp.replies import Reply

_FINAL = (Verdict.SENT, Verdict.FAIL, Verdict.UNCERTAIN)

log = logging.getLogger(__name__)


class LetterOutcome(NamedTuple):
    """A row, the server's last reply about its letter, and what that means for it."""

    row: Claimed
    reply: Reply
    verdict: Verdict


class Settler:
    """Settles rows of one worker in the caller's transaction, and tells `domains` who accepts and who refuses."""

    def __init__(self, domains: DomainBackoffs, *, hold_uncertain: bool) -> None:
        self.domains = domains
        self._hold = hold_uncertain

    def settle(
        self, connection: Connection, worker: str, outcomes: Sequence[LetterOutcome], now: datetime
    ) -> None:
        """Writes down what became of these letters, and of their domains and mailings."""
        settled = [self._settled(connection, *outcome, now) for outcome in outcomes]
        if claims.settle(connection, worker, settled) < len(settled):
            claims.settle_late(connection, settled)

    def _settled(
        self, connection: Connection, row: Claimed, reply: Reply, verdict: Verdict, now: datetime
    ) -> Settled:
        if verdict is Verdict.SENT:
            self.domains.accepted(connection, row.domain)
            return _accepted(row, reply, now)
        self.domains.refused(connection, row.domain, reply, verdict, now)
        if verdict is Verdict.PAUSE and row.mailing_id is not None:
            claims.pause(connection, [row.mailing_id], str(reply), now)
            said = without_addresses(str(reply))
            log.warning("mailing %d pauses: %s", row.mailing_id, said, extra={"mailing": row.mailing_id})
        end = (claims.give_up_at(connection, row.delivery_id) if verdict not in _FINAL else None) or now
        hold = self._hold or row.ambiguous_attempts + 1 >= MOST_AMBIGUOUS_ATTEMPTS
        result = settlement(
            verdict,
            row.attempts,
            end,
            now,
            chance(),
            hold=hold,
            ambiguous=row.ambiguous_attempts > 0,
            costs=verdict is Verdict.PAUSE and is_about_the_letter(reply),
        )
        return Settled(
            delivery_id=row.delivery_id,
            state=result.state,
            attempts=row.attempts + result.counts,
            ambiguous_attempts=row.ambiguous_attempts + (verdict is Verdict.UNCERTAIN),
            next_attempt_at=result.next_attempt_at,
            settled_at=None if result.next_attempt_at else now,
            reply_code=reply.code,
            reply_status=reply.enhanced_status,
            reply_text=reply.text,
        )


def settle_late(connection: Connection, accepted: Sequence[LetterOutcome], now: datetime) -> None:
    """Writes down letters that were accepted, of which some rows were taken from their worker meanwhile."""
    claims.settle_late(connection, [_accepted(row, reply, now) for row, reply, _verdict in accepted])


def _accepted(row: Claimed, reply: Reply, now: datetime) -> Settled:
    said = (reply.code, reply.enhanced_status, reply.text)
    return Settled(
        row.delivery_id, DeliveryState.SENT, row.attempts + 1, row.ambiguous_attempts, None, now, *said
    )
