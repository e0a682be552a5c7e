"""The page on which a reader pauses the newsletter, or ends that; behind the link that is mailed on request."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from newsletter_service.db import unit_of_work
from newsletter_service.services import services
from newsletter_service.subscriptions.link_views import behind_links, owner_behind
from newsletter_service.subscriptions.pausing import service
from newsletter_service.subscriptions.pausing.forms import PauseForm
from newsletter_service.subscriptions.pausing.rules import is_paused

pausing = behind_links(Blueprint("pausing", __name__))


@pausing.get("/voorkeuren/<token>/pauze")
def show(token: str) -> Any:
    """Says until when the newsletter is paused, and asks how long it is to be."""
    return _page(token, _form())


@pausing.post("/voorkeuren/<token>/pauze")
def begin(token: str) -> Any:
    """Pauses the newsletter until the day that was chosen."""
    form = _form()
    if not form.validate():
        return _page(token, form)
    with unit_of_work() as session:
        subscriber = owner_behind(token, to_change=True)
        if subscriber is not None:
            service.pause(session, subscriber, form.until, services().clock())
    return _back(token)


@pausing.post("/voorkeuren/<token>/pauze/stop")
def end(token: str) -> Response:
    """Ends the pause; a second time is as good as the first."""
    with unit_of_work() as session:
        subscriber = owner_behind(token, to_change=True)
        if subscriber is not None:
            service.resume(session, subscriber, services().clock())
    return _back(token)


def _form() -> PauseForm:
    form = PauseForm()
    form.offer(services().clock())
    return form


def _page(token: str, form: PauseForm) -> Any:
    subscriber = owner_behind(token)
    if subscriber is None:
        return redirect(url_for("readers.preferences", token=token), 303)
    paused = is_paused(subscriber.paused_until, services().clock())
    until = subscriber.paused_until if paused else None
    page = render_template("readers/pause.html", token=token, form=form, until=until)
    return page, 422 if form.errors else 200


def _back(token: str) -> Response:
    return redirect(url_for("pausing.show", token=token), 303)
