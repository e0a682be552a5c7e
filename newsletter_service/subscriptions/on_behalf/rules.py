"""Pure decisions of acting on a reader's behalf: what a reason may say, and what a reader wished last."""

import re
from datetime import datetime
from enum import StrEnum

from newsletter_service.delivery.rules import BOUNCED
from newsletter_service.subscriptions.rules import Status

REASON_LENGTH = 300
_SHORTEST_NAME = 3


class Allowed(StrEnum):
    """What became of an address that may be mailed again."""

    NOT_SUPPRESSED = "not_suppressed"
    MAY_SIGN_UP = "may_sign_up"
    READS_AGAIN = "reads_again"


def without_name(reason: str, name: str) -> str:
    """`reason` with three dots in place of each word of a name: the audit trail outlives the person."""
    words = [re.escape(word) for word in name.split() if len(word) >= _SHORTEST_NAME]
    return re.sub(rf"\b(?:{'|'.join(words)})\b", "…", reason, flags=re.IGNORECASE) if words else reason


def still_wants(status: Status, left_at: datetime | None, cause: str, suppressed_at: datetime) -> bool:
    """Whether it was a bounce that ended a subscription, and not its reader: both stand at the same moment."""
    return status is Status.LEFT and cause == BOUNCED and left_at == suppressed_at
