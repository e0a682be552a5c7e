"""How many items readers get of an edition, in words: the table on its page, and who gets next to nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.editions.content import item_views, ranked
from newsletter_service.editions.letter_sizes import LetterSizes, Meagre, Sizes, letter_sizes
from newsletter_service.editions.models import Edition
from newsletter_service.editions.readers import Reach
from newsletter_service.editorial.models import Item
from newsletter_service.web.formatting import listed
from newsletter_service.web.locale import language


@dataclass(frozen=True)
class Line:
    """What readers of one segment (or all of them) get."""

    whom: str
    sizes: Sizes


@dataclass(frozen=True)
class NextToNothing:
    """Readers who get one item or none, and the titles of those that wait and that they may see."""

    whom: str
    readers: int
    waiting: tuple[str, ...]


@dataclass(frozen=True)
class LetterFigures:
    """The table, those who get next to nothing, and by item the number of readers who get it on a line."""

    lines: tuple[Line, ...]
    meagre: tuple[NextToNothing, ...]
    as_line: Mapping[int, int]


def letter_figures(
    session: Session,
    edition: Edition,
    inside: Sequence[Item],
    ranks: Mapping[int, int],
    waiting: Sequence[Item],
    reached: Reach,
    at: datetime,
) -> LetterFigures:
    """What readers get at `at` of the items that are `inside`, while those that are `waiting` could be added."""
    sizes = letter_sizes(
        reached.kinds,
        item_views(inside),
        ranked(inside, ranks),
        edition.item_limit,
        item_views(waiting),
        at,
    )
    names = {segment.id: segment.name(language()) for segment in session.scalars(select(Segment))}
    titles = {item.id: item.title for item in waiting}
    meagre = tuple(
        NextToNothing(
            _whom(one, names),
            one.readers,
            tuple(titles[item.id] for item in waiting if item.id in one.waiting),
        )
        for one in sizes.meagre
    )
    return LetterFigures(tuple(_lines(sizes, names)), meagre, sizes.as_line)


def _lines(sizes: LetterSizes, names: Mapping[int, str]) -> list[Line]:
    if sizes.all is None:
        return []
    parts = [
        Line(names[segment], sizes.by_segment[segment]) for segment in names if segment in sizes.by_segment
    ]
    without = sizes.by_segment.get(None)
    last = [Line(_("Zonder doelgroep"), without)] if without else []
    return [Line(_("Alle lezers"), sizes.all), *parts, *last]


def _whom(meagre: Meagre, names: Mapping[int, str]) -> str:
    return listed([names[segment] for segment in meagre.segments]) or _("Zonder doelgroep")
