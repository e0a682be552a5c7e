"""Takes the second step of signing in, or says why not: between two short transactions, and in none."""

from datetime import datetime, timedelta
from math import ceil

from flask_babel import gettext as _
from flask_babel import ngettext

from newsletter_service.db import db, unit_of_work
from newsletter_service.services import services
from newsletter_service.staff.access.door import Refused, come_in
from newsletter_service.staff.models import User
from newsletter_service.staff.second_factor import service
from newsletter_service.staff.second_factor.challenges import new_challenge, take_challenge
from newsletter_service.staff.second_factor.codes import app_codes
from newsletter_service.staff.second_factor.forms import SecondFactorForm
from newsletter_service.staff.second_factor.passkeys import NotGenuine, OldKey, Party, ask_to_use, used
from newsletter_service.web.transactions import look_again


def party() -> Party:
    """For whom passkeys are here."""
    return Party.of(services().links.base_url)


def what_to_ask(user_id: int) -> str:
    """Returns what a browser is asked to do with a passkey, as JSON; empty for who has none."""
    known = [one.credential_id for one in service.passkeys_of(db.session(), user_id)]
    return ask_to_use(party(), known, new_challenge()) if known else ""


def take(form: SecondFactorForm, user: User) -> Refused | None:
    """Let in whose code or passkey is right, or say why not; `user` is halfway."""
    now, secret_key, user_id = services().clock(), services().keys.current, user.id
    db.session.rollback()
    with unit_of_work() as work:
        waits = service.charge(work, user_id, secret_key, now)
    if waits:
        return _slow_down(waits)
    typed, answer = form.code.data or "", form.answer.data or ""
    right = _by_passkey(user_id, answer, now) if answer else _by_code(user_id, typed, now)
    with unit_of_work() as work:
        if right:
            service.forgive(work, user_id, secret_key, now)
        else:
            service.fail(work, user_id, now)
    if not right:
        return Refused(422, _wrong(by_passkey=bool(answer)))
    look_again()
    come_in(db.session.get_one(User, user_id), now)
    return None


def _by_code(user_id: int, typed: str, now: datetime) -> bool:
    look_again()
    user = db.session.get_one(User, user_id)
    secret, last = user.totp_secret, user.totp_counter
    db.session.rollback()
    counter = app_codes(services().suppression_key).counter_of(secret, typed, last, now) if secret else None
    with unit_of_work() as work:
        if counter is not None and secret is not None:
            return service.use_app(work, user_id, secret, counter)
        return service.use_recovery_code(work, services().suppression_key, user_id, typed, now)


def _by_passkey(user_id: int, answer: str, now: datetime) -> bool:
    challenge = take_challenge()
    look_again()
    known = [
        OldKey(one.credential_id, one.public_key, one.sign_count)
        for one in service.passkeys_of(db.session(), user_id)
    ]
    db.session.rollback()
    if challenge is None:
        return False
    try:
        key = used(party(), answer, challenge, known)
    except NotGenuine:
        return False
    with unit_of_work() as work:
        return service.use_passkey(work, user_id, key, challenge, now)


def _slow_down(waits: timedelta) -> Refused:
    seconds = ceil(waits.total_seconds())
    words = ngettext(
        "Er is te vaak een verkeerde code ingevuld. Wacht %(num)s minuut en probeer het dan nog eens.",
        "Er is te vaak een verkeerde code ingevuld. Wacht %(num)s minuten en probeer het dan nog eens.",
        ceil(seconds / 60),
    )
    return Refused(429, words, seconds)


def _wrong(*, by_passkey: bool) -> str:
    if by_passkey:
        return _("Deze passkey werkte niet. Probeer het nog eens.")
    return _("Deze code klopt niet, of is al gebruikt. Wacht op de volgende code en probeer het nog eens.")
