"""The page of a service that keeps still: what is known, what is not, and what a person says."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.continuity.service import still_row
from newsletter_service.db import db, unit_of_work
from newsletter_service.editions.composing.ahead import compare_ahead
from newsletter_service.errors import Invalid
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, roles_required, signed_in, staff_only
from newsletter_service.staff.rules import Role
from newsletter_service.standstill import wording
from newsletter_service.standstill.service import Answer, GoesOn, go_on, situation

standstill = staff_only(Blueprint("standstill", __name__, url_prefix="/redactie/stilstand"))


@standstill.get("")
def show() -> str:
    """What is known of the copy, and for administrators the ways on."""
    now = services().clock()
    return render_template(
        "standstill/show.html",
        known=situation(db.session(), now),
        words=wording,
        answers=Answer,
        may_decide=Role.ADMINISTRATOR in acting().roles,
    )


@standstill.post("")
@roles_required(Role.ADMINISTRATOR)
def decide() -> Response:
    """Let the service go on from this copy, with what is true of the time since."""
    answer, now = _answer(request.form.get("antwoord", "")), services().clock()
    compare_ahead(now)
    try:
        with unit_of_work() as session:
            standing = go_on(session, services(), signed_in(), answer, now)
    except GoesOn:
        flash(_("De dienst ging al verder. Er is niets dubbel gebeurd."), "ok")
    else:
        standing.tell(services().delivery.witness)
        flash(_("De dienst gaat verder. Zorg dat geen andere kopie ook verdergaat."), "ok")
    return redirect(url_for("standstill.show"), 303)


@standstill.app_template_global()
def keeps_still() -> bool:
    """Whether every staff page says that nothing goes out."""
    return still_row(db.session()) is not None


def _answer(typed: str) -> Answer:
    if typed not in set(Answer):
        raise Invalid(_("Kies een van de antwoorden."))
    return Answer(typed)
