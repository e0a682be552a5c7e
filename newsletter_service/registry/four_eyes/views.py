"""Requests for a second person: what waits for whom, accepting and declining; and what needs one at all."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.audience.service import segments
from newsletter_service.db import db, unit_of_work
from newsletter_service.editions.calendar.service import release_settings, set_release_settings
from newsletter_service.registry.four_eyes import service as acts
from newsletter_service.registry.four_eyes.forms import FourEyesForm
from newsletter_service.registry.four_eyes.wording import what_it_does
from newsletter_service.services import services
from newsletter_service.staff.four_eyes import service, wording
from newsletter_service.staff.four_eyes.models import ActRequest
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.four_eyes.service import Overtaken
from newsletter_service.staff.guards import acting, roles_required, signed_in, staff_only
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.web.locale import language

four_eyes = staff_only(Blueprint("four_eyes", __name__, url_prefix="/redactie"))
administrators_only = roles_required(Role.ADMINISTRATOR)


@four_eyes.app_template_global()
def requests_for(act: str, **about: object) -> Sequence[tuple[ActRequest, str]]:
    """The open requests of an act that are about this, each with the names of whom it waits for."""
    session, now = db.session(), services().clock()
    found = service.open_requests(session, now, Act(act))
    mine = (one for one in found if about.items() <= one.what.items())
    return [(one, _whom(one)) for one in mine]


def _whom(one: ActRequest) -> str:
    return wording.names_of(service.second_persons(db.session(), one.act, one.asked_by))


@four_eyes.get("/verzoeken")
def index() -> str:
    """What waits for a second person, and what was decided last."""
    session, now = db.session(), services().clock()
    waiting = service.open_requests(session, now)
    return render_template(
        "four_eyes/index.html",
        waiting=waiting,
        decided=service.decided_requests(session),
        may_set=Role.ADMINISTRATOR in acting().roles,
        **_words(),
    )


def _words() -> dict[str, Any]:
    session = db.session()
    names = {one.slug: one.name(language()) for one in segments(session)}
    able = cache(partial(service.able, session))  # asked for once, however many requests of an act wait
    return {
        "act_name": wording.act_name,
        "states": wording.states(),
        "whom": lambda one: wording.names_of([user for user in able(one.act) if user.id != one.asked_by_id]),
        "what": lambda one: what_it_does(one, names),
    }


@four_eyes.get("/verzoeken/<int:number>")
def show(number: int) -> str:
    """One request: exactly what it does, and who decides."""
    session, now, user = db.session(), services().clock(), signed_in()
    one = service.numbered(session, number)
    return render_template(
        "four_eyes/show.html",
        one=one,
        is_open=one in service.open_requests(session, now),
        may_decide=service.may_decide(one, user, now),
        is_mine=one.asked_by_id == user.id,
        **_words(),
    )


@four_eyes.post("/verzoeken/<int:number>/goedkeuren")
def accept(number: int) -> Response:
    """Accept what was seen: it is done then, or may be done by whoever asked."""
    seen = request.form.get("gezien", "")
    return _decided(
        number,
        lambda user: acts.accept(db.session(), services(), number, seen, user, services().clock()),
        _("Goedgekeurd."),
    )


@four_eyes.post("/verzoeken/<int:number>/afwijzen")
def decline(number: int) -> Response:
    """Decline it: nothing is done."""
    return _decided(
        number,
        lambda user: service.decline(db.session(), services().links, number, user, services().clock()),
        _("Afgewezen. Er is niets gedaan."),
    )


@four_eyes.post("/verzoeken/<int:number>/intrekken")
def withdraw(number: int) -> Response:
    """Take a request of one's own back."""
    return _decided(
        number,
        lambda user: service.withdraw(db.session(), number, user, services().clock()),
        _("Ingetrokken."),
    )


def _decided(number: int, do: Callable[[User], object], said: str) -> Response:
    try:
        with unit_of_work():
            do(signed_in())
    except Overtaken:
        flash(_("Er is niets gedaan: dit verzoek is niet meer wat het was."), "warn")
    else:
        flash(said, "ok")
    return redirect(url_for("four_eyes.show", number=number), 303)


@four_eyes.get("/vier-ogen")
@administrators_only
def settings() -> str:
    """What needs a second person."""
    return _settings_page(_form())


@four_eyes.post("/vier-ogen")
@administrators_only
def save() -> Response | tuple[str, int]:
    """Set what does."""
    form = _form()
    if not form.validate():
        return _settings_page(form), 422
    user, now = signed_in(), services().clock()
    with unit_of_work() as session:
        service.set_needed(session, form.wanted(), user, now)
        set_release_settings(session, form.release(), user, now)
    flash(_("Bewaard."), "ok")
    return redirect(url_for("four_eyes.settings"), 303)


def _form() -> FourEyesForm:
    return FourEyesForm.of(service.settings(db.session()), release_settings(db.session()))


def _settings_page(form: FourEyesForm) -> str:
    return render_template("four_eyes/settings.html", form=form)
