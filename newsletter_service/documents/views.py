"""The texts that readers can hold us to: their pages, and for staff the pages to change them."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from newsletter_service.db import db, unit_of_work
from newsletter_service.documents import service
from newsletter_service.documents.forms import DocumentForm
from newsletter_service.documents.models import ShownText
from newsletter_service.documents.rules import Kind, sections
from newsletter_service.documents.wording import TITLES, slots_for
from newsletter_service.errors import Conflict
from newsletter_service.languages import LANGUAGES
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, roles_required, signed_in, staff_only
from newsletter_service.staff.rules import Role
from newsletter_service.web.locale import language

documents = staff_only(Blueprint("documents", __name__, url_prefix="/redactie/teksten"))
editors_only = roles_required(Role.COMMUNICATOR, Role.ADMINISTRATOR)


def document_page(kind: Kind) -> str:
    """A text as it is now, or with `?versie=` as it was shown once; 404 for what never was."""
    session, asked = db.session(), request.args.get("versie", "")
    now = service.current(session, kind, language(), services().reply_to)
    before = service.shown_before(session, kind, language())
    found = (
        now
        if asked in ("", now.version, now.hash[: service.SHORT_HASH])
        else service.find_shown([*before, *_in_other_languages(kind)], asked)
    )
    if found is None:
        abort(404)
    return render_template(
        "documents/show.html",
        kind=kind,
        title=TITLES[kind],
        shown=found,
        sections=list(sections(found.words)),
        is_current=found.hash == now.hash,
        before=[one for one in before if one.hash != now.hash],
    )


def _in_other_languages(kind: Kind) -> list[ShownText]:
    """A receipt names a text by its hash; whoever follows it may have a browser of another language."""
    others = [code for code in LANGUAGES if code != language()]
    return [one for code in others for one in service.shown_before(db.session(), kind, code)]


@documents.get("")
@editors_only
def index() -> str:
    """All texts, with the version that holds."""
    newest = {kind: service.newest(db.session(), kind) for kind in Kind}
    return render_template(
        "documents/index.html",
        newest=newest,
        titles=TITLES,
        version_of=service.version_of,
        may_set_terms=Role.ADMINISTRATOR in acting().roles,
    )


@documents.get("/<name>")
@editors_only
def edit(name: str) -> str:
    """A text, to change."""
    kind = _kind(name)
    return _edit_page(DocumentForm.of(kind, service.newest(db.session(), kind)))


@documents.post("/<name>")
@editors_only
def save(name: str) -> Any:
    """Publish a new version, or (button "bekijk") only show what it would look like."""
    form = DocumentForm()
    form.kind = _kind(name)
    if not form.validate():
        return _edit_page(form), 422
    if request.form.get("actie") == "bekijk":
        return _edit_page(form, seen=True)
    try:
        with unit_of_work() as session:
            published = service.publish(
                session, form.edited(), services().reply_to, signed_in(), services().clock()
            )
            version = published.version
    except Conflict:
        return _edit_page(form, overtaken=service.newest(db.session(), form.kind)), 409
    flash(_("Versie %(version)s is gepubliceerd.", version=version), "ok")
    return redirect(url_for("documents.index"), 303)


def _kind(name: str) -> Kind:
    if name not in list(Kind):
        abort(404)
    return Kind(name)


def _edit_page(form: DocumentForm, *, seen: bool = False, overtaken: Any = None) -> str:
    session, typed = db.session(), {"nl": form.words_nl.data or "", "en": form.words_en.data or ""}
    previews = {
        code: list(
            sections(service.preview(session, form.kind, code, typed[code], services().reply_to).words)
        )
        for code in LANGUAGES
    }
    return render_template(
        "documents/edit.html",
        form=form,
        kind=form.kind,
        title=TITLES[form.kind],
        slots=slots_for(form.kind),
        languages=LANGUAGES,
        previews=previews if seen else {},
        overtaken=overtaken,
        versions=service.versions(session, form.kind),
    )
