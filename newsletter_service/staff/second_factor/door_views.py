"""The second step of signing in: /redactie/inloggen/tweede-stap."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from newsletter_service.staff.access.door import Refused
from newsletter_service.staff.access.forms import inside
from newsletter_service.staff.models import User
from newsletter_service.staff.second_factor.forms import SecondFactorForm
from newsletter_service.staff.second_factor.halfway import who_is_halfway
from newsletter_service.staff.second_factor.step import take as take_step
from newsletter_service.staff.second_factor.step import what_to_ask
from newsletter_service.web.locale import use_language
from newsletter_service.web.transactions import look_again

second_door = Blueprint("second_door", __name__, url_prefix="/redactie/inloggen/tweede-stap")


@second_door.get("")
def show() -> Any:
    """Asks for a passkey or a code, of who gave the right password a moment ago."""
    user = who_is_halfway()
    if user is None:
        return redirect(url_for("door.sign_in", next=request.args.get("next")))
    return _page(SecondFactorForm(formdata=None, next=request.args.get("next", "")), user)


@second_door.post("")
def take() -> Any:
    """Lets somebody in, or says why not."""
    form, user = SecondFactorForm(), who_is_halfway()
    if user is None:
        return redirect(url_for("door.sign_in", next=form.next.data), 303)
    if not form.validate():
        return _page(form, user), 422
    refused = take_step(form, user)
    if refused is None:
        return redirect(inside(form.next.data), 303)
    return _refused(form, refused)


def _refused(form: SecondFactorForm, refused: Refused) -> Any:
    form.code.errors = [refused.words]
    look_again()
    user = who_is_halfway()
    if user is None:
        return redirect(url_for("door.sign_in"), 303)
    headers = {"Retry-After": str(refused.seconds)} if refused.seconds else {}
    return _page(form, user), refused.status, headers


def _page(form: SecondFactorForm, user: User) -> str:
    use_language(user.language)
    form.code.data = ""
    return render_template("staff/second_factor.html", form=form, asked=what_to_ask(user.id))
