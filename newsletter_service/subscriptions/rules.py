"""Pure decisions about readers: what they chose, how they are answered, when what they did ends."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from newsletter_service.delivery.rules import BOUNCED
from newsletter_service.languages import Language

UNDO_WITHIN = timedelta(days=30)
NAME_LENGTH = 120
SEARCH_LENGTH = 700
TYPED_NAME_LENGTH = 4 * NAME_LENGTH
"""What is longer is no name with a few blanks too many: composing its characters could take very long."""


class Status(StrEnum):
    """The state of a subscription; only ACTIVE ones get editions."""

    PENDING = "pending"
    ACTIVE = "active"
    LEFT = "left"


class Answer(StrEnum):
    """The mail that follows on a form; the page says the same whichever it is, and if there is none."""

    CONFIRM = "confirm"
    ALREADY_READER = "already_reader"
    LINK = "link"


@dataclass(frozen=True)
class Choices:
    """What a reader chose; the ids are of segments and topics, unknown ones are passed over."""

    name: str
    language: Language
    segment_ids: frozenset[int]
    topic_ids: frozenset[int]
    organisation: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        sets = {"segment_ids": sorted(self.segment_ids), "topic_ids": sorted(self.topic_ids)}
        return {"name": self.name, "language": self.language, "organisation": self.organisation} | sets

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Choices":
        """What `as_json` made."""
        return cls(
            name=values["name"],
            language=values["language"],
            segment_ids=frozenset(values["segment_ids"]),
            topic_ids=frozenset(values["topic_ids"]),
            organisation=values["organisation"],
        )


def answer_to_sign_up(status: Status) -> Answer:
    """What somebody gets whose address is signed up while they stand as `status` with us."""
    return Answer.ALREADY_READER if status is Status.ACTIVE else Answer.CONFIRM


def answer_to_lost_link(status: Status | None) -> Answer | None:
    """What somebody gets for whose address (None: unknown) a link is asked; who left has to sign up."""
    match status:
        case Status.ACTIVE:
            return Answer.LINK
        case Status.PENDING:
            return Answer.CONFIRM
    return None


def may_undo(status: Status, left_at: datetime | None, now: datetime) -> bool:
    """Whether a button may take the leaving back; after 30 days it takes a new sign-up."""
    return status is Status.LEFT and left_at is not None and now - left_at <= UNDO_WITHIN


def still_wants(status: Status, left_at: datetime | None, cause: str, suppressed_at: datetime) -> bool:
    """Whether it was a bounce that ended a subscription, and not its reader: both stand at the same moment."""
    return status == Status.LEFT and cause == BOUNCED and left_at == suppressed_at


def folded(words: str) -> str:
    """Words as they are searched: without capitals and accents, with single blanks."""
    if words.isascii():
        return " ".join(words.lower().split())
    letters = unicodedata.normalize("NFKD", words)
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).casefold().split())


def searched(name: str, organisation: str, address: str) -> str:
    """What staff search a reader by: name, organisation and address, folded.

    The address stands whole, the rest as far as it fits: folded, one character of a name may become eighteen.
    """
    found, rest = folded(address), folded(f"{name} {organisation}")
    return f"{rest[: SEARCH_LENGTH - 1 - len(found)].rstrip()} {found}".lstrip()


class NameProblem(StrEnum):
    """What is wrong with a name, for a view to put into words."""

    CHARACTERS = "characters"
    LENGTH = "length"
    WEB_ADDRESS = "web_address"


class BadName(ValueError):
    """No name that could stand in a mail; `problem` says why."""

    def __init__(self, problem: NameProblem) -> None:
        super().__init__(problem)
        self.problem = problem


_JOINERS = frozenset("\u200c\u200d")
_WEB_ADDRESS = re.compile(
    r"://|\bwww\.|@|\b[\w-]{2,}\.(?:"
    r"com|net|org|info|biz|io|ly|me|nl|be|eu|uk|fr|ru|cn|app|dev|xyz|top|site|online|shop|click|link|live|example"
    r"|nu|co|gov|edu|tv|cc|tk|pw|store|tech|club|website|space|vip|zip|page|cloud|email|amsterdam|brussels|frl|gent"
    r")(?!\w)|\.[a-z]{2,}/",
    re.IGNORECASE,
)
"""Also without a scheme: mail programs make a link of `kwaad.nl`. Titles such as `Drs.de Vries` are names."""

_MAY_LINK = re.compile(r"[.@:]")
"""What no web address is without: nearly all names lack it, and need no closer look."""
_DOTS = str.maketrans(dict.fromkeys("\u2024\u3002\uff0e\uff61", "."))
"""What browsers take for the dot of a domain."""


def clean_name(raw: str) -> str:
    """A name in composed characters (NFC) with single blanks, at most 120 long; BadName if it cannot be one.

    What comes along with pasting vanishes: tabs and line ends become blanks, soft hyphens and marks of direction
    go, and the joiners go where they join nothing (Persian names and emoji need theirs). No name can be a link.
    """
    if len(raw) > TYPED_NAME_LENGTH:
        raise BadName(NameProblem.LENGTH)
    if raw.isascii() and raw.isprintable():
        return _checked_name(" ".join(raw.split()))
    blanks = "".join(" " if c.isspace() else c for c in raw)
    name = unicodedata.normalize("NFC", " ".join(_without_hidden(blanks).split()))
    if not all(c in _JOINERS or c.isprintable() for c in name):
        raise BadName(NameProblem.CHARACTERS)
    return _checked_name(name)


def _checked_name(name: str) -> str:
    if len(name) > NAME_LENGTH:
        raise BadName(NameProblem.LENGTH)
    plain = name if name.isascii() else name.translate(_DOTS)
    if _MAY_LINK.search(plain) and _WEB_ADDRESS.search(plain):
        raise BadName(NameProblem.WEB_ADDRESS)
    return name


def _without_hidden(text: str) -> str:
    """Without format characters (Unicode's Cf), but with joiners between two characters that show."""
    kept = "".join(c for c in text if c in _JOINERS or unicodedata.category(c) != "Cf")
    return _IDLE_JOINERS.sub("", kept)


_IDLE_JOINERS = re.compile(r"(?:^|(?<=\s))[\u200c\u200d]+|[\u200c\u200d]+(?=[\s\u200c\u200d]|$)")
