"""The page behind the mail that asks readers for consent again; looking at it changes nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from newsletter_service.db import db, unit_of_work
from newsletter_service.documents.service import UnknownText, read_now
from newsletter_service.links.tokens import Purpose
from newsletter_service.services import services
from newsletter_service.subscriptions.link_views import behind_links, subscriber_behind
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.reconsent.service import agree_again, is_to_agree_again
from newsletter_service.subscriptions.rules import Status
from newsletter_service.web.asked import typed_words
from newsletter_service.web.locale import language

reconsent = behind_links(Blueprint("reconsent", __name__))


@reconsent.get("/akkoord/<token>")
def ask(token: str) -> Any:
    """Shows the texts as they are now, and asks to press the button."""
    return _page(subscriber_behind(Purpose.AGREE, token), token)


@reconsent.post("/akkoord/<token>")
def answer(token: str) -> Any:
    """Takes the agreement to the texts that the page showed; a second time is as good as the first."""
    shown, now = typed_words("gelezen"), services().clock()
    try:
        with unit_of_work() as session:
            subscriber = subscriber_behind(Purpose.AGREE, token, to_change=True)
            agree_again(session, services(), subscriber, language(), now, shown=shown)
    except UnknownText:
        return _page(subscriber_behind(Purpose.AGREE, token), token), 409
    return _page(subscriber_behind(Purpose.AGREE, token), token, done=True)


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
