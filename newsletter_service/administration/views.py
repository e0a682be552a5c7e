"""Beheer: the pages on which administrators change the newsletter and what it is made of."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.administration import service, wording
from newsletter_service.administration.forms import (
    COLOUR_FIELDS,
    FORMS,
    NewsletterForm,
    OrganisationForm,
    PartForm,
)
from newsletter_service.administration.rules import Act, Part
from newsletter_service.administration.service import ChangedMeanwhile, LastOne, StillReferredTo
from newsletter_service.db import db, unit_of_work
from newsletter_service.documents.rules import Kind
from newsletter_service.documents.service import newest, version_of
from newsletter_service.documents.wording import TITLES as DOCUMENT_TITLES
from newsletter_service.errors import Invalid
from newsletter_service.publisher.rules import UNCHOSEN
from newsletter_service.publisher.service import newsletter
from newsletter_service.services import services
from newsletter_service.staff.guards import roles_required, signed_in, staff_only
from newsletter_service.staff.rules import Role
from newsletter_service.web.forms.conflicts import Clash, clashes_in

administration = staff_only(Blueprint("administration", __name__, url_prefix="/redactie/beheer"))
administrators_only = roles_required(Role.ADMINISTRATOR)


@administration.get("")
@administrators_only
def show() -> str:
    """The newsletter itself."""
    return _newsletter_page(NewsletterForm.of(newsletter(db.session())))


@administration.post("")
@administrators_only
def save() -> Any:
    """Save what was changed of the newsletter itself."""
    form = NewsletterForm()
    if not form.validate():
        return _newsletter_page(form), 422
    typed, began = form.values(), form.began.data or ""
    try:
        with unit_of_work() as session:
            service.change_newsletter(session, typed, began, _contact(), signed_in(), services().clock())
    except ChangedMeanwhile as conflict:
        return _newsletter_page(*_meanwhile(NewsletterForm, conflict)), 409
    flash(_("Bewaard."), "ok")
    return redirect(url_for("administration.show"), 303)


@administration.get("/<name>")
@administrators_only
def index(name: str) -> str:
    """All of a list, in its order."""
    part = _part(name)
    rows = service.everything(db.session(), part)
    return render_template(
        "administration/index.html",
        part=part,
        rows=rows,
        in_use=sum(not one.retired for one in rows),
        wording=wording,
    )


@administration.get("/<name>/nieuw")
@administrators_only
def new(name: str) -> str:
    """A form for another one."""
    part = _part(name)
    return _edit_page(part, FORMS[part].on_top_of({}, {"colours": UNCHOSEN}))


@administration.post("/<name>/nieuw")
@administrators_only
def add(name: str) -> Any:
    """Add it at the end of the list."""
    part = _part(name)
    return _saved(
        part,
        None,
        lambda session, form: service.add(
            session, part, form.values(), _contact(), signed_in(), services().clock()
        ),
    )


@administration.get("/<name>/<int:number>")
@administrators_only
def edit(name: str, number: int) -> str:
    """One of a list, to change."""
    part = _part(name)
    return _edit_page(part, FORMS[part].of(service.one_of(db.session(), part, number)), number)


@administration.post("/<name>/<int:number>")
@administrators_only
def change(name: str, number: int) -> Any:
    """Save what was changed of it."""
    part = _part(name)
    return _saved(
        part,
        number,
        lambda session, form: service.change(
            session,
            part,
            number,
            form.values(),
            form.began.data or "",
            _contact(),
            signed_in(),
            services().clock(),
        ),
    )


@administration.post("/<name>/<int:number>/<act>")
@administrators_only
def act_on(name: str, number: int, act: str) -> Response:
    """Move it up or down, retire, restore or remove it."""
    part = _part(name)
    if act not in list(Act):
        abort(404)
    try:
        with unit_of_work() as session:
            done = service.act_on(
                session, part, number, Act(act), _contact(), signed_in(), services().clock()
            )
        flash(str(wording.DONE[Act(act)]) % {"name": done}, "ok")
    except StillReferredTo:
        flash(_("Er verwijst nog iets naar. Verwijderen kan daarom niet; niet meer gebruiken wel."), "error")
    except LastOne:
        flash(_("Er is geen nieuwsbrief zonder organisatie. Voeg eerst een andere toe."), "error")
    back_at = f"{act}-{number}" if act in (Act.UP, Act.DOWN) else None  # the button that was pressed
    return redirect(url_for("administration.index", name=name, _anchor=back_at), 303)


def _saved(part: Part, number: int | None, save: Callable[[Any, PartForm], object]) -> Any:
    """What is shown after a form of a list was sent, with what was wrong with it if something was."""
    form = FORMS[part]()
    if not form.validate():
        return _edit_page(part, form, number), 422
    try:
        with unit_of_work() as session:
            save(session, form)
    except Invalid as error:
        form[error.field].errors = [_("Deze naam is er al.")]
        return _edit_page(part, form, number), 422
    except ChangedMeanwhile as conflict:
        form, clashes = _meanwhile(FORMS[part], conflict)
        return _edit_page(part, form, number, clashes), 409
    flash(_("Bewaard."), "ok")
    return redirect(url_for("administration.index", name=part), 303)


def _meanwhile(kind: type[PartForm], conflict: ChangedMeanwhile) -> tuple[PartForm, list[Clash]]:
    """The form with what was typed, to be saved over what stands now; and what clashes."""
    saved, by = kind.on_top_of(conflict.theirs, conflict.theirs), conflict.by
    if "colours" in by:
        by = {**by, **dict.fromkeys(COLOUR_FIELDS, by["colours"])}
    return kind.on_top_of(conflict.theirs, conflict.yours), clashes_in(saved, by)


def _contact() -> str:
    return services().reply_to


def _part(name: str) -> Part:
    if name not in list(Part):
        abort(404)
    return Part(name)


def _newsletter_page(form: PartForm, clashes: Any = ()) -> str:
    session = db.session()
    return render_template(
        "administration/newsletter.html",
        form=form,
        clashes=clashes,
        part=None,
        mail_from=services().mail_from,
        reply_to=services().reply_to,
        bounce_domain=services().delivery.bounce_domain,
        documents={kind: version_of(newest(session, kind)) for kind in Kind},
        titles=DOCUMENT_TITLES,
        wording=wording,
    )


def _edit_page(part: Part, form: PartForm, number: int | None = None, clashes: Any = ()) -> str:
    session = db.session()
    row = service.one_of(session, part, number) if number is not None else None
    return render_template(
        "administration/edit.html",
        part=part,
        form=form,
        row=row,
        removable=row is not None and not service.is_referred_to(session, part, row),
        livery=form.livery if isinstance(form, OrganisationForm) else None,
        clashes=clashes,
        wording=wording,
    )
