"""Signing in by the organisation's identity provider: away to it, and back with a code that is good once."""

import logging
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.budgets.rules import network_of
from newsletter_service.db import db, unit_of_work
from newsletter_service.identity_provider import IdentityProvider
from newsletter_service.links.tokens import BadToken, ExpiredToken, Purpose
from newsletter_service.services import services
from newsletter_service.staff.access.door import come_in
from newsletter_service.staff.access.forms import inside
from newsletter_service.staff.choosing.service import behind
from newsletter_service.staff.models import User
from newsletter_service.staff.single_sign_on import service
from newsletter_service.staff.single_sign_on.provider import (
    Question,
    SignOnFailed,
    answered,
    ask,
    sign_out_address,
    signed_off,
)
from newsletter_service.web.transactions import look_again

single_sign_on = Blueprint("single_sign_on", __name__, url_prefix="/redactie/inloggen/organisatie")
log = logging.getLogger(__name__)
_UNSTORED = {"Cache-Control": "no-store"}
_QUESTION, _NEXT, _INVITATION = "question", "question-next", "question-invitation"


@single_sign_on.get("")
def leave() -> Response:
    """Sends somebody to the provider; a link and no form, for a form may lead nowhere but to our own pages."""
    provider = _provider()
    db.session.rollback()
    try:
        question = ask(provider, _back(), services().clock())
    except SignOnFailed as error:
        return _stay_outside(str(error))
    session[_QUESTION] = list(question)
    session[_NEXT] = request.args.get("next", "")
    session[_INVITATION] = request.args.get("uitnodiging", "")
    return redirect(question.url)


@single_sign_on.get("/terug")
def come_back() -> Any:
    """Lets somebody in who comes back with a code; it is looked at only in the browser that asked, and once.

    The one GET that changes something: the protocol has no other way. Who follows its address without the question in
    their own cookie changes nothing.
    """
    provider, now = _provider(), services().clock()
    kept, state = session.pop(_QUESTION, None), request.args.get("state", "")
    if kept is None or not state or Question(*kept).state != state:
        return _stay_outside("an answer to no question")
    db.session.rollback()
    network, secret_key = network_of(request.remote_addr), services().keys.current
    with unit_of_work() as work:
        waits = service.charge(work, network, secret_key, now)
    if waits:
        return _stay_outside("too many answers that were wrong from one network")
    try:
        identity = answered(provider, _back(), request.args.get("code", ""), Question(*kept), now)
    except SignOnFailed as error:
        with unit_of_work() as work:
            service.refuse(work, None, now)
        return _stay_outside(str(error))
    with unit_of_work() as work:
        user = service.admit(work, identity, provider.groups, _invited(), now)
        user_id = user.id if user else None
        if user is not None:
            service.forgive(work, network, secret_key, now)
    if user_id is None:
        look_again()
        return render_template("staff/not_known.html"), 403
    leads_to = inside(session.pop(_NEXT, ""))
    look_again()
    come_in(db.session.get_one(User, user_id), now, identity.session_mark)
    return redirect(leads_to)


@single_sign_on.post("/afgemeld")
def told_of_sign_off() -> tuple[str, int, dict[str, str]]:
    """Ends sessions of whom the provider says it signed out (back-channel logout).

    The provider's own server sends it, without a cookie: the signed token is all there is to go by.
    """
    provider, now = _provider(), services().clock()
    network, secret_key = network_of(request.remote_addr), services().keys.current
    with unit_of_work() as work:
        waits = service.charge(work, network, secret_key, now)
    if waits:
        return "", 429, _UNSTORED
    try:
        told = signed_off(provider, request.form.get("logout_token", ""), now)
    except SignOnFailed as error:
        log.warning("sign-out by the provider: %s", error)
        return "", 400, _UNSTORED
    with unit_of_work() as work:
        service.forgive(work, network, secret_key, now)
        is_news = service.sign_off(work, told, secret_key, now)
    return "", 200 if is_news else 400, _UNSTORED


@single_sign_on.get("/uitgelogd")
def signed_out() -> str:
    """Says that one is signed out here, and where to do so at the provider too."""
    provider = _provider()
    db.session.rollback()
    try:
        address = sign_out_address(provider, services().links.staff("inloggen"), services().clock())
    except SignOnFailed:
        address = ""
    look_again()
    return render_template("staff/signed_out_of_provider.html", address=address)


def _provider() -> IdentityProvider:
    provider = services().identity_provider
    if provider is None:
        abort(404)
    return provider


def _back() -> str:
    return services().links.staff("inloggen/organisatie/terug")


def _invited() -> User | None:
    """Whose invitation led to the provider, if one did."""
    try:
        holder = services().tokens.read(Purpose.INVITED, session.pop(_INVITATION, ""), services().clock())
    except (BadToken, ExpiredToken):
        return None
    return behind(db.session(), holder, to_change=True)


def _stay_outside(why: str) -> Response:
    log.warning("single sign-on: %s", why)
    flash(
        _("Inloggen via uw organisatie lukte niet. Probeer het nog eens, of vraag uw beheerder om hulp."),
        "error",
    )
    return redirect(url_for("door.sign_in"))
