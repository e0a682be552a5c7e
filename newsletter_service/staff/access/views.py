"""The door of the editorial office: /redactie/inloggen and /redactie/uitloggen."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from newsletter_service.db import read_only, unit_of_work
from newsletter_service.languages import DEFAULT_LANGUAGE
from newsletter_service.services import services
from newsletter_service.staff.access import service
from newsletter_service.staff.access.door import KEY, Refused, knock
from newsletter_service.staff.access.forms import SignInForm
from newsletter_service.web.locale import language

door = Blueprint("door", __name__, url_prefix="/redactie")


@door.get("/inloggen")
def sign_in() -> Any:
    """Asks for address and password; leads on who is in already."""
    form = SignInForm(formdata=None, next=request.args.get("next", ""))
    if current_user.is_authenticated:
        return redirect(form.leads_to())
    return _sign_in_page(form)


@door.post("/inloggen")
def sign_in_now() -> Any:
    """Lets somebody in, or says why not."""
    form = SignInForm()
    if not form.validate():
        return _refused(form, Refused(200, ""))
    refused = knock(form)
    if refused:
        return _refused(form, refused)
    inside = current_user.is_authenticated
    return redirect(form.leads_to() if inside else url_for("second_door.show", next=form.leads_to()))


@door.post("/uitloggen")
def sign_out() -> Response:
    """Ends the session, here and for anybody who has a copy of its cookie."""
    spoken = None if language() == DEFAULT_LANGUAGE else language()
    by_provider = current_user.is_authenticated and g.by_provider
    if KEY in session:
        with unit_of_work() as work:
            service.end(work, session[KEY], services().clock())
    session.clear()
    if by_provider:
        return redirect(url_for("single_sign_on.signed_out", taal=spoken))
    return redirect(url_for("door.sign_in", taal=spoken, next=request.form.get("next")))


def _refused(form: SignInForm, refused: Refused) -> Any:
    if refused.words:
        read_only()
        form.form_errors.append(refused.words)
    headers = {"Retry-After": str(refused.seconds)} if refused.seconds else {}
    return _sign_in_page(form), refused.status, headers


def _sign_in_page(form: SignInForm) -> str:
    return render_template(
        "staff/sign_in.html", form=form, by_provider=services().identity_provider is not None
    )
