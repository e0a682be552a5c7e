"""The claims screen, for communicators."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from newsletter_service.audience.service import segments
from newsletter_service.db import db, unit_of_work
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, roles_required, signed_in, staff_only
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.claims import service, wording
from newsletter_service.subscriptions.claims.forms import DecisionForm
from newsletter_service.subscriptions.claims.rules import parsed_place
from newsletter_service.subscriptions.claims.service import Narrowing
from newsletter_service.subscriptions.models import Membership
from newsletter_service.subscriptions.verification.rules import UNDO_WITHIN
from newsletter_service.subscriptions.verification.service import decline_claims, term, undo, verify_claims
from newsletter_service.web.asked import asked_words

claims = staff_only(Blueprint("claims", __name__, url_prefix="/redactie/functies"))
communicators_only = roles_required(Role.COMMUNICATOR)


@claims.get("")
@communicators_only
def show() -> str:
    """The claim that waits longest, with what speaks for it, and those that come after it."""
    session, now = db.session(), services().clock()
    narrowing, after = _narrowing(), parsed_place(request.args.get("na", ""))
    page = service.waiting(session, narrowing, after)
    first = page.claims[0] if page.claims else None
    return render_template(
        "claims/show.html",
        form=DecisionForm(formdata=None),
        number=service.number_waiting(session, narrowing),
        in_words=wording.number_in_words,
        first=wording.line(first, now) if first else None,
        evident=_evident(first, now) if first else None,
        lines=[wording.line(claim, now) for claim in page.claims[1:]],
        following=page.following,
        after=after,
        narrowing=narrowing,
        narrowed=_values(narrowing),
        segments=segments(session),
        undo=_undo(now),
        seen_at=_written(now),
        may_list=Role.ADMINISTRATOR in acting().roles,
    )


def _evident(claim: Membership, now: datetime) -> wording.Evident:
    session = db.session()
    there, decided_by = service.colleagues(session, claim), service.earlier_decider(session, claim)
    return wording.evident(claim, there, decided_by, now + term(session))


@claims.post("")
@communicators_only
def decide() -> Response:
    """Verify or decline the claims that were ticked, by the button that was pressed."""
    form, now = DecisionForm(), services().clock()
    chosen = form.claims if form.validate() and form.decides else []
    with unit_of_work() as session:
        found = _decided(session, form, chosen, now)
    if not found:
        flash(_("Er is niets gekozen dat nog wacht. Misschien was een collega u voor."), "warn")
        return redirect(url_for("claims.show", **_values(_narrowing())), 303)
    return redirect(url_for("claims.show", besloten=_written(now), **_values(_narrowing())), 303)


def _decided(
    session: Any, form: DecisionForm, chosen: list[tuple[int, int]], now: datetime
) -> list[Membership]:
    if form.declines:
        return decline_claims(session, chosen, form.reason.data, signed_in(), now, tell=form.tell.data)
    seen_at = _moment(request.form.get("gezien", ""))
    return verify_claims(session, chosen, signed_in(), now, seen_at=seen_at)


@claims.post("/ongedaan")
@communicators_only
def take_back() -> Response:
    """Take back what was decided a moment ago."""
    at, now = _moment(request.form.get("besloten", "")), services().clock()
    with unit_of_work() as session:
        number = len(undo(session, at, signed_in(), now)) if at is not None else 0
    if number:
        flash(
            ngettext(
                "Dat is teruggenomen. De functie wacht weer.",
                "Dat is teruggenomen. De functies wachten weer.",
                number,
            ),
            "ok",
        )
    else:
        flash(_("Er is niets meer terug te nemen: dat kan tien minuten lang, en één keer."), "warn")
    return redirect(url_for("claims.show", **_values(_narrowing())), 303)


def _undo(now: datetime) -> dict[str, str] | None:
    """What can still be taken back of what was decided on the page before this one."""
    at = _moment(request.args.get("besloten", ""))
    if at is None or now - at >= UNDO_WITHIN:
        return None
    found = list(service.decided(db.session(), signed_in(), at))
    return {"at": _written(at), "words": wording.done(found)} if found else None


def _narrowing() -> Narrowing:
    return Narrowing(asked_words("doelgroep") or None, asked_words("domein") or None)


def _values(narrowing: Narrowing) -> dict[str, Any]:
    """The narrowing, as addresses say it."""
    said = {"doelgroep": narrowing.segment, "domein": narrowing.domain}
    return {name: value for name, value in said.items() if value}


def _written(moment: datetime) -> str:
    """A moment as addresses and forms say it, to the microsecond and without a plus sign."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(typed: str) -> datetime | None:
    """A moment in UTC, as our own pages write it; None for anything else."""
    try:
        moment = datetime.fromisoformat(typed)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):  # the latter at either end of what a datetime holds
        return None
