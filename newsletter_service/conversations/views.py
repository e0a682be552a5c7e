"""The page of two items that look alike, what is pressed there, and the quiet question while an item is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.conversations import notices, rules, service, wording
from newsletter_service.conversations.rules import Choice, Part, Side
from newsletter_service.conversations.service import Pair
from newsletter_service.db import db, unit_of_work
from newsletter_service.editorial.likeness.passages import Passage, passages
from newsletter_service.editorial.likeness.prints import Texts
from newsletter_service.editorial.models import Conversation, Item
from newsletter_service.editorial.rules import (
    BODY_LENGTH,
    LEAD_LENGTH,
    LINK_LENGTH,
    PLACE_LENGTH,
    TITLE_LENGTH,
    ItemState,
    Wish,
)
from newsletter_service.editorial.service import Joined, NotReady, content_of, get_item, looks_like, voice_of
from newsletter_service.editorial.wording import PROBLEMS, STATES
from newsletter_service.errors import Invalid
from newsletter_service.publisher.service import organisations
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, require, signed_in, staff_only
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import may_edit_edition
from newsletter_service.web.asked import typed_words

LONGEST = 400
_PAIR = "/<int:item_id>/naast/<int:other_id>"

conversations = staff_only(Blueprint("conversations", __name__, url_prefix="/redactie/kopij"))


@dataclass(frozen=True)
class Choosing:
    """A part of which one of two is chosen: both as marked passages, and which is chosen now."""

    part: Part
    label: str
    first: Sequence[Passage]
    second: Sequence[Passage]
    both: bool
    chosen: Side


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of one of two texts, as marked passages."""

    side: Side
    place: int
    words: Sequence[Passage]
    chosen: bool


@dataclass(frozen=True)
class Standing:
    """How it stands with two items: what is wished, the item `made` of both, and when that counts by itself.

    `counts_at` is None where nothing waits; `seen` is what whoever agrees agrees to.
    """

    wished: Conversation
    made: Item | None
    counts_at: datetime | None
    may_agree: bool
    seen: str


@conversations.get(_PAIR)
def pair(item_id: int, other_id: int) -> str:
    """Two items beside each other, with what is alike marked, and what can be done about them."""
    session = db.session()
    first, second = (get_item(session, number) for number in sorted((item_id, other_id)))
    if first is second:
        raise Invalid("an item always looks like itself")
    return _page(first, second, _default(first, second))


@conversations.post(f"{_PAIR}/samen")
def join(item_id: int, other_id: int) -> Response | tuple[str, int]:
    """Makes one item of two, as chosen by passage."""
    choice = _chosen()
    try:
        with unit_of_work() as session:
            two = service.pair_of(session, signed_in(), item_id, other_id)
            wished = service.join(session, two, choice, services().clock())
            notices.tell_wish(session, services(), two, wished)
    except NotReady as error:
        flash(" ".join(str(PROBLEMS[one][1]) for one in error.problems), "warn")
        first, second = (get_item(db.session(), number) for number in sorted((item_id, other_id)))
        return _page(first, second, choice), 422
    except Joined:
        flash(_("Van deze twee was al één bericht gemaakt."), "warn")
        return _back(item_id, other_id)
    flash(_("U maakte er één bericht van. Hieronder ziet u hoe het nu staat."), "ok")
    return _back(item_id, other_id)


@conversations.post(f"{_PAIR}/vraag")
def ask(item_id: int, other_id: int) -> Response:
    """Puts a question to the other head."""
    question = typed_words("vraag", LONGEST)
    if not question:
        flash(_("Schrijf eerst uw vraag."), "warn")
        return _back(item_id, other_id)
    _wish(item_id, other_id, lambda session, two, now: service.ask(session, two, question, now))
    flash(_("Uw vraag is verstuurd. Tot u samen kiest, komen de berichten niet in dezelfde editie."), "ok")
    return _back(item_id, other_id)


@conversations.post(f"{_PAIR}/later")
def put_off(item_id: int, other_id: int) -> Response:
    """Leaves it for later."""
    _wish(item_id, other_id, service.put_off)
    flash(_("U beslist later. Tot die tijd komen de berichten niet in dezelfde editie."), "ok")
    return redirect(url_for("editorial.queue"))


@conversations.post(f"{_PAIR}/apart")
def keep_apart(item_id: int, other_id: int) -> Response:
    """Says that these are two stories, and why."""
    given = str(wording.REASONS.get(request.form.get("reden", ""), ""))
    own = typed_words("woorden", LONGEST)
    reason = " ".join(filter(None, (given, own)))
    if not reason:
        flash(_("Kies of schrijf eerst waarom ze apart blijven."), "warn")
        return _back(item_id, other_id)
    _wish(item_id, other_id, lambda session, two, now: service.keep_apart(session, two, reason, now))
    flash(_("De berichten blijven apart. Hieronder ziet u vanaf wanneer."), "ok")
    return _back(item_id, other_id)


@conversations.post(f"{_PAIR}/akkoord")
def agree(item_id: int, other_id: int) -> Response:
    """Agrees to what another head wishes for these two."""
    with unit_of_work() as session:
        two = service.pair_of(session, signed_in(), item_id, other_id)
        service.agree(session, two, request.form.get("gezien", ""), services().clock())
    flash(_("U bent akkoord."), "ok")
    return _back(item_id, other_id)


@conversations.post(f"{_PAIR}/terug")
def undo(item_id: int, other_id: int) -> Response:
    """Takes back what was said of these two, whoever said it."""
    with unit_of_work() as session:
        two = service.pair_of(session, signed_in(), item_id, other_id)
        wished = service.conversation_of(session, item_id, other_id)
        if wished is not None:
            notices.tell_undone(session, services(), two, wished, services().clock())
        service.undo(session, two, services().clock())
    flash(_("Het is teruggedraaid: beide berichten staan er weer zoals eerst."), "ok")
    return _back(item_id, other_id)


@conversations.post("/<int:item_id>/akkoord")
def agree_to(item_id: int) -> Response:
    """Agrees to a joint item as it is, on behalf of one's own organisation."""
    with unit_of_work() as session:
        seen, now = request.form.get("gezien", ""), services().clock()
        service.agree_to(session, signed_in(), item_id, seen, now)
    flash(_("U bent akkoord met dit gezamenlijke bericht."), "ok")
    return redirect(url_for("editorial.writing.edit", item_id=item_id))


@conversations.post("/lijkt-op")
def typed_like() -> str:
    """What looks like the item that somebody is writing, as one quiet line; nothing is kept."""
    require(may_edit_edition(acting()))
    session = db.session()
    typed = _typed()
    found = looks_like(session, typed, services().clock()) if len(typed.title.split()) > 1 else []
    items = [get_item(session, one.other(typed.id)) for one in found[:3]]
    alone = "los" not in request.args
    template = "conversations/typed.html" if alone else "conversations/_alike.html"
    return render_template(template, typed=typed, alike=items, states=STATES)


def _typed() -> Texts:
    field = request.form.get
    day = field("day", "")
    try:
        starts = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC) if day else None
    except ValueError:
        starts = None
    event = field("kind") == "event"
    return Texts(
        request.args.get("bericht", 0, type=int),
        field("title", "")[:TITLE_LENGTH],
        field("lead", "")[:LEAD_LENGTH],
        field("body", "")[:BODY_LENGTH],
        field("link_url", "")[:LINK_LENGTH],
        starts if event else None,
        field("place", "")[:PLACE_LENGTH] if event else "",
    )


def _wish(item_id: int, other_id: int, do: Callable[[Session, Pair, datetime], Conversation]) -> None:
    with unit_of_work() as session:
        two = service.pair_of(session, signed_in(), item_id, other_id)
        wished = do(session, two, services().clock())
        if wished.wish != Wish.LATER:
            notices.tell_wish(session, services(), two, wished)


def _back(item_id: int, other_id: int) -> Response:
    return redirect(url_for("conversations.pair", item_id=item_id, other_id=other_id))


def _chosen() -> Choice:
    sides = {part: Side(given) for part in Part if (given := request.form.get(part, "")) in set(Side)}
    taken = (name.partition("-") for name in request.form.getlist("alinea"))
    return Choice(
        sides, {(Side(side), int(at)) for side, _dash, at in taken if side in _SIDES and at.isdecimal()}
    )


_SIDES = (Side.FIRST, Side.SECOND)


def _default(first: Item, second: Item) -> Choice:
    """To begin with: the first of the two, and of the other text the paragraphs that say something else."""
    mine, theirs = rules.paragraphs(first.body), rules.paragraphs(second.body)
    told = " ".join(mine)
    new = [at for at, text in enumerate(theirs) if not _is_told(text, told)]
    return Choice({}, {(Side.FIRST, at) for at in range(len(mine))} | {(Side.SECOND, at) for at in new})


def _is_told(text: str, other: str) -> bool:
    """Whether most of a text is in the other."""
    found = passages(text, other)
    return sum(len(one.text) for one in found if one.shared) > len(text) / 2


def _page(first: Item, second: Item, choice: Choice) -> str:
    session, user = db.session(), signed_in()
    stands = _standing(session, user, service.conversation_of(session, first.id, second.id))
    return render_template(
        "conversations/pair.html",
        first=first,
        second=second,
        states=STATES,
        stands=stands,
        may_settle=service.may_settle(user, first, second),
        may_join=_waits(first) and _waits(second) and not (stands and stands.made),
        facts=wording.facts(first, second),
        parts=_parts(first, second, choice),
        paragraphs=_paragraphs(first, second, choice),
        history=wording.said(service.history(session, first, second)),
        reasons=wording.REASONS,
        longest=LONGEST,
        together=[one.short_name for one in organisations(session)],
    )


def _standing(session: Session, user: User, wished: Conversation | None) -> Standing | None:
    if wished is None:
        return None
    made = get_item(session, wished.joint_id) if wished.joint_id is not None else None
    asked = made.agreement if made is not None and made.agreement is not None else wished
    waits = asked.settled_at is None and wished.wish in (Wish.APART, Wish.JOINT)
    mine = voice_of(user)
    return Standing(
        wished=wished,
        made=made,
        counts_at=asked.at + service.silence(session) if waits else None,
        may_agree=waits and bool(mine) and mine[0] not in asked.voices,
        seen=service.version(session, wished),
    )


def _waits(item: Item) -> bool:
    return item.state in (ItemState.DRAFT, ItemState.QUEUED)


def _parts(first: Item, second: Item, choice: Choice) -> list[Choosing]:
    a, b = content_of(first), content_of(second)
    pictures = first.image is not None and second.image is not None and first.image is not second.image
    names = (*rules.differing(a, b), *((Part.PICTURE,) if pictures else ()))
    found = []
    for part in names:
        mine, theirs = wording.value(part, first), wording.value(part, second)
        both = rules.can_be_both(part, a, b)
        marked = (passages(mine, theirs), passages(theirs, mine))
        found.append(Choosing(part, str(wording.PARTS[part]), *marked, both, choice.side(part)))
    return found


def _paragraphs(first: Item, second: Item, choice: Choice) -> dict[str, list[Paragraph]]:
    sides = ((Side.FIRST, first.body, second.body), (Side.SECOND, second.body, first.body))
    return {
        side: [
            Paragraph(side, at, passages(text, other), (side, at) in choice.paragraphs)
            for at, text in enumerate(rules.paragraphs(body))
        ]
        for side, body, other in sides
    }
