"""The page behind the mail that asks readers for consent again; looking at it changes nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from newsletter_service.db import db, unit_of_work
from newsletter_service.documents.service import UnknownText, read_now
from newsletter_service.links.tokens import BadToken, ExpiredToken, Purpose
from newsletter_service.services import services
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.reconsent.service import agree_again, is_to_agree_again
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.service import find_subscriber
from newsletter_service.web.asked import typed_words
from newsletter_service.web.locale import language, use_language

reconsent = Blueprint("reconsent", __name__)


@reconsent.get("/akkoord/<token>")
def ask(token: str) -> Any:
    """Shows the texts as they are now, and asks to press the button."""
    return _page(_subscriber(token), token)


@reconsent.post("/akkoord/<token>")
def answer(token: str) -> Any:
    """Takes the agreement to the texts that the page showed; a second time is as good as the first."""
    shown, now = typed_words("gelezen"), services().clock()
    try:
        with unit_of_work() as session:
            subscriber = _subscriber(token, to_change=True)
            agree_again(session, services(), subscriber, language(), now, shown=shown)
    except UnknownText:
        return _page(_subscriber(token), token), 409
    return _page(_subscriber(token), token, done=True)


@reconsent.errorhandler(BadToken)
@reconsent.errorhandler(ExpiredToken)
def _dead_link(_error: Exception) -> Any:
    return render_template("readers/dead_link.html"), 410


def _page(subscriber: Subscriber, token: str, *, done: bool = False) -> Any:
    session, links = db.session(), services().links
    leave_token = links.unsubscribe(subscriber.link_key).rpartition("/")[2]
    if subscriber.status != Status.ACTIVE:
        return redirect(url_for("readers.leave", token=leave_token), 303)
    return render_template(
        "readers/agree.html",
        token=token,
        leave_token=leave_token,
        read=read_now(session, language(), services().reply_to),
        asked=is_to_agree_again(session, subscriber),
        done=done,
    )


def _subscriber(token: str, *, to_change: bool = False) -> Subscriber:
    holder = services().tokens.read(Purpose.AGREE, token, services().clock())
    subscriber = find_subscriber(db.session(), holder, to_change=to_change)
    if subscriber is None or subscriber.status == Status.PENDING:
        raise BadToken
    use_language(subscriber.language)
    return subscriber
