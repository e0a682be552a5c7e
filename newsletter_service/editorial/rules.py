"""What an item is, and what it needs before it may wait for an edition."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

TITLE_LENGTH = 120
LEAD_LENGTH = 400
BODY_LENGTH = 5_000
ALT_LENGTH = 300
PLACE_LENGTH = 200
LABEL_LENGTH = 80
LINK_LENGTH = 1_000


class Kind(StrEnum):
    """What sort of message an item is; letters put each under a heading of its own."""

    NEWS = "news"
    EVENT = "event"
    PUBLICATION = "publication"
    CALL = "call"


class ItemState(StrEnum):
    """The state of an item; only QUEUED items may come into an edition."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class Problem(StrEnum):
    """Why an item cannot be queued yet."""

    NO_TITLE = "no_title"
    NO_LEAD = "no_lead"
    NO_ALT = "no_alt"
    NO_START = "no_start"
    STARTED = "started"
    ENDS_BEFORE_START = "ends_before_start"
    EXPIRED = "expired"
    EXPIRES_TOO_EARLY = "expires_too_early"
    HELD_BACK_TOO_LONG = "held_back_too_long"
    RESTRICTED_TO_NOBODY = "restricted_to_nobody"
    LABEL_WITHOUT_LINK = "label_without_link"


class Wish(StrEnum):
    """What somebody wants done about two items that look alike; only APART and JOINT ever count."""

    ASKED = "asked"
    LATER = "later"
    APART = "apart"
    JOINT = "joint"


@dataclass(frozen=True)
class Content:
    """All that an editor decides about an item; moments are UTC, ids those of segments and topics."""

    kind: Kind
    title: str
    lead: str = ""
    body: str = ""
    link_url: str = ""
    link_label: str = ""
    image_alt: str = ""
    joint: bool = False
    restricted: bool = False
    priority: int = 1
    not_before: datetime | None = None
    expires_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    segment_ids: frozenset[int] = field(default_factory=frozenset)
    topic_ids: frozenset[int] = field(default_factory=frozenset)


def problems(content: Content, has_image: bool, now: datetime) -> tuple[Problem, ...]:
    """What keeps an item from being queued, in the order of the form; nothing if it is ready."""
    event = content.kind is Kind.EVENT
    checks = (
        (Problem.NO_TITLE, not content.title),
        (Problem.NO_LEAD, not content.lead),
        (Problem.NO_START, event and content.starts_at is None),
        (Problem.STARTED, event and content.starts_at is not None and content.starts_at <= now),
        (Problem.ENDS_BEFORE_START, event and _reversed(content.starts_at, content.ends_at)),
        (Problem.LABEL_WITHOUT_LINK, bool(content.link_label) and not content.link_url),
        (Problem.NO_ALT, has_image and not content.image_alt),
        (Problem.RESTRICTED_TO_NOBODY, content.restricted and not content.segment_ids),
        (Problem.HELD_BACK_TOO_LONG, event and _reversed(content.not_before, content.starts_at)),
        (Problem.EXPIRED, content.expires_at is not None and content.expires_at <= now),
        (Problem.EXPIRES_TOO_EARLY, _reversed(content.not_before, content.expires_at)),
    )
    return tuple(problem for problem, applies in checks if applies)


def _reversed(first: datetime | None, then: datetime | None) -> bool:
    return first is not None and then is not None and then <= first
