"""The queue of items, and what is done to one of them by a press of a button."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.db import db, unit_of_work
from newsletter_service.editorial import service
from newsletter_service.editorial.cards import card_of
from newsletter_service.editorial.history.views import history
from newsletter_service.editorial.models import Conversation, Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.editorial.service import NotReady
from newsletter_service.editorial.wording import KINDS, STATES
from newsletter_service.editorial.writing_views import own_item, writes_for, writing
from newsletter_service.publisher.service import all_organisations, publishers
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, signed_in, staff_only
from newsletter_service.staff.rules import may_edit_item
from newsletter_service.web.headers import mail_preview_response
from newsletter_service.web.locale import language

editorial = staff_only(Blueprint("editorial", __name__, url_prefix="/redactie/kopij"))
editorial.register_blueprint(writing)
editorial.register_blueprint(history)


@editorial.get("/")
def queue() -> str:
    """All items, by state and organisation, with what looks alike."""
    session = db.session()
    state = _state(request.args.get("staat", ItemState.QUEUED))
    known = all_organisations(session)
    organisation = next((one for one in known if one.slug == request.args.get("van")), None)
    items = service.list_items(session, state, organisation.id if organisation else None)
    wishes = service.wishes(session)
    return render_template(
        "editorial/queue.html",
        items=items,
        state=state,
        states=STATES,
        organisation=organisation,
        organisations=known,
        may_edit={item.id: may_edit_item(acting(), item.organisation_id, joint=item.joint) for item in items},
        wishes=wishes,
        bound=_bound(wishes.values()),
        may_write=bool(writes_for()),
        alike=_alike_by_item(session, items),
        kinds=KINDS,
    )


@editorial.get("/<int:item_id>/kaart")
def card(item_id: int) -> Response:
    """The item as it is saved, the way it looks in the mail."""
    item = service.get_item(db.session(), item_id)
    shown = card_of(item, language(), ZoneInfo(DEFAULT_ZONE), services().links)
    return mail_preview_response(services().renderer.card_html(shown, language(), publishers(db.session())))


@editorial.post("/<int:item_id>/wachtrij")
def enqueue(item_id: int) -> Response:
    """Puts a draft or withdrawn item into the queue; leads to the form if something is missing."""
    try:
        with unit_of_work() as session:
            service.queue_item(session, signed_in(), own_item(item_id), services().clock())
    except NotReady:
        flash(_("Dit bericht is nog niet af. Hieronder staat wat er ontbreekt."), "warn")
        return redirect(url_for("editorial.writing.edit", item_id=item_id, controle=1))
    flash(_("Het bericht staat in de wachtrij."), "ok")
    return redirect(url_for("editorial.queue"))


@editorial.post("/<int:item_id>/intrekken")
def withdraw(item_id: int) -> Response:
    """Takes an item out of the queue."""
    with unit_of_work() as session:
        service.withdraw_item(session, signed_in(), own_item(item_id), services().clock())
    flash(_("Het bericht is ingetrokken. U vindt het terug bij “Ingetrokken”."), "ok")
    return redirect(url_for("editorial.queue"))


def _bound(wishes: Iterable[Conversation]) -> dict[int, tuple[int, int]]:
    """By the id of a joint item, and of those that became one, the two it is about: undoing that comes first."""
    joint = [one for one in wishes if one.joint_id is not None]
    made = {one.joint_id: one.pair for one in joint if one.joint_id is not None}
    return made | {number: one.pair for one in joint if one.settled_at is not None for number in one.pair}


def _state(name: str) -> ItemState:
    return ItemState(name) if name in set(ItemState) else ItemState.QUEUED


def _alike_by_item(session: Session, items: Iterable[Item]) -> dict[int, list[tuple[Item, int]]]:
    """For each item what looks like it, in the queue or sent within a year, and how much, in per cent."""
    queued = [item for item in items if item.state == ItemState.QUEUED]
    waiting = [(item, pair) for pair in service.unsettled_look_alikes(session) for item in pair.pair]
    sent = service.sent_look_alikes(session, queued, services().clock())
    found: dict[int, list[tuple[Item, int]]] = {}
    for mine, pair in (*waiting, *sent.items()):
        other = service.get_item(session, pair.other(mine))
        found.setdefault(mine, []).append((other, round(pair.likeness * 100)))
    return found
