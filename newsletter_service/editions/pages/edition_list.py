"""The list of editions, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.editions import wording
from newsletter_service.editions.composing.service import decide, waiting_items
from newsletter_service.editions.content import items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import Statement, all_editions, statement, status_of


@dataclass(frozen=True)
class Line:
    """One edition in the list; `items` are in it, or (while it collects) would be if copy closed now."""

    edition: Edition
    state: str
    items: int
    ready: int
    numbers: Statement

    @property
    def collecting(self) -> bool:
        """Whether copy is still open."""
        return self.edition.state == EditionState.COLLECTING

    @property
    def held(self) -> bool:
        """Whether somebody has to do something."""
        return self.edition.state == EditionState.HELD

    @property
    def under_way(self) -> bool:
        """Whether this edition is still to go out, or just does."""
        return self.edition.state not in (EditionState.SENT, EditionState.CANCELLED)

    @property
    def why_held(self) -> str:
        """Why it is held, in words."""
        return wording.why_held(self.edition) if self.held else ""


@dataclass(frozen=True)
class Overview:
    """Editions still to come, soonest first, and those that are done, newest first."""

    coming: tuple[Line, ...]
    done: tuple[Line, ...]


def overview(session: Session, now: datetime) -> Overview:
    """Read the list of editions."""
    lines = [_line(session, edition, now) for edition in all_editions(session)]
    return Overview(
        coming=tuple(
            sorted((line for line in lines if line.under_way), key=lambda line: line.edition.sends_at)
        ),
        done=tuple(line for line in lines if not line.under_way),
    )


def _line(session: Session, edition: Edition, now: datetime) -> Line:
    state = status_of(edition).state
    ready = len(waiting_items(session, edition)) if state is EditionState.COLLECTING else 0
    return Line(
        edition=edition,
        state=wording.state_name(state),
        items=_items(session, edition, now),
        ready=ready,
        numbers=statement(session, edition),
    )


def _items(session: Session, edition: Edition, now: datetime) -> int:
    if edition.state == EditionState.COLLECTING:
        return sum(one.position is not None for one in decide(session, edition, now))
    return len(items_in(edition))
