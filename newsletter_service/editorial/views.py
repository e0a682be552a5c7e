"""The queue of all organisations, and the form in which an item is written."""

from base64 import b64encode
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.audience.service import segments, topics
from newsletter_service.db import db, unit_of_work
from newsletter_service.editorial import service
from newsletter_service.editorial.cards import picture_of, tag_of
from newsletter_service.editorial.forms import KINDS, ItemForm, values_of
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.editorial.service import ItemChanged, NotReady
from newsletter_service.letters.values import Card, Picture
from newsletter_service.publisher.models import Organisation
from newsletter_service.publisher.service import organisations
from newsletter_service.staff.guards import acting, require, signed_in, staff_only
from newsletter_service.staff.rules import Role, may_edit_item
from newsletter_service.web.headers import mail_preview_response
from newsletter_service.web.locale import DEFAULT_ZONE, language
from newsletter_service.web.parts import parts

editorial = staff_only(Blueprint("editorial", __name__, url_prefix="/redactie/kopij"))


@editorial.get("/")
def queue() -> str:
    """All items, by state and organisation, with what looks alike."""
    state = _state(request.args.get("staat", ItemState.QUEUED.value))
    organisation_id = request.args.get("van", type=int)
    session = db.session()
    items = service.list_items(session, state, organisation_id)
    alike = service.unsettled_look_alikes(session)
    titles = {pair_id: service.get_item(session, pair_id) for pair in alike for pair_id in pair.pair}
    return render_template(
        "editorial/queue.html",
        items=items,
        state=state,
        organisation_id=organisation_id,
        organisations=organisations(session),
        may_edit={item.id: may_edit_item(acting(), item.organisation_id) for item in items},
        may_write=bool(_writes_for()),
        alike=_alike_by_item(alike, titles),
        kinds=KINDS,
    )


@editorial.route("/nieuw", methods=["GET", "POST"])
def new() -> Any:
    """A new item, by whoever may write for an organisation."""
    require(bool(_writes_for()))
    form = _form()
    if request.method == "GET" or not form.validate():
        return _form_page(form, None)
    return _save(form, None)


@editorial.route("/<int:item_id>", methods=["GET", "POST"])
def edit(item_id: int) -> Any:
    """An item: to change for its own organisation, to read for the others."""
    item = service.get_item(db.session(), item_id)
    if not may_edit_item(acting(), item.organisation_id) or item.state == ItemState.SENT:
        require(request.method == "GET")
        return render_template("editorial/show.html", item=item, kinds=KINDS)
    form = _form(**values_of(item, DEFAULT_ZONE))
    if request.method == "GET" or not form.validate():
        return _form_page(form, item)
    return _save(form, item_id)


@editorial.post("/<int:item_id>/wachtrij")
def enqueue(item_id: int) -> Response:
    """Puts a draft or withdrawn item into the queue; sends the editor to the form if something is missing."""
    try:
        with unit_of_work() as session:
            service.queue_item(session, signed_in(), _own_item(item_id), parts().clock())
    except NotReady:
        flash(_("Dit bericht is nog niet af. Kies “Zet in de wachtrij” om te zien wat er ontbreekt."), "warn")
        return redirect(url_for("editorial.edit", item_id=item_id))
    flash(_("Het bericht staat in de wachtrij."), "ok")
    return redirect(url_for("editorial.queue"))


@editorial.post("/<int:item_id>/intrekken")
def withdraw(item_id: int) -> Response:
    """Takes an item out of the queue."""
    with unit_of_work() as session:
        service.withdraw_item(session, signed_in(), _own_item(item_id), parts().clock())
    flash(_("Het bericht is ingetrokken. U vindt het terug bij “Ingetrokken”."), "ok")
    return redirect(url_for("editorial.queue"))


@editorial.post("/<int:item_id>/toch-apart")
def keep_apart(item_id: int) -> Response:
    """Settles that this item and another are different stories."""
    other = request.form.get("ander", type=int) or 0
    with unit_of_work() as session:
        mine = service.get_item(session, item_id), service.get_item(session, other)
        require(any(may_edit_item(acting(), item.organisation_id) for item in mine))
        service.keep_apart(session, signed_in(), item_id, other, parts().clock())
    flash(_("De berichten blijven apart en mogen samen in een editie."), "ok")
    return redirect(url_for("editorial.queue"))


@editorial.post("/voorbeeld")
def preview() -> Response:
    """The card as it would look in the mail, from what is in the form now; nothing is kept."""
    form = _form()
    form.validate()
    item_id = request.args.get("bericht", type=int)
    item = service.get_item(db.session(), item_id) if item_id else None
    return mail_preview_response(parts().renderer.card_html(_card(form, item), language()))


def _save(form: ItemForm, item_id: int | None) -> Any:
    """Keep what was filled in; whatever stands in the way, the form comes back with all of it."""
    session, now = db.session(), parts().clock()
    try:
        with unit_of_work():
            item = _own_item(item_id) if item_id else _new_item(form)
            service.save_item(
                session,
                signed_in(),
                item,
                form.content(),
                now,
                version=form.version.data,
                picture=form.picture,
                without_picture=form.remove_image.data,
                queue="wachtrij" in request.form,
            )
            queued, item_id = item.state == ItemState.QUEUED, item.id
    except NotReady as error:
        form.show_problems(error.problems)
        return _form_page(form, service.get_item(session, item_id) if item_id else None)
    except ItemChanged:
        return _conflict_page(form, service.get_item(session, item_id or 0))
    flash(_("Het bericht staat in de wachtrij.") if queued else _("Het bericht is bewaard als klad."), "ok")
    return redirect(url_for("editorial.queue", staat="queued" if queued else "draft"))


def _conflict_page(form: ItemForm, item: Item) -> Any:
    """Somebody saved first: show what they have beside what was typed; the next save knows of it."""
    theirs = values_of(item, DEFAULT_ZONE)
    differs = [
        (field, _shown(field, theirs[field.name]))
        for field in form
        if field.name in theirs and field.name != "version" and not _same(field.data, theirs[field.name])
    ]
    form.version.raw_data = None
    form.version.data = item.version
    return _form_page(form, item, differs=differs, status=409)


def _same(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, list):
        return sorted(mine) == sorted(theirs)
    return (mine or None) == (theirs or None)


def _shown(field: Any, value: Any) -> str:
    """A value of a form field in words."""
    choices = dict(getattr(field, "choices", None) or ())
    if isinstance(value, list):
        return ", ".join(str(choices.get(one, one)) for one in value) or "–"
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    return str(choices.get(value, value) or "–")


def _own_item(item_id: int) -> Item:
    item = service.get_item(db.session(), item_id, lock=True)
    require(may_edit_item(acting(), item.organisation_id))
    return item


def _new_item(form: ItemForm) -> Item:
    organisation = db.session.get(Organisation, form.organisation.data)
    require(organisation is not None and may_edit_item(acting(), organisation.id))
    assert organisation is not None
    return service.new_item(db.session(), signed_in(), organisation, parts().clock())


def _form(**values: Any) -> ItemForm:
    form = ItemForm(**values)
    session = db.session()
    form.prepare(
        DEFAULT_ZONE,
        [(one.id, one.name) for one in _writes_for()],
        [(segment.id, segment.name(language())) for segment in segments(session)],
        [(topic.id, topic.name(language())) for topic in topics(session)],
    )
    if form.organisation.data is None and _writes_for():
        form.organisation.data = _writes_for()[0].id
    return form


def _writes_for() -> list[Organisation]:
    """The organisations that whoever is signed in may write for, their own first."""
    actor = acting()
    mine = [one for one in organisations(db.session()) if may_edit_item(actor, one.id)]
    return sorted(mine, key=lambda one: one.id != actor.organisation_id)


def _form_page(form: ItemForm, item: Item | None, differs: Any = (), status: int = 200) -> Any:
    page = render_template(
        "editorial/form.html",
        form=form,
        item=item,
        differs=differs,
        several=len(form.organisation.choices) > 1,
        head=Role.HEAD in acting().roles,
    )
    return page, 422 if form.errors and status == 200 else status


def _card(form: ItemForm, item: Item | None) -> Card:
    content = form.content()
    session = db.session()
    organisation = db.session.get(Organisation, form.organisation.data or 0) or organisations(session)[0]
    zone = ZoneInfo(DEFAULT_ZONE)
    return Card(
        kind=content.kind.value,
        tag=tag_of(organisation, organisations(session) if content.joint else []),
        title=content.title or _("Nog zonder titel"),
        lead=content.lead,
        body=content.body,
        link_url=content.link_url if not form.link_url.errors else "",
        link_label=content.link_label,
        picture=_picture(form, item),
        starts_at=content.starts_at.astimezone(zone) if content.starts_at else None,
        ends_at=content.ends_at.astimezone(zone) if content.ends_at else None,
        place=content.place,
    )


def _picture(form: ItemForm, item: Item | None) -> Picture | None:
    """The picture in the form, inside the page itself: it is not kept until the item is."""
    fresh, alt = form.picture, form.image_alt.data or ""
    if fresh is not None:
        data = f"data:{fresh.mime_type};base64,{b64encode(fresh.content).decode('ascii')}"
        return Picture(data, alt, fresh.width, fresh.height)
    if item is None or item.image is None or form.remove_image.data:
        return None
    return picture_of(item.image, alt, parts().links)


def _state(name: str) -> ItemState | None:
    return ItemState(name) if name in set(ItemState) else None


def _alike_by_item(alike: Any, items: dict[int, Item]) -> dict[int, list[tuple[Item, int]]]:
    """For each item its look-alikes with how much they look alike, in per cent."""
    found: dict[int, list[tuple[Item, int]]] = {}
    for pair in alike:
        for mine, other in (pair.pair, pair.pair[::-1]):
            found.setdefault(mine, []).append((items[other], round(pair.likeness * 100)))
    return found
