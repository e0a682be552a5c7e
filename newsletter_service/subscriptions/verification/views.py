"""The page behind "I still work here" in a mail; looking at it changes nothing."""

from typing import Any

from flask import Blueprint, render_template

from newsletter_service.db import unit_of_work
from newsletter_service.links.tokens import Purpose
from newsletter_service.services import services
from newsletter_service.subscriptions.link_views import behind_links, subscriber_behind
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.verification.service import renew, renewable
from newsletter_service.subscriptions.verification.wording import checks

still_there = behind_links(Blueprint("still_there", __name__))


@still_there.get("/functie/<token>")
def ask(token: str) -> Any:
    """Asks to press the button, or says how things stand where there is nothing to renew."""
    return _page(subscriber_behind(Purpose.STILL_THERE, token), token)


@still_there.post("/functie/<token>")
def answer(token: str) -> Any:
    """Renews what its owner was asked about; a second time is as good as the first."""
    with unit_of_work() as session:
        subscriber = subscriber_behind(Purpose.STILL_THERE, token, to_change=True)
        renew(session, subscriber, services().clock())
        return _page(subscriber, token, done=True)


def _page(subscriber: Subscriber, token: str, *, done: bool = False) -> str:
    asked = [claim.segment_id for claim in renewable(subscriber)]
    return render_template(
        "readers/still_there.html", token=token, checks=checks(subscriber), asked=bool(asked), done=done
    )
