"""Lets somebody in, or says why not: the order in which budget, password and session are dealt with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from secrets import token_hex

from flask import after_this_request, current_app, g, request, session
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_user
from werkzeug.wrappers import Response

from newsletter_service.budgets.rules import network_of
from newsletter_service.db import db, read_only, unit_of_work
from newsletter_service.services import services
from newsletter_service.staff.access import passwords, service
from newsletter_service.staff.access.forms import SignInForm
from newsletter_service.staff.access.rules import KNOWN_BROWSER, browser_name
from newsletter_service.staff.access.seals import browser_seal, read_browser
from newsletter_service.staff.access.service import Account, Attempt
from newsletter_service.staff.models import User
from newsletter_service.staff.second_factor.halfway import go_halfway
from newsletter_service.staff.second_factor.service import has_any
from newsletter_service.web.transactions import look_again

KEY, ACTIVE_AT = "_user_id", "active_at"
"""What the session's cookie holds: the session's key (where Flask-Login looks for it), and the last act."""
_BROWSER_COOKIE = "redactie-bekend"
_BUSY_SECONDS = 2
_PATIENCE_SECONDS = 3
"""How long a browser that is known waits for its turn: strangers are sent away immediately, and hold no thread."""


@dataclass(frozen=True)
class Refused:
    """Why somebody stays outside; `seconds` says when to try again, if not immediately."""

    status: int
    words: str
    seconds: int = 0


def knock(form: SignInForm) -> Refused | None:
    """Let in the person who filled in `form` (it is valid), or halfway if they have a second factor; or say why not.

    The password is verified between two short transactions and in none, so nobody waits for it but who typed it.
    """
    look_again()
    attempt, secret_key, now = _attempt(form.email.data or ""), services().keys.current, services().clock()
    account = service.account_behind(db.session(), attempt.email)
    waits = service.wait(db.session(), attempt, account, secret_key, now)
    has_second_factor = has_any(db.session(), account.user_id or service.NOBODY)
    db.session.rollback()
    refused = _slow_down(waits) if waits else _verified(attempt, account, form.password.data or "", now)
    if refused is None and has_second_factor:
        _forgive(attempt, account, now)
        go_halfway(account, now)
    elif refused is None:
        with unit_of_work() as work:
            key = service.begin(work, attempt, account, services().keys.current, now)
        _remember_session(key, account.user_id, now)
    return refused


def come_in(user: User, now: datetime, provider_session: str | None = None) -> None:
    """Let in who took the second step too, or who signed in at the identity provider, in a session of theirs there."""
    attempt, user_id = _attempt(user.email), user.id
    db.session.rollback()
    with unit_of_work() as work:
        key = service.let_in(work, attempt, work.get_one(User, user_id), now, provider_session)
    _remember_session(key, user_id, now)


def check_password_of(user: User, typed: str) -> Refused | None:
    """Say why somebody who is signed in may not go on, if `typed` is not their password; else None."""
    attempt, now = _attempt(user.email), services().clock()
    account = Account(user.id, user.password)
    db.session.rollback()
    refused = _verified(attempt, account, typed, now)
    if refused is None:
        _forgive(attempt, account, now)
        return None
    return refused if refused.seconds else Refused(422, _("Dit is niet uw wachtwoord van nu."))


def _attempt(email: str) -> Attempt:
    cookie = read_browser(services().keys, request.cookies.get(_BROWSER_COOKIE, ""))
    seen_as = browser_name(request.headers.get("User-Agent", ""))
    return Attempt(email, network_of(request.remote_addr), cookie, seen_as)


def _verified(attempt: Attempt, account: Account, typed: str, now: datetime) -> Refused | None:
    secret_key = services().keys.current
    try:
        with passwords.slot(_PATIENCE_SECONDS if service.is_known(attempt, account) else 0):
            with unit_of_work() as work:
                waits = service.charge(work, attempt, account, secret_key, now)
            if waits:
                return _slow_down(waits)
            right = passwords.matches(typed, account.password_hash)
            renewed = passwords.renewed(typed, account.password_hash or "") if right else None
    except passwords.Busy:
        return Refused(
            503, _("Er loggen nu veel mensen in. Probeer het over een paar tellen nog eens."), _BUSY_SECONDS
        )
    if renewed is not None:
        with unit_of_work() as work:
            service.renew(work, account, renewed)
    if right:
        return None
    with unit_of_work() as work:
        service.refuse(work, attempt, account, secret_key, now)
    return Refused(200, _("Dit e-mailadres en wachtwoord horen niet bij elkaar. Probeer het nog eens."))


def _slow_down(waits: timedelta) -> Refused:
    seconds = ceil(waits.total_seconds())
    words = ngettext(
        "Er is te vaak een verkeerd wachtwoord ingevuld. Wacht %(num)s seconde en probeer het dan nog eens.",
        "Er is te vaak een verkeerd wachtwoord ingevuld. Wacht %(num)s seconden en probeer het dan nog eens.",
        seconds,
    )
    return Refused(429, words, seconds)


def _forgive(attempt: Attempt, account: Account, now: datetime) -> None:
    with unit_of_work() as work:
        service.forgive(work, attempt, account, services().keys.current, now)


def _remember_session(key: str, user_id: int | None, now: datetime) -> None:
    """Begin a session of its own: nothing of the one before, not even its token, goes on in it."""
    read_only()
    user = db.session.get_one(User, user_id)
    session.clear()
    login_user(user, force=True)
    session.pop("_id")  # a hash of the client's address, which nobody needs
    session.update({KEY: key, ACTIVE_AT: int(now.timestamp())})
    g.pop("csrf_token", None)
    g.session_started_at, g.by_provider = now, False
    _remember_browser(user.id)
    db.session.rollback()  # what follows on this, perhaps what was typed before, writes in a transaction of its own


def _remember_browser(user_id: int) -> None:
    value = browser_seal(services().keys, user_id, token_hex(8))

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            _BROWSER_COOKIE,
            value,
            max_age=KNOWN_BROWSER,
            path="/redactie",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response
