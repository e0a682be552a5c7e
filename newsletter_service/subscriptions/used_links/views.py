"""The pages that a link leads to once it did its work: the same as the press showed that did it."""

from flask import render_template

from newsletter_service.db import db
from newsletter_service.delivery.suppressions import is_suppressed
from newsletter_service.links.tokens import Holder, Purpose
from newsletter_service.links.urls import MANAGE_WITHIN
from newsletter_service.services import services
from newsletter_service.subscriptions.service import find_subscriber
from newsletter_service.subscriptions.used_links.models import UsedLink
from newsletter_service.subscriptions.used_links.rules import Outcome
from newsletter_service.subscriptions.used_links.service import what_became_of
from newsletter_service.web.locale import use_language


def used_page(purpose: Purpose, holder: Holder) -> str | None:
    """What became of a link that leads nowhere any more, as long as it is still so; None for any other."""
    used = what_became_of(db.session(), purpose, holder, services().clock())
    if used is None:
        return None
    if used.read_in is not None:
        use_language(used.read_in)
    return _page(used, purpose)


def _page(used: UsedLink, purpose: Purpose) -> str | None:
    match used.outcome:
        case Outcome.MOVED:
            fresh = services().clock() < used.at + MANAGE_WITHIN
            return moved_page(used.leads_to if fresh and purpose is Purpose.NEW_ADDRESS else "")
        case Outcome.NOT_MOVED | Outcome.REFUSED:
            return render_template("readers/address_stays.html", refused=used.outcome is Outcome.REFUSED)
        case Outcome.ERASED:
            return render_template("readers/erased.html")
    never = is_suppressed(db.session(), used.leads_to)
    if never is not (used.outcome is Outcome.NEVER):
        return None
    return render_template("readers/not_me.html" if never else "readers/allow.html", done=True)


def moved_page(key: str) -> str:
    """Says that a reader moved; with the way to their preferences if `key` is theirs still (empty: it is not shown)."""
    known = key and find_subscriber(db.session(), Holder(key)) is not None
    until = services().clock() + MANAGE_WITHIN
    token = services().links.manage(key, until).rpartition("/")[2] if known else ""
    return render_template("readers/moved.html", token=token)
