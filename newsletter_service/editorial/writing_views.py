"""The form in which an item is written: what was typed is kept, or comes back with all that is wrong with it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.audience.service import offered_segments, offered_topics, segments, topics
from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.db import db, unit_of_work
from newsletter_service.editorial import service, wording
from newsletter_service.editorial.card_preview import typed_card
from newsletter_service.editorial.differences import ChangedToo, began_from, combine, same
from newsletter_service.editorial.forms import ItemForm, values_of
from newsletter_service.editorial.images import MAX_SIDE, store, stored
from newsletter_service.editorial.models import Image, Item
from newsletter_service.editorial.plain_dutch.rules import Hint
from newsletter_service.editorial.rules import ItemState
from newsletter_service.editorial.service import ItemSent, NotReady
from newsletter_service.editorial.tips import saved_words, tips_about
from newsletter_service.editorial.wording import KINDS, PRIORITIES, STATES
from newsletter_service.errors import Conflict, NotAllowed
from newsletter_service.publisher.models import Organisation
from newsletter_service.publisher.service import all_organisations, organisations, publishers
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, require, signed_in
from newsletter_service.staff.rules import may_edit_item
from newsletter_service.staff.used_forms import made_before, made_by, note_made
from newsletter_service.web.forms.drafts import forget_draft
from newsletter_service.web.forms.once import new_key, sent_key
from newsletter_service.web.headers import mail_preview_response
from newsletter_service.web.locale import language

writing = Blueprint("writing", __name__)

_AFTER_A_WHILE = {"Retry-After": "10"}


class MadeAlready(Conflict):
    """The form made its item before; `item_id` says which."""

    def __init__(self, item_id: int) -> None:
        super().__init__("the form was used before")
        self.item_id = item_id


@writing.route("/nieuw", methods=["GET", "POST"])
def new() -> Any:
    """A new item, by anybody who may write for an organisation.

    The address holds the key of the form: going back leads to what the form made already.
    """
    require(bool(writes_for()))
    if request.method == "GET" and not sent_key():
        return redirect(url_for("editorial.writing.new", sleutel=new_key()))
    form = _form()
    if request.method == "GET":
        before = made_by(db.session(), signed_in(), sent_key())
        return _stood_already(before) if before else _form_page(form, None)
    return _saved(form, None) if _accepted(form) else _mend_page(form, None)


@writing.route("/<int:item_id>", methods=["GET", "POST"])
def edit(item_id: int) -> Any:
    """An item: to change for its own organisation, to read for the others."""
    item = service.get_item(db.session(), item_id)
    mine = may_edit_item(acting(), item.organisation_id, joint=item.joint)
    followed = service.joined_into(db.session(), item)
    if request.method == "GET" and (not mine or item.state == ItemState.SENT or followed is not None):
        return _reading_page(item, followed)
    require(mine)
    form = _form(item)
    if request.method == "GET":
        if "controle" in request.args:
            form.show_problems(service.lacking(item, services().clock()))
        return _form_page(form, item, tips=tips_about(db.session(), form, language()))
    return _saved(form, item_id) if _accepted(form) else _mend_page(form, item)


def _reading_page(item: Item, followed: int | None) -> str:
    into = service.get_item(db.session(), followed) if followed is not None else None
    return render_template(
        "editorial/show.html", item=item, into=into, kinds=KINDS, priorities=PRIORITIES, states=STATES
    )


@writing.post("/voorbeeld")
def preview() -> Response:
    """The card as it would look in the mail, from what is in the form now; nothing is kept."""
    session, item_id = db.session(), request.args.get("bericht", type=int)
    item = service.get_item(session, item_id) if item_id else None
    require(bool(writes_for()))
    form = _form()
    _checked(form)
    if form.picture_must_wait:
        return Response("", 503, _AFTER_A_WHILE)
    image = _uploaded(form) or (item.image if item else None)
    speakers, audience = all_organisations(session), segments(session)
    about = {topic.id: topic.name(language()) for topic in topics(session)}
    typed = typed_card(form, speakers, audience, about, image, services().links, language())
    return mail_preview_response(services().renderer.card_html(typed, language(), publishers(db.session())))


@writing.post("/nakijken")
def look_over() -> tuple[str, int]:
    """The form as it was typed, with hints for plainer Dutch at the sentences; nothing is saved."""
    require(bool(writes_for()))
    item_id = request.args.get("bericht", type=int)
    item = service.get_item(db.session(), item_id) if item_id else None
    form = _form(item)
    _accepted(form)
    return _form_page(form, item, tips=tips_about(db.session(), form, language()))


def _checked(form: ItemForm) -> bool:
    """Whether the form is valid. Decoding its picture may take seconds, in which nobody waits at the database."""
    db.session.rollback()
    valid: bool = form.validate()
    if form.kept_image.data and not _uploaded(form):
        form.kept_image.data = ""
        form.image.errors = [*form.image.errors, wording.IMAGE_GONE]
        return False
    return valid


def _accepted(form: ItemForm) -> bool:
    """Whether what was typed can be saved.

    A new picture is kept immediately: browsers would ask for it again each time the form comes back.
    """
    valid = _checked(form)
    if form.picture is not None:
        with unit_of_work() as session:
            form.kept_image.data = store(session, form.picture, services().clock()).digest
    return valid


def _mend_page(form: ItemForm, item: Item | None) -> Any:
    """The form with everything that is wrong with it, also what would only come to light when it is saved; 503 if a
    picture has to wait for its turn.
    """
    shown = None if form.remove_image.data else _uploaded(form) or (item.image if item else None)
    queue = "wachtrij" in request.form or (item is not None and item.state == ItemState.QUEUED)
    form.show_problems(
        service.wanting(form.content(), shown is not None, services().clock(), for_queue=queue)
    )
    page, status = _form_page(form, item, status=422)
    return (page, 503, _AFTER_A_WHILE) if form.picture_must_wait else (page, status)


def _saved(form: ItemForm, item_id: int | None) -> Any:
    """Keep what was filled in; if that cannot be done, the form comes back with all of it."""
    session = db.session()
    try:
        with unit_of_work():
            item = _save(form, _merged(form, item_id)) if item_id else _save_new(form)
            state, saved_id = item.state, item.id
    except MadeAlready as already:
        return _made_already(form, service.get_item(session, already.item_id))
    except NotReady as error:
        form.show_problems(error.problems)
        return _form_page(form, service.get_item(session, item_id) if item_id else None, status=422)
    except ItemSent:
        return _form_page(form, None, went_out=True, status=409)
    except ChangedToo as clash:
        return _conflict_page(form, service.get_item(session, item_id or 0), clash)
    forget_draft(f"bericht-{item_id}" if item_id else _draft_of_new())
    flash(saved_words(state, tips_about(session, form, language())), "ok")
    return _beside_what_is_alike(saved_id) or redirect(url_for("editorial.queue", staat=state))


def _beside_what_is_alike(item_id: int) -> Response | None:
    """Lead to what looks like an item that was queued just now, unless somebody said something of the two before."""
    session = db.session()
    item = service.get_item(session, item_id)
    found = service.looks_like(session, item, services().clock()) if item.state == ItemState.QUEUED else []
    if not found or found[0].pair in service.wishes(session):
        return None
    other = found[0].other(item_id)
    return redirect(url_for("conversations.pair", item_id=item_id, other_id=other))


def _save_new(form: ItemForm) -> Item:
    """What the form makes, once: MadeAlready if it did so before."""
    session, key = db.session(), sent_key()
    before = made_before(session, signed_in(), key)
    if before is not None:
        raise MadeAlready(before)
    item = _save(form, _new_item(form))
    note_made(session, signed_in(), key, item.id, services().clock())
    return item


def _made_already(form: ItemForm, item: Item) -> Any:
    """Lead to what the form made before; what was typed since is shown there, to be saved as a change."""
    forget_draft(_draft_of_new())
    if same(form, item):
        return _stood_already(item.id)
    if item.state == ItemState.SENT:
        return _form_page(form, None, went_out=True, status=409)
    form.began.data = began_from(item, DEFAULT_ZONE)
    return _form_page(form, item, stood=True, status=409)


def _draft_of_new() -> str:
    return f"bericht-nieuw#{sent_key()}"


def _stood_already(item_id: int) -> Response:
    flash(_("Dit bericht stond er al."), "ok")
    return redirect(url_for("editorial.writing.edit", item_id=item_id))


def _save(form: ItemForm, item: Item) -> Item:
    return service.save_item(
        db.session(),
        signed_in(),
        item,
        form.content(),
        services().clock(),
        version=item.version,
        image=None if form.remove_image.data else _uploaded(form),
        without_image=form.remove_image.data,
        queue="wachtrij" in request.form,
    )


def _conflict_page(form: ItemForm, item: Item, clash: ChangedToo) -> Any:
    """Somebody saved first: show what they have beside what was typed; the next save knows of it."""
    form.began.data = began_from(item, DEFAULT_ZONE)
    return _form_page(form, item, clash=clash, status=409)


def _merged(form: ItemForm, item_id: int) -> Item:
    """The item, locked, with `form` brought up to date; what others wrote may have to be read again."""
    item = own_item(item_id)
    if item.state == ItemState.SENT:
        raise ItemSent
    combine(db.session(), form, item, signed_in())
    if not form.validate():
        raise NotReady(())
    return item


def own_item(item_id: int) -> Item:
    """The item, locked, for whoever may change it; NotAllowed."""
    item = service.get_item(db.session(), item_id, lock=True)
    require(may_edit_item(acting(), item.organisation_id, joint=item.joint))
    return item


def _new_item(form: ItemForm) -> Item:
    organisation = next((one for one in writes_for() if one.id == form.organisation.data), None)
    if organisation is None:
        raise NotAllowed("not an organisation to write for")
    return service.new_item(signed_in(), organisation, services().clock())


def _form(item: Item | None = None) -> ItemForm:
    """The form as it was sent, or with what `item` has."""
    values = values_of(item, DEFAULT_ZONE) if item else {}
    if item and request.method == "GET":
        values["began"] = began_from(item, DEFAULT_ZONE)
    mine, (audience, about) = _may_speak(item), _offered(item)
    form = ItemForm(**values)
    form.prepare(DEFAULT_ZONE, {one.id: one.name for one in mine}, audience, about)
    if form.organisation.data is None and mine:
        form.organisation.data = mine[0].id
    return form


def _may_speak(item: Item | None) -> list[Organisation]:
    """The organisations to choose from: what is retired meanwhile stays with what it wrote."""
    mine = writes_for()
    if (
        item is not None
        and item.organisation not in mine
        and may_edit_item(acting(), item.organisation_id, joint=item.joint)
    ):
        mine.append(item.organisation)
    return mine


def _offered(item: Item | None) -> tuple[dict[int, str], dict[int, str]]:
    """The segments and topics to choose from, those of `item` among them."""
    session = db.session()
    audience = offered_segments(session, {one.id for one in item.segments} if item else ())
    about = offered_topics(session, {one.id for one in item.topics} if item else ())
    return {one.id: one.name(language()) for one in audience}, {one.id: one.name(language()) for one in about}


def _may_agree(item: Item) -> bool:
    mine = service.voice_of(signed_in())
    return bool(mine) and item.agreement is not None and mine[0] not in item.agreement.voices


def _alike(item: Item | None) -> list[Item]:
    """What looks like an item that is open, as it is stored."""
    if item is None or item.state not in (ItemState.DRAFT, ItemState.QUEUED):
        return []
    session = db.session()
    found = service.looks_like(session, item, services().clock())
    return [service.get_item(session, one.other(item.id)) for one in found[:3]]


def writes_for() -> list[Organisation]:
    """The organisations that the signed-in user may write for, their own first."""
    actor = acting()
    mine = [one for one in organisations(db.session()) if may_edit_item(actor, one.id)]
    return sorted(mine, key=lambda one: one.id != actor.organisation_id)


def _uploaded(form: ItemForm) -> Image | None:
    """The picture that came along with this form, now or before it was sent back to be completed."""
    return stored(db.session(), form.kept_image.data) if form.kept_image.data else None


def _form_page(
    form: ItemForm,
    item: Item | None,
    *,
    clash: ChangedToo | None = None,
    went_out: bool = False,
    stood: bool = False,
    tips: tuple[Hint, ...] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    page = render_template(
        "editorial/form.html",
        form=form,
        item=item,
        states=STATES,
        joined=item is not None and service.made_of_two(db.session(), item.id) is not None,
        may_agree=item is not None and item.unagreed and _may_agree(item),
        alike=_alike(item),
        image=None if form.remove_image.data else _uploaded(form) or (item.image if item else None),
        clash=clash,
        went_out=went_out,
        stood=stood,
        tips=tips,
        hint_words=wording.hint_words,
        longest_side=MAX_SIDE,
        key=new_key() if went_out else sent_key() or new_key(),
    )
    return page, status
