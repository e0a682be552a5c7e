"""What the page of one edition shows, as plain values: read once, in words where it takes words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions import wording
from newsletter_service.editions.composing.service import decide, waiting_items
from newsletter_service.editions.composing.sign_offs import SignOffState, sign_offs
from newsletter_service.editions.content import content_hash, items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editions.pages.balance import BalanceRow, balance
from newsletter_service.editions.pages.letter_figures import LetterFigures, letter_figures
from newsletter_service.editions.pages.progress_steps import Step, steps
from newsletter_service.editions.readers import GOOD_FOR, Reach, reach
from newsletter_service.editions.rules import EditionState, EditionStatus, Reason, ReleaseRule
from newsletter_service.editions.service import Statement, calendar, statement
from newsletter_service.editions.service import status_of as status
from newsletter_service.editorial.cards import tag_of
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import Kind
from newsletter_service.letters.edition import heading
from newsletter_service.letters.values import Tag
from newsletter_service.publisher.models import Organisation
from newsletter_service.publisher.service import all_organisations
from newsletter_service.web.locale import language

_ALIKE = (Reason.LOOK_ALIKE, Reason.SENT_BEFORE)


@dataclass(frozen=True)
class Row:
    """One item that is in: its place (1 is first), who it is for and how many they are, and why it is in.

    `as_line` is the number of those readers who get it on a line at the end of the letter; `unverified` are members
    who miss it because nobody verified them yet; `segment` is the slug if it is for one only.
    """

    item_id: int
    place: int
    tag: Tag
    title: str
    starts_at: datetime | None
    audience: str
    readers: int
    as_line: int
    unverified: int
    segment: str | None
    why: str
    last: bool


@dataclass(frozen=True)
class Section:
    """Rows under one heading, as in the letter."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Waiting:
    """One item that is not in, and why; `alike` is the other item if they look alike."""

    item: Item
    item_id: int
    tag: Tag
    title: str
    why: str
    alike: Item | None
    addable: bool
    too_late_next: bool


@dataclass(frozen=True)
class EditionPage:
    """Everything on the page but the preview; `forecast` says that nothing was decided yet."""

    edition: Edition
    status: EditionStatus
    steps: tuple[Step, ...]
    sections: tuple[Section, ...]
    waiting: tuple[Waiting, ...]
    balance: tuple[BalanceRow, ...]
    letters: LetterFigures
    reach: Reach
    sign_offs: tuple[SignOffState, ...]
    statement: Statement
    content_hash: str
    both_needed: bool
    now: datetime

    @property
    def forecast(self) -> bool:
        """Whether this is what composing would give now, not what was decided."""
        return self.status.state is EditionState.COLLECTING

    @property
    def editable(self) -> bool:
        """Whether contents and texts may be changed."""
        return self.status.editable

    @property
    def released(self) -> bool:
        """Whether deliveries exist."""
        return self.edition.mailing_id is not None

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in reading order."""
        return tuple(row for section in self.sections for row in section.rows)


def edition_page(session: Session, edition: Edition, now: datetime) -> EditionPage:
    """Read everything that the page of `edition` shows."""
    inside, decisions = _contents(session, edition, now)
    spoke = {item.organisation_id for item in inside}
    speakers = [one for one in all_organisations(session) if not one.retired or one.id in spoke]
    at = max(now, edition.sends_at)
    reached = reach(session, inside, at, now - GOOD_FOR)
    ranks = {item_id: why.rank for item_id, why in decisions.items()}
    waiting = tuple(_waiting(session, edition, inside, decisions, speakers))
    letters = letter_figures(
        session, edition, inside, ranks, [one.item for one in waiting if one.addable], reached, at
    )
    numbers = statement(session, edition)
    signed = tuple(sign_offs(session, edition))
    stands = status(edition)
    return EditionPage(
        edition=edition,
        status=stands,
        steps=steps(edition, stands, len(inside), len(decisions), signed, numbers, now),
        sections=_sections(edition, inside, decisions, reached, letters, speakers),
        waiting=waiting,
        balance=balance(session, edition, inside, speakers),
        letters=letters,
        reach=reached,
        sign_offs=signed,
        statement=numbers,
        content_hash=content_hash(edition, items_in(edition)),
        both_needed=calendar(session).release_rule == ReleaseRule.BOTH,
        now=now,
    )


def audience_of(item: Item) -> str:
    """Who an item is for, in words."""
    if not item.segments:
        return _("Voor iedereen")
    names = ", ".join(segment.name(language()) for segment in item.segments)
    return _("%(names)s (beperkte toegang)", names=names) if item.restricted else names


@dataclass(frozen=True)
class _Why:
    """Why an item is in or out, as composing or a person left it, and its rank among those that are in."""

    reason: Reason
    detail: Mapping[str, object]
    rank: int


def _contents(session: Session, edition: Edition, now: datetime) -> tuple[list[Item], dict[int, _Why]]:
    """The items that are in, in order, and why each is in or out; a forecast while copy is open."""
    if edition.state == EditionState.COLLECTING:
        items = {item.id: item for item in waiting_items(session, edition)}
        forecast = decide(session, edition, now)
        inside = [items[one.item_id] for one in forecast if one.position is not None]
        return inside, {one.item_id: _Why(one.reason, one.detail, one.rank) for one in forecast}
    return items_in(edition), _as_decided(edition)


def _as_decided(edition: Edition) -> dict[int, _Why]:
    return {one.item_id: _Why(one.reason, one.detail, one.rank) for one in edition.placements}


def _sections(
    edition: Edition,
    inside: Sequence[Item],
    decisions: Mapping[int, _Why],
    reached: Reach,
    letters: LetterFigures,
    speakers: Sequence[Organisation],
) -> tuple[Section, ...]:
    """The rows under the headings that the letter gives them: the first item is featured."""
    rows = [
        Row(
            item_id=item.id,
            place=place,
            tag=_tag(item, speakers),
            title=item.title,
            starts_at=item.starts_at if item.kind is Kind.EVENT else None,
            audience=audience_of(item),
            readers=reached.per_item[item.id],
            as_line=letters.as_line.get(item.id, 0),
            unverified=reached.unverified[item.id],
            segment=item.segments[0].slug if len(item.segments) == 1 else None,
            why=wording.reason_in(decisions[item.id].reason, decisions[item.id].detail, edition.zone),
            last=place == len(inside),
        )
        for place, item in enumerate(inside, 1)
    ]
    pairs = list(zip(inside, rows, strict=True))
    first = [Section(_("Uitgelicht"), (pairs.pop(0)[1],))] if len(pairs) > 1 else []
    return (*first, *_by_kind(pairs))


def _by_kind(pairs: Iterable[tuple[Item, Row]]) -> Iterable[Section]:
    for kind, group in groupby(pairs, key=lambda pair: pair[0].kind):
        yield Section(heading(kind, language()), tuple(row for _item, row in group))


def _waiting(
    session: Session,
    edition: Edition,
    inside: Sequence[Item],
    decisions: Mapping[int, _Why],
    speakers: Sequence[Organisation],
) -> Iterable[Waiting]:
    """What waits, as long as that matters to this edition."""
    at = status(edition)
    if not at.editable and at.state is not EditionState.COLLECTING:
        return
    known = {item.id: item for item in inside}
    queue = waiting_items(session, edition)
    known.update({item.id: item for item in queue})
    known.update(_sent_before(session, decisions.values()))
    taken = {item.id for item in inside}
    for item in queue:
        if item.id not in taken:
            yield _waiting_row(edition, item, decisions.get(item.id), known, speakers)


def _waiting_row(
    edition: Edition,
    item: Item,
    why: _Why | None,
    known: Mapping[int, Item],
    speakers: Sequence[Organisation],
) -> Waiting:
    detail = why.detail if why is not None else {}
    reason = Reason.UNAGREED if item.unagreed else why.reason if why is not None else None
    alike = known.get(int(str(detail["item"]))) if reason in _ALIKE and "item" in detail else None
    return Waiting(
        item=item,
        item_id=item.id,
        tag=_tag(item, speakers),
        title=item.title,
        why=wording.reason_out(reason, detail, edition.zone, alike.title if alike is not None else ""),
        alike=alike,
        addable=status(edition).editable
        and reason not in (Reason.EMBARGOED, Reason.EXPIRED, Reason.STARTED, Reason.UNAGREED, *_ALIKE),
        too_late_next=reason == Reason.NO_ROOM and bool(detail.get("due")),
    )


def _sent_before(session: Session, decisions: Iterable[_Why]) -> dict[int, Item]:
    """The items that were sent and that others wait for, by their ids."""
    ids = [int(str(why.detail["item"])) for why in decisions if why.reason == Reason.SENT_BEFORE]
    return {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(ids)))} if ids else {}


def _tag(item: Item, speakers: Sequence[Organisation]) -> Tag:
    return tag_of(item.organisation, list(speakers) if item.joint else [])
