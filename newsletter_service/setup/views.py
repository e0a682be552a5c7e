"""/opzetten: the page that sets the newsletter up, and what all other pages say until that is done."""

import logging

from flask import Blueprint, Flask, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from newsletter_service.budgets.rules import network_of
from newsletter_service.db import db, unit_of_work
from newsletter_service.keys.suppression_key import not_ready
from newsletter_service.publisher.service import is_set_up, not_set_up
from newsletter_service.services import services
from newsletter_service.setup.codes import CodeAnswer
from newsletter_service.setup.forms import SetupPage
from newsletter_service.setup.plans import Plan
from newsletter_service.setup.rules import BadPlan, read_plan
from newsletter_service.setup.service import AlreadySetUp, code_fits, new_code, set_up
from newsletter_service.staff.accounts.making import WeakPassword
from newsletter_service.staff.wording import WEAKNESSES
from newsletter_service.web.errors import plain_page
from newsletter_service.web.locale import language
from newsletter_service.web.transactions import WITHOUT_DATABASE

log = logging.getLogger(__name__)
setting_up = Blueprint("setting_up", __name__)
_THERE_BEFORE = WITHOUT_DATABASE | {"web.style_sheet", "setting_up.show", "setting_up.save"}


@setting_up.get("/opzetten")
def show() -> str:
    """Asks for all that a newsletter is set up with; gone once it is."""
    if is_set_up(db.session()):
        abort(404)
    return _page(SetupPage())


@setting_up.post("/opzetten")
def save() -> str | tuple[str, int]:
    """Set the newsletter up, or (button "meer") only show more rows."""
    if is_set_up(db.session()):
        abort(404)
    db.session.rollback()
    page = SetupPage()
    if request.form.get("actie") == "meer":
        return _page(page)
    answer = _code_answer(page.beginning.code.data or "")
    plan = _checked(page) if answer is CodeAnswer.FITS else None
    if answer is not CodeAnswer.FITS:
        page.beginning.code.errors = [_refused(answer)]
    if plan is None:
        return _page(page), 429 if answer is CodeAnswer.WAIT else 422
    return _set_up(page, plan)


def _code_answer(typed: str) -> CodeAnswer:
    network, secret_key = network_of(request.remote_addr), services().keys.current
    with unit_of_work() as session:
        return code_fits(session, typed, network, secret_key, services().clock())


def _refused(answer: CodeAnswer) -> str:
    if answer is CodeAnswer.WAIT:
        return _(
            "Er is te vaak een verkeerde code ingevuld. Wacht een paar minuten en probeer het dan nog eens."
        )
    return _(
        "Deze code klopt niet, of is ouder dan een uur. Een nieuwe krijgt u met: newsletter setup --code"
    )


def _checked(page: SetupPage) -> Plan | None:
    """The plan, if all of the page can be used; else it says what cannot."""
    readable = page.validate()
    try:
        plan = read_plan(page.data())
    except BadPlan as error:
        page.show(error.faults, language())
        return None
    return plan if readable else None


def _set_up(page: SetupPage, plan: Plan) -> str | tuple[str, int]:
    try:
        with unit_of_work() as session:
            set_up(session, plan, page.first.password.data or "", services().clock())
    except AlreadySetUp:
        abort(404)
    except WeakPassword as error:
        page.first.password.errors = [WEAKNESSES[error.weakness]]
        return _page(page), 422
    return render_template("setup/done.html", plan=plan)


def _page(page: SetupPage) -> str:
    return render_template("setup/show.html", form=page)


def init_setting_up(app: Flask) -> None:
    """Hold back the pages of `app` until the newsletter is set up, and say how to do that; looked at no more then."""
    settled: list[bool] = []

    def _wait_for_newsletter() -> tuple[str, int] | None:
        if settled or request.endpoint in _THERE_BEFORE:
            return None
        if not not_set_up(db.engine):
            settled.append(True)
            return None
        return plain_page(503, "errors/not_yet.html")

    # Behind the question whether there are tables, and before all else that looks at a request.
    app.before_request_funcs.setdefault(None, []).insert(1, _wait_for_newsletter)
    with app.app_context():
        _say_how()


def _say_how() -> None:
    """Let the terminal show a code, if the newsletter is not set up; a database that is away says so elsewhere."""
    try:
        if not_ready(db.engine, services().suppression_key) or not not_set_up(db.engine):
            return
        with unit_of_work() as session:
            code = new_code(session, services().clock())
    except OperationalError:
        return
    log.warning(
        "the newsletter is not set up yet: run `newsletter setup FILE`, or open %s/opzetten within an hour "
        "and type the code %s there",
        services().links.base_url,
        code,
    )
