"""How editions are divided between the organisations: this one and those before it, as bars and in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from newsletter_service.editions.composing.service import editions_before
from newsletter_service.editions.content import items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editorial.models import Item
from newsletter_service.publisher.models import Organisation


@dataclass(frozen=True)
class Share:
    """One organisation's part of the balance bar: `start` and `width` in percent."""

    label: str
    accent: int
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class BalanceRow:
    """One edition: its shares, the items of each organisation (joint ones count for all), and whose is featured."""

    name: str
    number: int
    shares: tuple[Share, ...]
    counts: tuple[tuple[str, int], ...]
    featured: str


def balance(
    session: Session, edition: Edition, inside: Sequence[Item], speakers: Sequence[Organisation]
) -> tuple[BalanceRow, ...]:
    """This edition, of which these items are `inside`, and those before it, the newest first."""
    before = [(one, items_in(one)) for one in editions_before(session, edition)]
    rows = [_row(_("Deze editie"), edition, inside, speakers)]
    rows += [_row(_("Editie %(number)s", number=one.number), one, items, speakers) for one, items in before]
    return tuple(rows)


def _row(name: str, edition: Edition, inside: Sequence[Item], speakers: Sequence[Organisation]) -> BalanceRow:
    counts = [
        (one.short_name, sum(item.joint or item.organisation_id == one.id for item in inside))
        for one in speakers
    ]
    first = next(iter(inside), None)
    return BalanceRow(
        name, edition.number, tuple(shares_of(inside, speakers)), tuple(counts), _featured(first)
    )


def _featured(item: Item | None) -> str:
    if item is None:
        return "–"
    return _("samen") if item.joint else item.organisation.short_name


def shares_of(inside: Sequence[Item], speakers: Sequence[Organisation]) -> Iterable[Share]:
    """How an edition is divided, the joint items between the organisations."""
    counts = [
        (
            one.short_name,
            one.accent,
            sum(not item.joint and item.organisation_id == one.id for item in inside),
        )
        for one in speakers
    ]
    joint = sum(item.joint for item in inside)
    if joint:
        counts.insert(len(counts) // 2, (_("samen"), 0, joint))
    start = 0.0
    for label, accent, count in counts:
        width = 100 * count / len(inside) if inside else 0.0
        yield Share(label, accent, count, round(start, 2), round(width, 2))
        start += width
