"""The list of editions, as plain values: those to come in whole, those that are done a page at a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from newsletter_service.db import LARGEST_NUMBER
from newsletter_service.editions import wording
from newsletter_service.editions.composing.service import decide, waiting_items
from newsletter_service.editions.content import items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import Statement, statement, status_of

ON_A_PAGE = 25
_OVER = (EditionState.SENT, EditionState.CANCELLED)


@dataclass(frozen=True)
class Line:
    """One edition that is to go out, or just does; `items` are in it, or would be if copy closed now."""

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
    def why_held(self) -> str:
        """Why it is held, in words."""
        return wording.why_held(self.edition) if self.held else ""


@dataclass(frozen=True)
class DoneLine:
    """One edition that went out, or was given up."""

    edition: Edition
    state: str
    numbers: Statement


@dataclass(frozen=True)
class Done:
    """A page of editions that are done, the newest first; the next one shows those before number `before`, if any."""

    lines: tuple[DoneLine, ...]
    before: int | None


def coming(session: Session, now: datetime) -> tuple[Line, ...]:
    """Editions still to come or under way, soonest first."""
    query = (
        select(Edition).where(Edition.state.not_in(_OVER)).order_by(Edition.sends_at, Edition.number.desc())
    )
    return tuple(_line(session, edition, now) for edition in session.scalars(query))


def done(session: Session, before: int = 0) -> Done:
    """A page of editions that are done: those with numbers below `before`, or the newest."""
    query = (
        select(Edition)
        .where(Edition.state.in_(_OVER), Edition.number < min(before or LARGEST_NUMBER, LARGEST_NUMBER))
        .order_by(Edition.number.desc())
        .options(lazyload(Edition.placements), lazyload(Edition.sign_offs))
    )
    found = session.scalars(query.limit(ON_A_PAGE + 1)).all()
    shown = found[:ON_A_PAGE]
    lines = [
        DoneLine(one, wording.state_name(status_of(one).state), statement(session, one)) for one in shown
    ]
    return Done(tuple(lines), shown[-1].number if len(found) > ON_A_PAGE else None)


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
