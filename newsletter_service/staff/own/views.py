"""Everybody's own account: /redactie/mijn-account."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.services import services
from newsletter_service.staff.access import passwords
from newsletter_service.staff.access.door import KEY, check_password_of
from newsletter_service.staff.access.service import is_of, sessions_of
from newsletter_service.staff.accounts.making import WeakPassword
from newsletter_service.staff.choosing import service as choosing
from newsletter_service.staff.choosing.hashing import hash_chosen
from newsletter_service.staff.guards import signed_in, staff_only
from newsletter_service.staff.own import service
from newsletter_service.staff.own.forms import DetailsForm, NoticesForm, PasswordForm
from newsletter_service.staff.second_factor.service import has_any
from newsletter_service.staff.wording import ROLES, WEAKNESSES
from newsletter_service.web.forms.fields import Form
from newsletter_service.web.transactions import look_again

own_account = staff_only(Blueprint("own_account", __name__, url_prefix="/redactie/mijn-account"))


@own_account.get("")
def show() -> str:
    """One's own account."""
    return _page()


@own_account.post("")
def describe() -> Any:
    """Gives oneself another name or language."""
    form = DetailsForm()
    if not form.validate():
        return _again(details=form)
    with unit_of_work() as work:
        service.describe(work, signed_in(), form.name.data or "", form.language.data, services().clock())
    return _saved(_("De wijziging is bewaard."))


@own_account.post("/wachtwoord")
def change_password() -> Any:
    """Gives oneself another password; asks for the one of today, for somebody else may sit here now."""
    form = PasswordForm()
    if not form.validate():
        return _again(password=form)
    refused = check_password_of(signed_in(), form.current.data or "")
    if refused is not None:
        form.current.errors = [refused.words]
        return _again(refused.status, password=form)
    try:
        hashed = hash_chosen(signed_in(), form.password.data or "")
    except WeakPassword as error:
        form.password.errors = [WEAKNESSES[error.weakness]]
        return _again(password=form)
    with unit_of_work() as work:
        choosing.change(work, services(), signed_in(), hashed, session[KEY], services().clock())
    return _saved(_("Uw wachtwoord is gewijzigd. Op andere apparaten bent u uitgelogd."))


@own_account.post("/meldingen")
def choose_notices() -> Any:
    """Which notices one gets."""
    form = NoticesForm().offer(signed_in())
    if not form.validate():
        return _again(notices=form)
    with unit_of_work() as work:
        service.choose_notices(work, signed_in(), form.wanted.data or (), services().clock())
    return _saved(_("De wijziging is bewaard."))


@own_account.post("/agenda")
def follow() -> Response:
    """Gives oneself a link by which an agenda follows the calendar; another one if there is one."""
    with unit_of_work() as work:
        service.follow(work, signed_in(), services().clock())
    return _saved(_("De agendalink staat hieronder. Voeg hem toe in uw agenda, bij agenda's van internet."))


@own_account.post("/agenda/weg")
def stop_following() -> Response:
    """Takes that link away."""
    with unit_of_work() as work:
        service.stop_following(work, signed_in(), services().clock())
    return _saved(_("De agendalink werkt niet meer."))


@own_account.post("/uitloggen")
def sign_out_others() -> Response:
    """Ends one's other sessions."""
    with unit_of_work() as work:
        ended = service.sign_out_others(work, signed_in(), session[KEY], services().clock())
    return _saved(
        ngettext(
            "U bent op %(num)s ander apparaat uitgelogd.",
            "U bent op %(num)s andere apparaten uitgelogd.",
            ended,
        )
    )


@own_account.errorhandler(passwords.Busy)
def _busy(_error: Exception) -> Response:
    return _saved(_("Het is nu erg druk. Probeer het over een paar tellen nog eens."), "warn")


def _saved(words: str, kind: str = "ok") -> Response:
    flash(words, kind)
    return redirect(url_for("own_account.show"), 303)


def _again(status: int = 422, **form: Any) -> tuple[str, int]:
    look_again()
    return _page(**form), status


def _page(
    details: DetailsForm | None = None,
    password: PasswordForm | None = None,
    notices: NoticesForm | None = None,
) -> str:
    user, now = signed_in(), services().clock()
    offered = service.offered(user)
    wanted = [kind for kind in offered if kind not in user.muted]
    forms: dict[str, Form] = {
        "details": details or DetailsForm(formdata=None, name=user.name, language=user.language),
        "password": password or PasswordForm(formdata=None),
        "notices": notices or NoticesForm(formdata=None, wanted=wanted).offer(user),
    }
    return render_template(
        "accounts/own.html",
        **forms,
        wrong=details or password or notices,
        user=user,
        roles=ROLES,
        offered=offered,
        agenda_link=services().links.agenda(user.agenda_key) if user.agenda_key else "",
        has_second_factor=has_any(db.session(), user.id),
        sessions=[(one, is_of(one, session[KEY])) for one in sessions_of(db.session(), user, now)],
    )
