"""The publishing calendar, for administrators."""

from collections.abc import Sequence
from enum import StrEnum

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.editions import service
from newsletter_service.editions.calendar.forms import CalendarForm, RecessForm
from newsletter_service.editions.calendar.rules import BadCalendar, Rhythm
from newsletter_service.editions.calendar.service import (
    CalendarChanged,
    add_recess,
    change_calendar,
    next_editions,
    recesses,
    remove_recess,
    settings_of,
)
from newsletter_service.editions.calendar.wording import HOLIDAYS, in_words
from newsletter_service.editions.models import Recess
from newsletter_service.services import services
from newsletter_service.staff.guards import roles_required, signed_in
from newsletter_service.staff.rules import Role
from newsletter_service.web.forms.conflicts import Clash, clashes_in
from newsletter_service.web.transactions import look_again

calendar = Blueprint("calendar", __name__, url_prefix="/kalender")
PERIOD = "period-"
administrators_only = roles_required(Role.ADMINISTRATOR)


class Shown(StrEnum):
    """By which calendar the page shows the next editions: the saved one, also where what was typed is `UNREADABLE`."""

    SAVED = "saved"
    TYPED = "typed"
    UNREADABLE = "unreadable"


@calendar.get("")
@administrators_only
def show() -> str:
    """The calendar as it is, and the next editions by it."""
    return _page(CalendarForm.of(service.calendar(db.session())), Shown.SAVED)


@calendar.post("")
@administrators_only
def save() -> Response | str | tuple[str, int]:
    """Save the calendar, or (button "bekijk") only show what it would mean."""
    form = CalendarForm()
    if not form.validate():
        return _page(form, Shown.UNREADABLE), 422
    user, now = signed_in(), services().clock()
    try:
        rhythm = form.settings().rhythm()
        if request.form.get("actie") == "bekijk":
            return _page(form, Shown.TYPED, rhythm)
        with unit_of_work() as session:
            change_calendar(session, form.settings(), form.began.data or "", user, now)
    except BadCalendar:
        form.closing_time.errors = [_("De kopij moet sluiten voordat de editie uitgaat.")]
        return _page(form, Shown.UNREADABLE), 422
    except CalendarChanged as conflict:
        return _changed_meanwhile(conflict), 409
    flash(_("De kalender is bewaard. De editie die nu kopij verzamelt, volgt hem meteen."), "ok")
    return redirect(url_for("editions.calendar.show"), 303)


@calendar.post("/periode")
@administrators_only
def add_period() -> Response | tuple[str, int]:
    """Write down a period in which fewer people read."""
    form = RecessForm(prefix=PERIOD)
    if not form.validate():
        look_again()
        return _page(CalendarForm.of(service.calendar(db.session())), Shown.SAVED, period=form), 422
    with unit_of_work() as session:
        recess = Recess()
        form.populate_obj(recess)
        add_recess(session, signed_in(), recess, services().clock())
    flash(_("De periode staat in de kalender."), "ok")
    return redirect(url_for("editions.calendar.show"), 303)


@calendar.post("/periode/<int:period_id>/weg")
@administrators_only
def remove_period(period_id: int) -> Response:
    """Take one off the calendar."""
    with unit_of_work() as session:
        name = remove_recess(session, signed_in(), period_id, services().clock())
    if name:
        flash(_("“%(name)s” staat niet meer in de kalender.", name=name), "ok")
    else:
        flash(_("Deze periode stond al niet meer in de kalender."), "warn")
    return redirect(url_for("editions.calendar.show"), 303)


def _changed_meanwhile(conflict: CalendarChanged) -> str:
    """What was typed, what stands, and the editions by what was typed, if that is a calendar at all."""
    saved = CalendarForm.on_top_of(conflict.theirs, conflict.theirs)
    form = CalendarForm.on_top_of(conflict.theirs, conflict.yours)
    clashes = clashes_in(saved, conflict.by)
    try:
        return _page(form, Shown.TYPED, conflict.yours.rhythm(), clashes)
    except BadCalendar:
        return _page(form, Shown.SAVED, clashes=clashes)


def _page(
    form: CalendarForm,
    shown: Shown,
    rhythm: Rhythm | None = None,
    clashes: Sequence[Clash] = (),
    period: RecessForm | None = None,
) -> str:
    session = db.session()
    by = rhythm or settings_of(service.calendar(session)).rhythm()
    return render_template(
        "editions/calendar.html",
        form=form,
        planned=next_editions(session, by, services().clock()),
        zone=by.zone,
        shown=shown,
        clashes=clashes,
        period=period or RecessForm(formdata=None, prefix=PERIOD),
        wrong=period,
        periods=recesses(session),
        holidays=HOLIDAYS,
        release_rule=in_words(service.calendar(session).release_rule),
    )
