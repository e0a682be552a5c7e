"""What can be wrong with an edition without anybody having noticed. Pure decisions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter_service.letters.values import LARGEST_HTML

SUBJECT_ON_A_PHONE = 60
PREHEADER_AT_LEAST = 30
PREHEADER_ON_A_PHONE = 110
WARN_BYTES = 80_000


class Check(StrEnum):
    """What is looked at."""

    SUBJECT = "subject"
    PREHEADER = "preheader"
    INTRODUCTION = "introduction"
    SIZE = "size"
    ALT = "alt"
    LEAD = "lead"
    TIMELY = "timely"
    READERS = "readers"
    TITLES = "titles"


@dataclass(frozen=True)
class Fault:
    """A check that did not pass: `about` names an item by its title, `number` is a length, a size or a count.

    What `blocks` keeps the edition from going out.
    """

    check: Check
    about: str = ""
    number: int = 0
    blocks: bool = False


@dataclass(frozen=True)
class ItemFacts:
    """What the checks need of one item; `deadline` is when there is no sense in sending it any more."""

    title: str
    lead: str
    has_picture: bool
    picture_alt: str
    deadline: datetime | None
    readers: int


@dataclass(frozen=True)
class EditionFacts:
    """What the checks need of an edition; `html_bytes` is None if no letter could be made at all."""

    subject: str
    preheader: str
    introduction: str
    sends_at: datetime
    html_bytes: int | None
    items: tuple[ItemFacts, ...]


def faults(edition: EditionFacts) -> list[Fault]:
    """The checks that did not pass, those that block first."""
    found = [*_texts(edition), *_size(edition.html_bytes), *_titles(edition.items)]
    for item in edition.items:
        found.extend(_item(item, edition.sends_at))
    return sorted(found, key=lambda fault: not fault.blocks)


def _texts(edition: EditionFacts) -> Iterator[Fault]:
    if not 0 < len(edition.subject) <= SUBJECT_ON_A_PHONE:
        yield Fault(Check.SUBJECT, number=len(edition.subject), blocks=not edition.subject)
    if not PREHEADER_AT_LEAST <= len(edition.preheader) <= PREHEADER_ON_A_PHONE:
        yield Fault(Check.PREHEADER, number=len(edition.preheader))
    if not edition.introduction.strip():
        yield Fault(Check.INTRODUCTION)


def _size(html_bytes: int | None) -> Iterator[Fault]:
    if html_bytes is not None and html_bytes > WARN_BYTES:
        yield Fault(Check.SIZE, number=html_bytes, blocks=html_bytes > LARGEST_HTML)


def _titles(items: Sequence[ItemFacts]) -> Iterator[Fault]:
    counted = Counter(item.title.casefold() for item in items)
    shown = {item.title.casefold(): item.title for item in items}
    for title, number in counted.items():
        if number > 1:
            yield Fault(Check.TITLES, shown[title], number)


def _item(item: ItemFacts, sends_at: datetime) -> Iterator[Fault]:
    if item.has_picture and not item.picture_alt.strip():
        yield Fault(Check.ALT, item.title)
    if not item.lead.strip():
        yield Fault(Check.LEAD, item.title)
    if item.deadline is not None and item.deadline <= sends_at:
        yield Fault(Check.TIMELY, item.title)
    if not item.readers:
        yield Fault(Check.READERS, item.title)
