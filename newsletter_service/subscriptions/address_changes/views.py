"""The pages of a change of address: asking for it, and the answers of both addresses; looking changes nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.links.tokens import Purpose
from newsletter_service.links.urls import ANSWER_CHANGE_WITHIN
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.services import services
from newsletter_service.subscriptions.address_changes import service
from newsletter_service.subscriptions.address_changes.forms import NewAddressForm
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.addresses import masked, readable
from newsletter_service.subscriptions.link_views import DeadLink, behind_links, owner_behind
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.used_links.views import moved_page
from newsletter_service.web.locale import use_language

_Agree = Callable[[Session, MailContext, AddressChange, datetime], bool]

address_changes = behind_links(Blueprint("address_changes", __name__))


@address_changes.get("/voorkeuren/<token>/adres")
def ask(token: str) -> Any:
    """Asks for another address, or says for whose answer one waits."""
    subscriber = owner_behind(token)
    return _not_yours(token) if subscriber is None else _ask_page(token, subscriber, NewAddressForm())


@address_changes.post("/voorkeuren/<token>/adres")
def ask_both(token: str) -> Any:
    """Mails both addresses; the page says the same whatever is known of the new one."""
    form = NewAddressForm()
    with unit_of_work() as session:
        subscriber = owner_behind(token, to_change=True)
        if subscriber is None:
            return _not_yours(token)
        form.current = subscriber.address
        if not form.validate():
            return _ask_page(token, subscriber, form), 422
        if not service.ask(session, services(), subscriber, form.parsed, services().clock()):
            form.form_errors.append(_("U vroeg dit vandaag al een paar keer. Probeer het morgen opnieuw."))
            return _ask_page(token, subscriber, form), 429
    return redirect(url_for("address_changes.ask", token=token), 303)


@address_changes.post("/voorkeuren/<token>/adres/intrekken")
def withdraw(token: str) -> Response:
    """Ends what was asked for."""
    with unit_of_work() as session:
        subscriber = owner_behind(token, to_change=True)
        if subscriber is not None:
            service.withdraw(session, subscriber, services().clock())
    return redirect(url_for("address_changes.ask", token=token), 303)


@address_changes.get("/nieuw-adres/<token>")
def at_new(token: str) -> Any:
    """Asks the owner of the new address to press the button."""
    return _new_page(_change(Purpose.NEW_ADDRESS, token), token)


@address_changes.post("/nieuw-adres/<token>")
def agree_at_new(token: str) -> Any:
    """Takes the new address's yes; a second time is as good as the first."""
    return _answered(Purpose.NEW_ADDRESS, token, service.agree_at_new, _new_page)


@address_changes.get("/oud-adres/<token>")
def at_old(token: str) -> Any:
    """Shows the owner of the old address what was asked, with a button for yes and one for no."""
    return _old_page(_change(Purpose.OLD_ADDRESS, token), token)


@address_changes.post("/oud-adres/<token>")
def agree_at_old(token: str) -> Any:
    """Takes the old address's yes; a second time is as good as the first."""
    return _answered(Purpose.OLD_ADDRESS, token, service.agree_at_old, _old_page)


@address_changes.get("/oud-adres/<token>/weigeren")
def refused(token: str) -> Response:
    """Where the page after refusing is looked at again, in the other language perhaps."""
    return redirect(url_for("address_changes.at_old", token=token), 303)


@address_changes.post("/oud-adres/<token>/weigeren")
def refuse(token: str) -> Any:
    """Ends the change because its old address says no; a second time is as good as the first."""
    with unit_of_work() as session:
        change = _change(Purpose.OLD_ADDRESS, token, to_change=True)
        service.refuse(session, change, services().clock())
    return render_template("readers/address_stays.html", refused=True)


def _answered(purpose: Purpose, token: str, agree: _Agree, page: Callable[[AddressChange, str], str]) -> str:
    """Take a yes, and say what has become of the change: done, or waiting, or not to be done any more."""
    with unit_of_work() as session:
        change = _change(purpose, token, to_change=True)
        subscriber = change.subscriber
        if agree(session, services(), change, services().clock()):
            return moved_page(subscriber.link_key if purpose is Purpose.NEW_ADDRESS else "")
        if service.change_of(session, subscriber) is None:
            return render_template("readers/address_stays.html", refused=False)
        return page(change, token)


def _change(purpose: Purpose, token: str, *, to_change: bool = False) -> AddressChange:
    """The change behind a link; the page speaks its reader's language. BadToken, ExpiredToken or DeadLink."""
    holder = services().tokens.read(purpose, token, services().clock())
    change = service.find_change(db.session(), holder, to_change=to_change)
    if change is None:
        raise DeadLink(purpose, holder)
    use_language(change.subscriber.language)
    return change


def _not_yours(token: str) -> Response:
    return redirect(url_for("readers.preferences", token=token), 303)


def _ask_page(token: str, subscriber: Subscriber, form: NewAddressForm) -> str:
    change = service.change_of(db.session(), subscriber)
    return render_template(
        "readers/address.html",
        token=token,
        form=form,
        address=readable(subscriber.address),
        change=change,
        new_address=readable(change.new_address) if change is not None else "",
        ends=change.asked_at + ANSWER_CHANGE_WITHIN if change is not None else None,
    )


def _new_page(change: AddressChange, token: str) -> str:
    return render_template(
        "readers/new_address.html", change=change, token=token, address=readable(change.new_address)
    )


def _old_page(change: AddressChange, token: str) -> str:
    return render_template(
        "readers/old_address.html", change=change, token=token, address=masked(change.new_address)
    )
