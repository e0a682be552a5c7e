"""The page with how long things are kept."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.documents.terms.forms import TermsForm
from newsletter_service.documents.terms.service import set_terms, terms
from newsletter_service.documents.terms.wording import ABOUT
from newsletter_service.services import services
from newsletter_service.staff.guards import roles_required, signed_in, staff_only
from newsletter_service.staff.rules import Role

retention_terms = staff_only(Blueprint("retention_terms", __name__, url_prefix="/redactie/bewaartermijnen"))
administrators_only = roles_required(Role.ADMINISTRATOR)


@retention_terms.get("")
@administrators_only
def show() -> str:
    """All terms, to change."""
    return _page(TermsForm.of(terms(db.session())))


@retention_terms.post("")
@administrators_only
def save() -> Response | tuple[str, int]:
    """Set them; what is too old by then goes within the hour."""
    form = TermsForm.of(terms(db.session()))
    if not form.validate():
        return _page(form), 422
    with unit_of_work() as session:
        set_terms(session, form.wanted(), signed_in(), services().clock())
    flash(_("Bewaard. Wat nu te oud is, verdwijnt binnen een uur."), "ok")
    return redirect(url_for("retention_terms.show"), 303)


def _page(form: TermsForm) -> str:
    return render_template("documents/terms.html", form=form, about=ABOUT)
