"""Who stands behind the link that leads to a reader's page, for all pages that such links lead to."""

from typing import Any

from flask import Blueprint, render_template

from newsletter_service.db import db
from newsletter_service.delivery.suppressions import came_back
from newsletter_service.links.tokens import BadToken, ExpiredToken, Holder, Purpose
from newsletter_service.services import services
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.used_links.views import used_page
from newsletter_service.subscriptions.wording import why_it_came_back
from newsletter_service.web.locale import use_language

_OF_READERS = frozenset({Purpose.MANAGE, Purpose.UNSUBSCRIBE, Purpose.AGREE})
"""What links are for that only readers got: somebody who did not confirm has none."""


class DeadLink(Exception):
    """The link was genuine, but what it is about is over, or not that far yet."""

    def __init__(self, purpose: Purpose, holder: Holder) -> None:
        super().__init__(purpose)
        self.purpose, self.holder = purpose, holder


def behind_links(blueprint: Blueprint) -> Blueprint:
    """Let the pages of `blueprint` say so where their link leads nowhere (any more), or what it did before."""
    for kind in (BadToken, ExpiredToken, DeadLink):
        blueprint.register_error_handler(kind, _dead_link)
    return blueprint


def _dead_link(error: Exception) -> Any:
    used = used_page(error.purpose, error.holder) if isinstance(error, DeadLink) else None
    return used or (render_template("readers/dead_link.html"), 410)


def subscriber_behind(purpose: Purpose, token: str, *, to_change: bool = False) -> Subscriber:
    """The reader behind a link; the page speaks their language. BadToken, ExpiredToken or DeadLink."""
    holder = services().tokens.read(purpose, token, services().clock())
    subscriber = service.find_subscriber(db.session(), holder, to_change=to_change)
    unconfirmed = subscriber is not None and subscriber.status == Status.PENDING
    if subscriber is None or (unconfirmed and purpose in _OF_READERS):
        raise DeadLink(purpose, holder)
    use_language(subscriber.language)
    return subscriber


def is_lasting(token: str) -> bool:
    """Whether a link to the preferences stands in a letter, which others may have; else it was asked for by mail."""
    return services().tokens.read(Purpose.MANAGE, token, services().clock()).lasting


def asker_behind(token: str, *, to_change: bool = False) -> Subscriber | None:
    """Who asked by mail for the link to their own page, also if they left; None for a link of a letter."""
    subscriber = subscriber_behind(Purpose.MANAGE, token, to_change=to_change)
    return None if is_lasting(token) else subscriber


def owner_behind(token: str, *, to_change: bool = False) -> Subscriber | None:
    """The reader who asked by mail for a link; None for a link of a letter, and for who left."""
    subscriber = asker_behind(token, to_change=to_change)
    return subscriber if subscriber is not None and subscriber.status is Status.ACTIVE else None


def left_page(subscriber: Subscriber, token: str = "") -> str:
    """Says that this subscription is over; `token` is that of the link to leave, if it was that which led here."""
    undo = service.can_undo(db.session(), subscriber, services().clock())
    token = token or token_of(services().links.unsubscribe(subscriber.link_key))
    back = came_back(db.session(), subscriber.address_hmac)
    why = why_it_came_back(back.status) if back else ""
    return render_template("readers/left.html", undo_token=token if undo else None, came_back=back, why=why)


def token_of(address: str) -> str:
    """The token at the end of one of our links: links within the site stay on the host that was asked."""
    return address.rpartition("/")[2]
