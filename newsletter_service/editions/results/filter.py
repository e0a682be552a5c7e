"""Which letters the address of a page asks for: of the edition or a correction, of a kind, a domain, with words."""

import re
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from newsletter_service.delivery.reporting import Filter, Group
from newsletter_service.editions.results.service import Mailed, mailed
from newsletter_service.editions.service import edition_numbered
from newsletter_service.errors import NotFound
from newsletter_service.web.asked import asked_number, asked_words

SKIPPED = "skipped"
"""Beside the groups of the ledger: readers for whom there was no letter."""
_MOST_IDS = 100
_IS_ID = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True)
class DeliveryFilter:
    """The letters that an address names; `which` means nothing where SKIPPED readers are `shown`."""

    mailed: Mailed
    shown: str
    which: Filter

    @property
    def filter(self) -> dict[str, str | int]:
        """The letters and how they are narrowed down, as addresses say it; without the kind."""
        narrowed = {"domein": self.which.domain, "zoek": self.which.words}
        return {**self.mailed.address, **{name: value for name, value in narrowed.items() if value}}

    @property
    def address(self) -> dict[str, str | int]:
        """All of it, as addresses say it, but for letters that were ticked."""
        return {**self.filter, "toestand": self.shown}


def requested_filter(
    session: Session, number: int, among: tuple[str, ...] = (*Group, SKIPPED)
) -> DeliveryFilter:
    """The filter that the address names for edition `number`; raises NotFound for letters that there are not here."""
    correction = asked_number("correctie") if "correctie" in request.args else None
    letters = mailed(session, edition_numbered(session, number), correction)
    shown = request.args.get("toestand", Group.FAILED)
    if shown not in among:
        raise NotFound(f"there are no letters called {shown!r} here")
    which = Filter(
        group=Group.SENT if shown == SKIPPED else Group(shown),
        domain=asked_words("domein").lower(),
        words=asked_words("zoek"),
        ids=_ticked(),
    )
    return DeliveryFilter(letters, shown, which)


def following() -> int:
    """After which row a page goes on; 0 is from the beginning."""
    return asked_number("na")


def _ticked() -> tuple[int, ...]:
    """The letters that were ticked; NotFound if a tick is no number, as without ticks all letters are meant."""
    ticks = request.args.getlist("brief")
    if not all(_IS_ID.fullmatch(tick) for tick in ticks):
        raise NotFound("a letter has a number")
    return tuple(map(int, ticks[:_MOST_IDS]))
