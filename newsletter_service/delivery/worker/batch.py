"""What one transaction of a worker is about."""

from collections.abc import Collection
from dataclasses import dataclass, field

from newsletter_service.continuity.service import Standing
from newsletter_service.delivery.ledger.rows import Claimed
from newsletter_service.delivery.worker.outcomes import LetterOutcome
from newsletter_service.smtp.replies import Reply


@dataclass
class Batch:
    """What one transaction is about: outcomes and unsent letters go in, letters that may go now come out.

    `refusals` are replies that concern all letters; `stopped` are those of the `waiting` letters that may not go any
    more, by delivery id. With `more` there is something due that found no room. `standing` is whether the service may
    go on, if that was looked at.
    """

    outcomes: list[LetterOutcome]
    unsent: list[Claimed]
    refusals: list[Reply]
    waiting: Collection[Claimed]
    granted: list[Claimed] = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)
    claimed: int = 0
    more: bool = False
    standing: Standing | None = None

    @property
    def ended(self) -> set[int]:
        """The deliveries that are no longer handed over."""
        return {outcome.row.delivery_id for outcome in self.outcomes} | {
            row.delivery_id for row in self.unsent
        }

    @property
    def letter_ids(self) -> set[int]:
        """The letters that are to be filled next."""
        return {row.letter_id for rows in (self.waiting, self.granted) for row in rows}
