"""One's own second factor: /redactie/mijn-account/tweede-stap. It is changed only shortly after signing in."""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import segno
from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.errors import Conflict
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, before_second_factor, signed_in, staff_only
from newsletter_service.staff.second_factor import service
from newsletter_service.staff.second_factor.challenges import new_challenge, take_challenge
from newsletter_service.staff.second_factor.codes import app_codes, new_recovery_codes
from newsletter_service.staff.second_factor.forms import AppForm, PasskeyForm
from newsletter_service.staff.second_factor.passkeys import NewKey, NotGenuine, ask_to_make, made
from newsletter_service.staff.second_factor.rules import is_fresh, needs_second_factor
from newsletter_service.staff.second_factor.step import party
from newsletter_service.web.site import site
from newsletter_service.web.transactions import look_again

second_factor = staff_only(
    Blueprint("second_factor", __name__, url_prefix="/redactie/mijn-account/tweede-stap")
)
_NEW_APP = "new-app"
P = ParamSpec("P")


def freshly_signed_in(view: Callable[P, Any]) -> Callable[P, Any]:
    """Ask who signed in a while ago to do so again: somebody else may sit here now."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if is_fresh(g.session_started_at, services().clock()):
            return view(*args, **kwargs)
        return render_template("accounts/sign_in_again.html"), 403

    return before_second_factor(guarded)


@second_factor.get("")
@before_second_factor
def show() -> str:
    """What one has for the second step, and what can be added."""
    user = signed_in()
    return render_template(
        "accounts/second_factor.html",
        user=user,
        passkeys=service.passkeys_of(db.session(), user.id),
        codes_left=service.codes_left(db.session(), user.id),
        has_any=service.has_any(db.session(), user.id),
        required=services().second_factor_required and needs_second_factor(acting()),
    )


@second_factor.get("/app")
@freshly_signed_in
def ask_app() -> str:
    """Shows what an app has to read."""
    return _app_page(AppForm(formdata=None))


@second_factor.post("/app")
@freshly_signed_in
def add_app() -> Any:
    """Gives oneself an app that makes codes, once it made a right one."""
    form, secret, now = AppForm(), session.get(_NEW_APP, ""), services().clock()
    codes = app_codes(services().suppression_key)
    counter = (
        codes.counter_of(secret, form.code.data or "", None, now) if secret and form.validate() else None
    )
    if counter is None:
        if not form.errors:
            form.code.errors = [_("Deze code klopt niet. Kijk of de klok van uw telefoon goed staat.")]
        return _app_page(form), 422
    session.pop(_NEW_APP)
    return _added(lambda work: service.add_app(work, signed_in(), secret, counter, now))


@second_factor.post("/app/weg")
@freshly_signed_in
def remove_app() -> Response:
    """Takes the app away."""
    with unit_of_work() as work:
        service.remove_app(work, signed_in(), services().clock())
    return _saved(_("De app is weggehaald."))


@second_factor.get("/passkey")
@freshly_signed_in
def ask_passkey() -> str:
    """Asks the browser for a passkey."""
    return _passkey_page(PasskeyForm(formdata=None))


@second_factor.post("/passkey")
@freshly_signed_in
def add_passkey() -> Any:
    """Gives oneself a passkey."""
    form, challenge, now = PasskeyForm(), take_challenge(), services().clock()
    if not form.validate():
        return _passkey_page(form), 422
    key = _made(form.answer.data or "", challenge)
    if key is None:
        return _passkey_page(form), 422
    name = form.name.data or ""
    try:
        return _added(lambda work: service.add_passkey(work, signed_in(), key, name, now))
    except Conflict:
        form.name.errors = [_("Deze passkey heeft u al.")]
        return _passkey_page(form), 409


@second_factor.post("/passkey/<int:number>/weg")
@freshly_signed_in
def remove_passkey(number: int) -> Response:
    """Takes one passkey away."""
    with unit_of_work() as work:
        service.remove_passkey(work, signed_in(), number, services().clock())
    return _saved(_("De passkey is weggehaald."))


@second_factor.post("/codes")
@freshly_signed_in
def new_codes() -> Any:
    """Gives oneself other recovery codes; those of before count no more."""
    if not service.has_any(db.session(), signed_in().id):
        return redirect(url_for("second_factor.show"), 303)
    codes = new_recovery_codes(services().suppression_key)
    with unit_of_work() as work:
        service.keep_codes(work, services().suppression_key, signed_in(), codes, services().clock())
    return _codes_page(codes)


def _made(answer: str, challenge: str | None) -> NewKey | None:
    try:
        return made(party(), answer, challenge) if challenge else None
    except NotGenuine:
        return None


def _added(add: Callable[[Any], object]) -> Any:
    """With the first of what somebody has come recovery codes."""
    key, now = services().suppression_key, services().clock()
    codes = new_recovery_codes(key)
    with unit_of_work() as work:
        add(work)
        first = not service.codes_left(work, signed_in().id)
        if first:
            service.keep_codes(work, key, signed_in(), codes, now)
    if first:
        return _codes_page(codes)
    return _saved(_("De tweede stap is bewaard."))


def _saved(words: str) -> Response:
    flash(words, "ok")
    return redirect(url_for("second_factor.show"), 303)


def _codes_page(codes: list[str]) -> str:
    look_again()
    return render_template("accounts/recovery_codes.html", codes=codes)


def _app_page(form: AppForm) -> str:
    codes = app_codes(services().suppression_key)
    if _NEW_APP not in session:
        session[_NEW_APP] = codes.generate_totp_secret()
    secret: str = session[_NEW_APP]
    form.code.data = ""
    return render_template(
        "accounts/app.html",
        form=form,
        picture=_picture(codes.address(secret, signed_in().email, site().name)),
        key=codes.get_totp_pretty_key(secret),
    )


def _picture(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=3, light="#fff"
    )
    return drawn.getvalue().decode()


def _passkey_page(form: PasskeyForm) -> str:
    user = signed_in()
    known = [one.credential_id for one in service.passkeys_of(db.session(), user.id)]
    handle = user.fs_uniquifier.encode()
    asked = ask_to_make(party(), site().name, handle, user.email, known, new_challenge())
    return render_template("accounts/passkey.html", form=form, asked=asked)
