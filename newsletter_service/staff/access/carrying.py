"""What somebody typed while their session ended: carried over the sign-in, in that one page and nowhere else.

Every form of a page for staff has a seal that says for whom the page was made. A POST that comes with one, but
without a session, is answered with a sign-in form that holds all of it in hidden fields. It goes on when that very
account signs in. Nobody else can make such a seal, so another site cannot have its own words carried in, and whoever
signs in as somebody else loses what is not theirs.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from newsletter_service.db import db
from newsletter_service.services import services
from newsletter_service.staff.access.door import Refused, knock
from newsletter_service.staff.access.forms import SignInForm
from newsletter_service.staff.access.seals import read_page
from newsletter_service.staff.models import User
from newsletter_service.staff.second_factor.forms import SecondFactorForm
from newsletter_service.staff.second_factor.halfway import who_is_halfway
from newsletter_service.staff.second_factor.step import take, what_to_ask
from newsletter_service.web.areas import is_staff_page
from newsletter_service.web.errors import http_page
from newsletter_service.web.headers import framed
from newsletter_service.web.locale import use_language
from newsletter_service.web.transactions import look_again

STAMP = "pagina-van"
_PREFIX = "inloggen-"
_MOST_FIELDS, _MOST_LETTERS = 500, 256 * 1024


@dataclass(frozen=True)
class Carried:
    """What was typed, field by field, and the fields in which a file was chosen, which has to be chosen again."""

    address: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]


def init_carrying(app: Flask) -> None:
    """Let no words be lost in `app` because a page's token is older than the session."""
    app.register_error_handler(CSRFError, _outdated)


def ask_to_sign_in() -> Any:
    """The answer to a request without a session: the sign-in page, or this very page with a sign-in form on it; in
    a frame, such as that of a preview, a word only.

    None if the form on this page came back filled in by whom the page was made for: then the request goes on.
    """
    if request.headers.get("Sec-Fetch-Dest") == "iframe":
        return framed(make_response(render_template("staff/signed_out.html"), 401))
    author = _author()
    if author is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else "/redactie/"
        return redirect(url_for("door.sign_in", next=back))
    form: SignInForm | SecondFactorForm = _form()
    if not form.is_sent():
        return _page(form, Refused(401, ""))
    refused = _tried(form) if form.validate() else Refused(401, "")
    if refused is not None:
        return _page(form, refused)
    if not current_user.is_authenticated:
        return _page(SecondFactorForm(prefix=_PREFIX, formdata=None), Refused(401, ""))
    return None if current_user.id == author else _of_somebody_else()


def _form() -> SignInForm | SecondFactorForm:
    """The form that came back: of either step, or of none, which begins with the first."""
    kind = SecondFactorForm if f"{_PREFIX}code" in request.form and who_is_halfway() else SignInForm
    sent = f"{_PREFIX}code" in request.form or f"{_PREFIX}email" in request.form
    return kind(prefix=_PREFIX, formdata=request.form if sent else None)


def _tried(form: SignInForm | SecondFactorForm) -> Refused | None:
    if isinstance(form, SignInForm):
        return knock(form)
    user = who_is_halfway()
    return take(form, user) if user is not None else Refused(401, "")


def _author() -> int | None:
    """For whom the page was made that this came from, if it says so."""
    if request.method != "POST":
        return None
    return read_page(services().keys, request.form.get(STAMP, ""), services().clock())


def _outdated(error: CSRFError) -> Any:
    """Who signed in again in another tab, or closed the browser in between, goes on from here."""
    author = _author() if is_staff_page() else None
    if author is None:
        return http_page(error)
    if not current_user.is_authenticated:
        return _page(SignInForm(prefix=_PREFIX, formdata=None), Refused(401, ""))
    return _page(None, Refused(409, "")) if current_user.id == author else http_page(error)


def _page(form: SignInForm | SecondFactorForm | None, refused: Refused) -> Any:
    carried = _carried()
    if carried is None:
        return http_page(RequestEntityTooLarge())  # not raised: this may itself be the answer to an error
    look_again()
    author = db.session().get(User, _author())
    if author is not None:
        use_language(author.language, just_chosen=True)
    if form is not None and refused.words:
        form.form_errors.append(refused.words)
    headers = {"Retry-After": str(refused.seconds)} if refused.seconds else {}
    halfway = who_is_halfway() if isinstance(form, SecondFactorForm) else None
    asked = what_to_ask(halfway.id) if halfway else ""
    page = render_template(
        "staff/carried.html", form=form, carried=carried, second=halfway is not None, asked=asked
    )
    return page, refused.status, headers


def _carried() -> Carried | None:
    """What came along; None if it is more than any page of ours holds."""
    names = ("email", "password", "code", "answer", "next")
    ours = {"csrf_token", *(f"{_PREFIX}{name}" for name in names)}
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in ours)
    if len(fields) > _MOST_FIELDS or sum(len(value) for _name, value in fields) > _MOST_LETTERS:
        return None
    files = tuple((name, file.filename or "") for name, file in request.files.items() if file.filename)
    return Carried(request.full_path.rstrip("?"), fields, files)


def _of_somebody_else() -> Response:
    flash(_("Wat op de vorige pagina was getypt, hoort bij een ander account. Het is niet bewaard."), "warn")
    return redirect(url_for("today.show"))
