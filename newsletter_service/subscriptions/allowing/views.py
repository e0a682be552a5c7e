"""The pages on which the owner of an address takes back that it is never mailed; looking changes nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from newsletter_service.db import db, unit_of_work
from newsletter_service.links.tokens import Purpose
from newsletter_service.services import services
from newsletter_service.subscriptions.allowing import service
from newsletter_service.subscriptions.forms import AddressForm
from newsletter_service.subscriptions.link_views import DeadLink, behind_links
from newsletter_service.subscriptions.requests.rules import FormKind, FormSent
from newsletter_service.subscriptions.requests.views import sent_from_elsewhere, taken_in
from newsletter_service.web.cache import same_for_all
from newsletter_service.web.locale import language

allowing = behind_links(Blueprint("allowing", __name__))


@allowing.route("/weer-mailen", methods=["GET", "POST"])
@same_for_all
def ask() -> Any:
    """Mails the link to the owner of an address; the answer is the same for every address."""
    form = AddressForm()
    if sent_from_elsewhere() or not form.validate_on_submit():
        return render_template("readers/ask_to_allow.html", form=form), 422 if form.errors else 200
    return taken_in(FormSent(FormKind.ALLOW, form.parsed, language())) or redirect(url_for("allowing.asked"))


@allowing.get("/weer-mailen/gevraagd")
@same_for_all
def asked() -> str:
    """What follows on asking, whatever became of it."""
    return render_template("readers/asked_to_allow.html")


@allowing.get("/toestaan/<token>")
def show(token: str) -> str:
    """Asks to press the button."""
    _check(token)
    return render_template("readers/allow.html", token=token, done=False)


@allowing.post("/toestaan/<token>")
def allow(token: str) -> str:
    """Lets the address be mailed again; a second time is as good as the first."""
    with unit_of_work() as session:
        service.allow(session, _check(token, to_change=True), services().clock())
    return render_template("readers/allow.html", token=token, done=True)


def _check(token: str, *, to_change: bool = False) -> Any:
    holder = services().tokens.read(Purpose.ALLOW, token, services().clock())
    found = service.find_suppression(db.session(), holder, to_change=to_change)
    if found is None:
        raise DeadLink(Purpose.ALLOW, holder)
    return found
