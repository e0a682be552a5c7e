"""Who stands behind the link that leads to a reader's page, for all pages that such links lead to."""

from typing import Any

from flask import Blueprint, render_template

from newsletter_service.db import db
from newsletter_service.links.tokens import BadToken, ExpiredToken, Purpose
from newsletter_service.services import services
from newsletter_service.subscriptions.finding.service import find_subscriber
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from newsletter_service.web.locale import use_language


class DeadLink(Exception):
    """The link was genuine, but the subscription it is about is over, or not that far yet."""


def behind_links(blueprint: Blueprint) -> Blueprint:
    """Let the pages of `blueprint` say so where their link leads nowhere (any more)."""
    for kind in (BadToken, ExpiredToken, DeadLink):
        blueprint.register_error_handler(kind, _dead_link)
    return blueprint


def _dead_link(_error: Exception) -> Any:
    return render_template("readers/dead_link.html"), 410


def subscriber_behind(purpose: Purpose, token: str, *, to_change: bool = False) -> Subscriber:
    """The reader behind a link; the page speaks their language. BadToken, ExpiredToken or DeadLink."""
    holder = services().tokens.read(purpose, token, services().clock())
    subscriber = find_subscriber(db.session(), holder, to_change=to_change)
    unconfirmed = subscriber is not None and subscriber.status == Status.PENDING
    if subscriber is None or (unconfirmed and purpose in (Purpose.MANAGE, Purpose.UNSUBSCRIBE)):
        raise DeadLink
    use_language(subscriber.language)
    return subscriber


def is_lasting(token: str) -> bool:
    """Whether a link to the preferences stands in a letter, which others may have; else it was asked for by mail."""
    return services().tokens.read(Purpose.MANAGE, token, services().clock()).lasting


def owner_behind(token: str, *, to_change: bool = False) -> Subscriber | None:
    """The reader behind a link that was asked for by mail; None for a link of a letter, and for who left."""
    subscriber = subscriber_behind(Purpose.MANAGE, token, to_change=to_change)
    return None if is_lasting(token) or subscriber.status != Status.ACTIVE else subscriber
