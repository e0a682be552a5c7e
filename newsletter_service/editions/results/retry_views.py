"""Pages that ask before letters go out once more, or count as sent: all of a kind, or those that were ticked."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.db import db
from newsletter_service.delivery import reporting
from newsletter_service.delivery.reporting import Filter, Group
from newsletter_service.delivery.retrying import RETRIED
from newsletter_service.editions import rules
from newsletter_service.editions.corrections.service import released_of
from newsletter_service.editions.models import Edition
from newsletter_service.editions.responses import editors_only, run
from newsletter_service.editions.results import service
from newsletter_service.editions.results.filter import requested_filter
from newsletter_service.editions.results.service import Mailed
from newsletter_service.editions.rules import NotReleased
from newsletter_service.editions.service import edition_numbered, status_of
from newsletter_service.services import services
from newsletter_service.staff.guards import signed_in
from newsletter_service.staff.models import User
from newsletter_service.web.formatting import number_text

retries = Blueprint("retries", __name__, url_prefix="/edities/<int:number>")
Change = Callable[[Session, Mailed, Filter, User, datetime], int]


def _released(number: int) -> Edition:
    """An edition that has letters; NotReleased."""
    edition = edition_numbered(db.session(), number)
    if edition.mailing_id is None:
        raise NotReleased
    return edition


@retries.get("/opnieuw")
@editors_only
def retry_page(number: int) -> str:
    """Says how many letters would go out once more, before they do."""
    session = db.session()
    edition = _released(number)
    what = requested_filter(session, number, RETRIED)
    if what.mailed.correction is None:
        rules.retry(status_of(edition))
    return render_template(
        "editions/retry.html",
        edition=edition,
        what=what,
        again=service.again(session, what.mailed, what.which, services().clock()),
        corrected=what.mailed.correction is None and bool(released_of(session, edition)),
    )


@retries.post("/opnieuw")
@editors_only
def retry(number: int) -> Response:
    """Let letters go out once more."""
    letters = _change(number, RETRIED, service.retry)
    if letters is not None:
        flash(
            ngettext(
                "%(count)s brief gaat nog eens uit.",
                "%(count)s brieven gaan nog eens uit.",
                letters,
                count=number_text(letters),
            ),
            "ok",
        )
    return redirect(url_for("editions.show", number=number), 303)


@retries.get("/tel-als-verstuurd")
@editors_only
def count_page(number: int) -> str:
    """Says how many letters with an unknown outcome would count as sent."""
    session = db.session()
    _released(number)
    what = requested_filter(session, number, (Group.UNCERTAIN,))
    letters = reporting.number_of(session, what.mailed.mailing_id, what.which)
    return render_template(
        "editions/count_as_sent.html", edition=what.mailed.edition, what=what, letters=letters
    )


@retries.post("/tel-als-verstuurd")
@editors_only
def count_as_sent(number: int) -> Response:
    """Believe that letters with an unknown outcome arrived."""
    letters = _change(number, (Group.UNCERTAIN,), service.count_as_sent)
    if letters is not None:
        flash(
            ngettext(
                "%(count)s brief telt nu als verstuurd.",
                "%(count)s brieven tellen nu als verstuurd.",
                letters,
                count=number_text(letters),
            ),
            "ok",
        )
    return redirect(url_for("editions.show", number=number), 303)


def _change(number: int, among: tuple[str, ...], change: Change) -> int | None:
    """Change the requested letters; returns their number, or None if a conflict was shown instead."""
    user, now = signed_in(), services().clock()
    done: list[int] = []

    def use_case(session: Session, _edition: Edition) -> None:
        what = requested_filter(session, number, among)
        done.append(change(session, what.mailed, what.which, user, now))

    return done[0] if run(number, use_case) else None
