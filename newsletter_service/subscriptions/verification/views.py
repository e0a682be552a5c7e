"""The page behind "I still work here" in a mail; looking at it changes nothing."""

from typing import Any

from flask import Blueprint, render_template

from newsletter_service.db import db, unit_of_work
from newsletter_service.links.tokens import BadToken, ExpiredToken, Purpose
from newsletter_service.services import services
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.service import find_subscriber
from newsletter_service.subscriptions.verification.service import renew, renewable
from newsletter_service.subscriptions.verification.wording import checks
from newsletter_service.web.locale import use_language

still_there = Blueprint("still_there", __name__)


@still_there.get("/functie/<token>")
def ask(token: str) -> Any:
    """Asks to press the button, or says how things stand where there is nothing to renew."""
    return _page(_subscriber(token), token)


@still_there.post("/functie/<token>")
def answer(token: str) -> Any:
    """Renews what its owner was asked about; a second time is as good as the first."""
    with unit_of_work() as session:
        subscriber = _subscriber(token, to_change=True)
        renew(session, subscriber, services().clock())
        return _page(subscriber, token, done=True)


@still_there.errorhandler(BadToken)
@still_there.errorhandler(ExpiredToken)
def _dead_link(_error: Exception) -> Any:
    return render_template("readers/dead_link.html"), 410


def _page(subscriber: Subscriber, token: str, *, done: bool = False) -> str:
    asked = [claim.segment_id for claim in renewable(subscriber)]
    return render_template(
        "readers/still_there.html", token=token, checks=checks(subscriber), asked=bool(asked), done=done
    )


def _subscriber(token: str, *, to_change: bool = False) -> Subscriber:
    holder = services().tokens.read(Purpose.STILL_THERE, token, services().clock())
    subscriber = find_subscriber(db.session(), holder, to_change=to_change)
    if subscriber is None:
        raise BadToken
    use_language(subscriber.language)
    return subscriber
