"""The pages of editions: the list, one edition with its preview, and what changes its contents."""

from flask import Blueprint, flash, make_response, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.editions import wording
from newsletter_service.editions.calendar.views import calendar
from newsletter_service.editions.composing import editing
from newsletter_service.editions.composing.ahead import compare_ahead
from newsletter_service.editions.composing.editing import ChangedMeanwhile
from newsletter_service.editions.composing.sign_offs import sign_off
from newsletter_service.editions.corrections.views import corrections
from newsletter_service.editions.forms import ItemForm, PlaceForm, SignOffForm, TextsForm
from newsletter_service.editions.models import Edition
from newsletter_service.editions.pages.edition_list import coming, done
from newsletter_service.editions.pages.edition_page import edition_page
from newsletter_service.editions.pages.lifecycle_views import moves
from newsletter_service.editions.pages.preview_pane import preview_pane
from newsletter_service.editions.preview.choice import chosen
from newsletter_service.editions.preview.service import NothingToSee, mail_proof, message_for, proof_for
from newsletter_service.editions.responses import (
    UseCase,
    act,
    act_on_made,
    back_to,
    editors_only,
    not_now,
    preview_response,
    shown,
)
from newsletter_service.editions.results.retry_views import retries
from newsletter_service.editions.results.views import deliveries, progress_of
from newsletter_service.editions.rules import EditionConflict, HoldReason
from newsletter_service.editions.service import edition_numbered, next_collecting
from newsletter_service.errors import Invalid
from newsletter_service.letters.errors import LetterError
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, roles_required, signed_in, staff_only
from newsletter_service.staff.rules import Role, may_edit_edition, may_sign_off
from newsletter_service.web.asked import asked_number
from newsletter_service.web.forms.conflicts import clashes_in
from newsletter_service.web.forms.drafts import forget_draft
from newsletter_service.web.headers import framed

editions = staff_only(Blueprint("editions", __name__, url_prefix="/redactie"))
editions.register_blueprint(calendar)
editions.register_blueprint(moves)
editions.register_blueprint(deliveries)
editions.register_blueprint(corrections)
editions.register_blueprint(retries)
editions.register_error_handler(EditionConflict, not_now)


@editions.app_template_global()
def collecting_edition() -> Edition | None:
    """The next edition whose copy is still open, for the pages where items are written."""
    return next_collecting(db.session())


@editions.get("/edities")
def index() -> str:
    """All editions: those under way first, then those that are done, a page at a time."""
    session, before = db.session(), asked_number("voor")
    to_come = () if before else coming(session, services().clock())
    return render_template(
        "editions/index.html", coming=to_come, done=done(session, before), further=bool(before)
    )


@editions.get("/edities/<int:number>")
def show(number: int) -> str:
    """One edition: its state, what is in and why, what waits, and what readers will see."""
    return _page(number)


def _page(number: int, texts_form: TextsForm | None = None) -> str:
    session = db.session()
    page = edition_page(session, edition_numbered(session, number), services().clock())
    actor = acting()
    may_edit = may_edit_edition(actor)
    mine = [one for one in page.sign_offs if may_sign_off(actor, one.organisation_id)]
    return render_template(
        "editions/show.html",
        page=page,
        edition=page.edition,
        reached=wording.readers(page.reach.reached),
        held_because=wording.why_held(page.edition),
        server_said=_server_said(page.edition),
        pane=preview_pane(session, services(), page, chosen()),
        texts_form=texts_form or TextsForm.of(page.edition),
        may_edit=may_edit,
        mine=mine[0] if mine else None,
        shown=shown(),
        **(progress_of(page.edition, may_edit=may_edit) if page.released else {}),
    )


def _server_said(edition: Edition) -> str:
    """In what words the mail server refused an edition that is held because of it; else nothing."""
    if edition.mailing is None or edition.hold_reason is not HoldReason.PAUSED:
        return ""
    return edition.mailing.pause_reason


@editions.get("/edities/<int:number>/voorbeeld")
@editors_only
def preview(number: int) -> Response:
    """The letter from the very bytes that such a reader would get, for the frame on the page."""
    session, choice = db.session(), chosen()
    edition = edition_numbered(session, number)
    try:
        message = message_for(
            session, services(), edition, choice.segment, choice.language, services().clock()
        )
    except NothingToSee as error:
        return _nothing(wording.conflict(error))
    except LetterError:
        return _nothing(_("Van deze editie kan geen goede brief worden gemaakt. Kijk de controles na."))
    return preview_response(message, choice.shape)


def _nothing(why: str) -> Response:
    return framed(make_response(render_template("editions/no_preview.html", why=why)))


@editions.post("/edities/<int:number>/volgorde")
@editors_only
def order(number: int) -> Response:
    """Move an item a step up or down, or to the place it was dragged to."""
    form = PlaceForm()
    item_id, position = form.item_id.data, form.position.data
    if not form.validate() or item_id is None:
        raise Invalid("no such place", "position")
    user, now = signed_in(), services().clock()
    if position is not None:
        return act(
            number, lambda session, edition: editing.move_item(session, edition, item_id, position, user, now)
        )
    move = editing.move_up if form.direction.data == "omhoog" else editing.move_down
    return act(number, lambda session, edition: move(session, edition, item_id, user, now))


@editions.post("/edities/<int:number>/eruit")
@editors_only
def drop(number: int) -> Response:
    """Take an item out; it waits for a next edition."""
    item_id, user, now = _item_id(), signed_in(), services().clock()
    return act(
        number,
        lambda session, edition: editing.drop_item(session, edition, item_id, user, now),
        _("Het bericht staat weer in de wachtrij."),
    )


@editions.post("/edities/<int:number>/erbij")
@editors_only
def add(number: int) -> Response:
    """Put a waiting item in."""
    item_id, user, now = _item_id(), signed_in(), services().clock()
    compare_ahead(now)
    return act(
        number,
        lambda session, edition: editing.add_item(session, edition, item_id, user, now),
        _("Het bericht staat in deze editie."),
    )


def _item_id() -> int:
    form = ItemForm()
    if not form.validate() or form.item_id.data is None:
        raise Invalid("no item named", "item_id")
    return form.item_id.data


@editions.post("/edities/<int:number>/teksten")
@editors_only
def texts(number: int) -> Response | tuple[str, int]:
    """Save subject, preheader and introduction; what somebody else saved first is shown beside it."""
    form = TextsForm()
    if not form.validate():
        return _page(number, form), 422
    user, now, began = signed_in(), services().clock(), form.began.data or ""
    try:
        with unit_of_work() as session:
            edition = edition_numbered(session, number)
            editing.edit_texts(session, edition, form.texts(), began, user, now)
    except ChangedMeanwhile as conflict:
        return _texts_conflict(number, conflict), 409
    except EditionConflict as conflict:
        flash(wording.conflict(conflict), "error")
        return _page(number, form), 409
    forget_draft(f"teksten-{number}")
    flash(_("De teksten zijn bewaard."), "ok")
    return back_to(number)


def _texts_conflict(number: int, conflict: ChangedMeanwhile) -> str:
    saved = TextsForm.on_top_of(conflict.theirs, conflict.theirs)
    return render_template(
        "editions/texts_conflict.html",
        number=number,
        form=TextsForm.on_top_of(conflict.theirs, conflict.yours),
        clashes=clashes_in(saved, conflict.by),
    )


@editions.post("/edities/<int:number>/proef")
@editors_only
def proof(number: int) -> Response:
    """Mail what the preview shows to the person who asks."""
    user, now, choice = signed_in(), services().clock(), chosen()

    def made(session: Session, edition: Edition) -> UseCase:
        proof = proof_for(session, services(), edition, user, choice.segment, choice.language)
        return lambda session, edition: mail_proof(session, edition, user, proof, now)

    return act_on_made(
        number,
        made,
        _("De proef is onderweg naar %(address)s.", address=user.email),
    )


@editions.post("/edities/<int:number>/akkoord")
@roles_required(Role.HEAD)
def agree(number: int) -> Response:
    """Sign off, on behalf of one's organisation, exactly what was on the page."""
    form, user, now = SignOffForm(), signed_in(), services().clock()
    if not form.validate():
        raise Invalid("what was seen is missing", "seen")
    return act(
        number,
        lambda session, edition: sign_off(session, edition, user, now, seen=form.seen.data),
        _("Uw akkoord is vastgelegd. Verandert er nog iets, dan vervalt het."),
    )
