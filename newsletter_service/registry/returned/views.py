"""The page of all that came back of letters."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.bounces.rules import Verdict
from newsletter_service.bounces.service import refused_for_policy
from newsletter_service.db import LARGEST_NUMBER, db, unit_of_work
from newsletter_service.documents.terms.service import terms
from newsletter_service.errors import Conflict
from newsletter_service.registry.desk import wording
from newsletter_service.registry.returned import service
from newsletter_service.registry.returned.service import ALERT_FOR, Narrowing
from newsletter_service.retention import Term
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, require, signed_in, staff_only
from newsletter_service.staff.rules import may_see_readers
from newsletter_service.subscriptions.addresses import readable
from newsletter_service.subscriptions.wording import why_it_came_back
from newsletter_service.web.asked import asked_number, asked_one_of, asked_words

came_back = staff_only(Blueprint("came_back", __name__, url_prefix="/redactie/teruggekomen"))
_ON_A_PAGE = 50
_NARROWS = ("uitkomst", "zoek", "code")


@came_back.before_request
def _only_who_answers_readers() -> None:
    require(may_see_readers(acting()))


@came_back.get("")
def index() -> str:
    """What came back, the newest first, fifty at a time; and whether mail servers refuse us."""
    session = db.session()
    narrowing = Narrowing(asked_one_of("uitkomst", Verdict), asked_words("zoek"), asked_words("code", 12))
    found = service.returned(session, narrowing, asked_number("voor") or LARGEST_NUMBER, _ON_A_PAGE + 1)
    return render_template(
        "registry/returned.html",
        narrowing=narrowing,
        lines=found[:_ON_A_PAGE],
        following=found[_ON_A_PAGE - 1].bounce.id if len(found) > _ON_A_PAGE else None,
        asked=_asked(),
        refused=refused_for_policy(session, services().clock() - ALERT_FOR),
        days=ALERT_FOR.days,
        kept_days=terms(session)[Term.BOUNCE_HEADERS].days,
        verdicts=wording.verdicts(),
        why_it_came_back=why_it_came_back,
        readable=readable,
        Verdict=Verdict,
    )


def _asked() -> dict[str, str]:
    return {name: words for name in _NARROWS if (words := asked_words(name))}


@came_back.post("/<int:number>/terugnemen")
def take_back(number: int) -> Response:
    """Lets a reader whom this stopped get letters again."""
    reason = _("Wat terugkwam, klopte niet; teruggenomen op de pagina met wat terugkwam")
    try:
        with unit_of_work() as session:
            allowed = service.take_back(
                session, number, services().suppression_key, reason, signed_in(), services().clock()
            )
    except Conflict:
        flash(_("Er is niets meer terug te nemen. Misschien was een collega u voor."), "warn")
    else:
        flash(wording.allowed(allowed), "ok")
    asked: dict[str, Any] = _asked()
    return redirect(url_for("came_back.index", **asked), 303)
