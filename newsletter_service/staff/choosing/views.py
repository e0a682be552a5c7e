"""The pages of choosing a password: by invitation, and after losing one. Looking changes nothing."""

from math import ceil
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from newsletter_service.budgets.rules import network_of
from newsletter_service.db import db, unit_of_work
from newsletter_service.links.tokens import BadToken, ExpiredToken, Purpose
from newsletter_service.services import services
from newsletter_service.staff.access import passwords
from newsletter_service.staff.accounts.making import WeakPassword
from newsletter_service.staff.choosing import service
from newsletter_service.staff.choosing.forms import LostPasswordForm, NewPasswordForm
from newsletter_service.staff.choosing.hashing import hash_chosen
from newsletter_service.staff.models import User
from newsletter_service.staff.wording import WEAKNESSES
from newsletter_service.web.locale import use_language
from newsletter_service.web.transactions import look_again

choosing = Blueprint("choosing", __name__, url_prefix="/redactie")
PURPOSES = {"uitnodiging": Purpose.INVITED, "nieuw-wachtwoord": Purpose.LOST}


@choosing.errorhandler(BadToken)
@choosing.errorhandler(ExpiredToken)
def _dead_link(_error: Exception) -> Any:
    return render_template("staff/dead_link.html"), 410


@choosing.get("/wachtwoord-vergeten")
def lost() -> str:
    """Asks whose password is lost."""
    return render_template("staff/lost_password.html", form=LostPasswordForm(formdata=None))


@choosing.post("/wachtwoord-vergeten")
def ask() -> Any:
    """Mails the link; the answer is the same for every address."""
    form = LostPasswordForm()
    if not form.validate():
        return render_template("staff/lost_password.html", form=form), 422
    with unit_of_work() as work:
        network = network_of(request.remote_addr)
        waits = service.ask(work, services(), form.parsed, network, services().clock())
    if not waits:
        return redirect(url_for("choosing.asked"), 303)
    seconds = ceil(waits.total_seconds())
    form.form_errors.append(_too_often(ceil(seconds / 60)))
    return render_template("staff/lost_password.html", form=form), 429, {"Retry-After": str(seconds)}


@choosing.get("/wachtwoord-vergeten/onderweg")
def asked() -> str:
    """What follows on asking, whatever became of it."""
    return render_template("staff/lost_password_asked.html")


@choosing.get("/uitnodiging/<token>", defaults={"page": "uitnodiging"})
@choosing.get("/nieuw-wachtwoord/<token>", defaults={"page": "nieuw-wachtwoord"})
def show(page: str, token: str) -> str:
    """Asks for a new password."""
    return _page(page, token, _behind(page, token), NewPasswordForm(formdata=None))


@choosing.post("/uitnodiging/<token>", defaults={"page": "uitnodiging"})
@choosing.post("/nieuw-wachtwoord/<token>", defaults={"page": "nieuw-wachtwoord"})
def choose(page: str, token: str) -> Any:
    """Keeps the new password; from then on the link leads nowhere."""
    look_again()
    form, user = NewPasswordForm(), _behind(page, token)
    if not form.validate():
        return _page(page, token, user, form), 422
    try:
        hashed = hash_chosen(user, form.password.data or "")
    except WeakPassword as error:
        form.password.errors = [WEAKNESSES[error.weakness]]
        look_again()
        return _page(page, token, _behind(page, token), form), 422
    with unit_of_work() as work:
        service.choose(work, services(), _behind(page, token, to_change=True), hashed, services().clock())
    flash(_("Uw wachtwoord is gekozen. Log er nu mee in."), "ok")
    return redirect(url_for("door.sign_in"), 303)


@choosing.errorhandler(passwords.Busy)
def _busy(_error: Exception) -> Response:
    flash(_("Het is nu erg druk. Probeer het over een paar tellen nog eens."), "warn")
    return redirect(request.path, 303)


def _behind(page: str, token: str, *, to_change: bool = False) -> User:
    holder = services().tokens.read(PURPOSES[page], token, services().clock())
    user = service.behind(db.session(), holder, to_change=to_change)
    if user is None:
        raise BadToken
    use_language(user.language)
    return user


def _page(page: str, token: str, user: User, form: NewPasswordForm) -> str:
    by_provider = page == "uitnodiging" and services().identity_provider is not None
    return render_template(
        "staff/choose_password.html", page=page, token=token, user=user, form=form, by_provider=by_provider
    )


def _too_often(minutes: int) -> str:
    return ngettext(
        "Er is nu te vaak om een wachtwoord gevraagd. Probeer het over %(num)s minuut nog eens.",
        "Er is nu te vaak om een wachtwoord gevraagd. Probeer het over %(num)s minuten nog eens.",
        minutes,
    )
