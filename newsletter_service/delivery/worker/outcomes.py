"""Settling: what the server's answer makes of a row, of its domain, of its mailing."""

import logging
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import claims
from newsletter_service.delivery.ledger.claims import Claimed, Settled
from newsletter_service.delivery.rules import (
    MOST_AMBIGUOUS_ATTEMPTS,
    DeliveryState,
    Verdict,
    classify,
    is_about_the_letter,
    settlement,
)
from newsletter_service.delivery.worker.backoff import DomainBackoffs
from newsletter_service.logs import without_addresses
from newsletter_service.smtp.replies import Phase, Reply

Answered = tuple[Claimed, Reply]
"""A row and the server's last answer about its letter."""

_FINAL = (Verdict.SENT, Verdict.FAIL, Verdict.UNCERTAIN)
_DOT, _SENT = Phase.DOT, Verdict.SENT  # looked up once, as every letter meets them

log = logging.getLogger(__name__)


class Settler:
    """Settles rows of one sender in the caller's transaction, and tells `domains` who refuses."""

    def __init__(self, domains: DomainBackoffs, on_uncertain: Literal["resend", "hold"]) -> None:
        self.domains = domains
        self._hold = on_uncertain == "hold"

    def settle(
        self, connection: Connection, sender: str, answered: Sequence[Answered], now: datetime
    ) -> list[Verdict]:
        """Settle them all; what each answer means."""
        verdicts, settled = [], []
        for row, reply in answered:
            if is_plain(reply):
                verdicts.append(_SENT)
                settled.append(_accepted(row, reply, now))
                self.domains.accepted(connection, row.domain)
            else:
                verdict = classify(reply, pausable=row.mailing_id is not None, attempts=row.attempts)
                verdicts.append(verdict)
                settled.append(self._settled(connection, row, reply, verdict, now))
        if claims.settle(connection, sender, settled) < len(settled):
            claims.settle_late(connection, settled)
        return verdicts

    def _settled(
        self, connection: Connection, row: Claimed, reply: Reply, verdict: Verdict, now: datetime
    ) -> Settled:
        if verdict is Verdict.SENT:
            return _accepted(row, reply, now)
        self.domains.refused(connection, row.domain, reply, verdict, now)
        if verdict is Verdict.PAUSE and row.mailing_id is not None:
            claims.pause(connection, [row.mailing_id], words(reply), now)
            said = without_addresses(words(reply))
            log.warning("mailing %d pauses: %s", row.mailing_id, said, extra={"mailing": row.mailing_id})
        chance = random.random()  # noqa: S311  # spreads retries, keeps no secret
        end = (claims.give_up_at(connection, row.delivery_id) if verdict not in _FINAL else None) or now
        hold = self._hold or row.ambiguous_attempts + 1 >= MOST_AMBIGUOUS_ATTEMPTS
        result = settlement(
            verdict,
            row.attempts,
            end,
            now,
            chance,
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


def settle_late(connection: Connection, answered: Sequence[Answered], now: datetime) -> None:
    """Write down letters that arrived, of which some rows were taken from their sender meanwhile."""
    claims.settle_late(connection, [_accepted(row, reply, now) for row, reply in answered])


def is_plain(reply: Reply) -> bool:
    """Whether it is what nearly all letters meet: a 250 after the final dot."""
    return reply.code == 250 and reply.phase is _DOT


def _accepted(row: Claimed, reply: Reply, now: datetime) -> Settled:
    said = (reply.code, reply.enhanced_status, reply.text)
    return Settled(
        row.delivery_id, DeliveryState.SENT, row.attempts + 1, row.ambiguous_attempts, None, now, *said
    )


def words(reply: Reply) -> str:
    """What the server said, for people."""
    return f"{reply.code or ''} {reply.text}".strip()
