"""Pages that ask before they move an edition as a whole: compose, hold, resume, release, cancel.

Each lets the rules refuse first: what cannot be done now is not asked (see responses.not_now).
"""

from datetime import datetime

from flask import Blueprint, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.clock import AmbiguousTime, NonexistentTime, local_moment
from newsletter_service.db import db
from newsletter_service.editions import rules, service, wording
from newsletter_service.editions.composing.ahead import compare_ahead
from newsletter_service.editions.composing.service import compose_edition
from newsletter_service.editions.content import content_hash, items_in
from newsletter_service.editions.forms import HoldForm, ResumeForm
from newsletter_service.editions.models import Edition
from newsletter_service.editions.readers import GOOD_FOR, reach
from newsletter_service.editions.releasing.service import release
from newsletter_service.editions.responses import act, back_to, editors_only, run
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import edition_numbered
from newsletter_service.services import services
from newsletter_service.staff.guards import signed_in

moves = Blueprint("moves", __name__, url_prefix="/edities/<int:number>")


def _edition(number: int) -> Edition:
    return edition_numbered(db.session(), number)


@moves.get("/samenstellen")
@editors_only
def compose_page(number: int) -> str:
    """Asks before copy is closed early, or before work done by hand is undone."""
    edition = _edition(number)
    closing = edition.state == EditionState.COLLECTING
    (rules.close if closing else rules.recompose)(service.status_of(edition))
    return render_template("editions/compose.html", edition=edition, closing=closing)


@moves.post("/samenstellen")
@editors_only
def compose(number: int) -> Response:
    """Close copy now and compose, or compose again."""
    user, now = signed_in(), services().clock()
    compare_ahead(now)
    return act(
        number,
        lambda session, edition: compose_edition(session, services(), edition, user, now),
        _("De editie is samengesteld."),
    )


@moves.get("/vasthouden")
@editors_only
def hold_page(number: int) -> str:
    """Asks why an edition is held."""
    return _hold_page(_edition(number), HoldForm(formdata=None))


def _hold_page(edition: Edition, form: HoldForm) -> str:
    rules.hold(service.status_of(edition))
    return render_template("editions/hold.html", edition=edition, form=form)


@moves.post("/vasthouden")
@editors_only
def hold(number: int) -> Response | tuple[str, int]:
    """Stop an edition where it is."""
    form, user, now = HoldForm(), signed_in(), services().clock()
    if not form.validate():
        return _hold_page(_edition(number), form), 422
    reason = form.reason.data or ""
    return act(
        number,
        lambda session, edition: service.hold(session, edition, user, now, reason),
        _("De editie wordt vastgehouden. Er gaat niets uit tot iemand de editie hervat."),
    )


@moves.get("/hervatten")
@editors_only
def resume_page(number: int) -> str:
    """Asks when a held edition goes out after all."""
    return _resume_page(_edition(number), ResumeForm(formdata=None))


def _resume_page(edition: Edition, form: ResumeForm) -> str:
    now = services().clock()
    rules.resume(service.status_of(edition), sends_at=now, now=now)
    late = edition.mailing_id is None and rules.is_late(edition.sends_at, now)
    return render_template("editions/resume.html", edition=edition, form=form, late=late)


@moves.post("/hervatten")
@editors_only
def resume(number: int) -> Response | tuple[str, int]:
    """Let a held edition go on, at another moment if one is given."""
    form, user, now = ResumeForm(), signed_in(), services().clock()
    edition = _edition(number)
    sends_at = _asked_moment(form, edition.zone, now)
    if form.errors:
        return _resume_page(edition, form), 422
    return act(
        number,
        lambda session, edition: service.resume(session, edition, user, now, sends_at),
        _("De editie gaat weer verder."),
    )


def _asked_moment(form: ResumeForm, zone: str, now: datetime) -> datetime | None:
    """The moment that was filled in, or None; one that clocks skip or show twice becomes an error."""
    local = form.sends_at.data
    if not form.validate() or local is None:
        return None
    try:
        picked = local_moment(
            local.date(), local.time(), zone, int(form.fold.data) if form.fold.data else None
        )
    except NonexistentTime:
        text = _("Deze tijd bestaat niet op die dag: de klok gaat een uur vooruit. Kies een andere tijd.")
        form.sends_at.errors = [text]
    except AmbiguousTime:
        form.fold.errors = [_("Kies een van de twee.")]
    else:
        if picked > now:
            return picked
        form.sends_at.errors = [_("Dit moment is al voorbij.")]
    return None


@moves.get("/versturen")
@editors_only
def release_page(number: int) -> str:
    """Says how many readers an edition goes to before it does."""
    edition, session, now = _edition(number), db.session(), services().clock()
    items = items_in(edition)
    rules.release(service.status_of(edition), items=len(items))
    reached, names = reach(session, items, now, now - GOOD_FOR), service.missing_names(session, edition)
    waits = bool(service.missing_sign_offs(session, edition, content_hash(edition, items)))
    return render_template(
        "editions/release.html",
        edition=edition,
        reach=reached,
        goes_to=wording.goes_to(reached.reached),
        waits=waits,
        missing=wording.not_agreed(names) if waits else wording.goes_without(names, edition, now),
    )


@moves.post("/versturen")
@editors_only
def release_now(number: int) -> Response:
    """Release an edition now; doing it twice sends once."""
    user, now = signed_in(), services().clock()

    def use_case(session: Session, edition: Edition) -> None:
        release(session, services(), edition, user, now)

    return act(number, use_case, _("De editie is vrijgegeven. De brieven gaan nu de deur uit."))


@moves.get("/annuleren")
@editors_only
def cancel_page(number: int) -> str:
    """Asks before an edition is given up for good."""
    edition = _edition(number)
    rules.cancel(service.status_of(edition))
    return render_template(
        "editions/cancel.html", edition=edition, numbers=service.statement(db.session(), edition)
    )


@moves.post("/annuleren")
@editors_only
def cancel(number: int) -> Response:
    """Give an edition up; what had not gone out yet never does."""
    user, now = signed_in(), services().clock()
    if not run(number, lambda session, edition: service.hold_to_cancel(session, edition, user, now), key=""):
        return back_to(number)
    return act(
        number,
        lambda session, edition: service.cancel(session, edition, user, now),
        _("De editie is geannuleerd."),
    )
