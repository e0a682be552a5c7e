"""Accounts, for administrators."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.errors import Conflict
from newsletter_service.publisher.service import all_organisations, organisations
from newsletter_service.services import services
from newsletter_service.staff.access.service import sessions_of
from newsletter_service.staff.accounts import service
from newsletter_service.staff.accounts.forms import AccountForm, InvitationForm
from newsletter_service.staff.accounts.service import Change, LastAdministrator
from newsletter_service.staff.guards import require, roles_required, signed_in, staff_only
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.staff.second_factor import service as second_factor
from newsletter_service.staff.wording import ROLES, STATES, WHAT_ROLES_DO

accounts = staff_only(Blueprint("accounts", __name__, url_prefix="/redactie/accounts"))
administrators_only = roles_required(Role.ADMINISTRATOR)


@accounts.get("")
@administrators_only
def index() -> str:
    """All accounts."""
    return render_template(
        "accounts/index.html",
        users=service.everybody(db.session()),
        standing=service.standing,
        states=STATES,
        roles=ROLES,
    )


@accounts.get("/nieuw")
@administrators_only
def new() -> str:
    """Asks whom to invite."""
    return _invitation_page(InvitationForm(formdata=None))


@accounts.post("/nieuw")
@administrators_only
def invite() -> Any:
    """Makes an account and mails its owner the link to choose a password."""
    form = InvitationForm()
    form.offer(organisations(db.session()))
    if not form.validate():
        return _invitation_page(form), 422
    wanted = form.wanted(organisations(db.session()))
    try:
        with unit_of_work() as work:
            number = service.invite(work, services().links, wanted, signed_in(), services().clock()).id
    except Conflict:
        form.email.errors = [_("Er is al een account met dit adres.")]
        return _invitation_page(form), 409
    flash(
        _("%(name)s krijgt een e-mail met een link om een wachtwoord te kiezen.", name=form.name.data), "ok"
    )
    return redirect(url_for("accounts.show", number=number), 303)


@accounts.get("/<int:number>")
@administrators_only
def show(number: int) -> str:
    """One account."""
    form, user = AccountForm(formdata=None), service.account(db.session(), number)
    form.show(user)
    return _account_page(user, form)


@accounts.post("/<int:number>")
@administrators_only
def change(number: int) -> Any:
    """Gives an account other roles, another organisation or name."""
    form = AccountForm()
    form.offer(all_organisations(db.session()))
    if not form.validate():
        return _account_page(service.account(db.session(), number), form), 422
    wanted = Change(form.name.data or "", form.roles.data or (), form.organisation_id)
    return _done(
        number,
        lambda work: service.change(work, number, wanted, signed_in(), services().clock()),
        _("De wijziging is bewaard."),
    )


@accounts.post("/<int:number>/sluiten")
@administrators_only
def close(number: int) -> Response:
    """Lets nobody in with an account any more."""
    return _done(
        number,
        lambda work: service.close(work, number, signed_in(), services().clock()),
        _("Het account is gesloten. Wie ermee was ingelogd, is uitgelogd."),
    )


@accounts.post("/<int:number>/openen")
@administrators_only
def reopen(number: int) -> Response:
    """Lets somebody in again."""
    return _done(
        number,
        lambda work: service.reopen(work, services().links, number, signed_in(), services().clock()),
        _("Het account is weer open."),
    )


@accounts.post("/<int:number>/uitnodigen")
@administrators_only
def invite_again(number: int) -> Response:
    """Mails the link once more."""
    return _done(
        number,
        lambda work: service.invite_again(work, services().links, number, signed_in(), services().clock()),
        _("De uitnodiging is opnieuw gemaild."),
    )


@accounts.post("/<int:number>/uitloggen")
@administrators_only
def sign_out_everywhere(number: int) -> Response:
    """Ends all sessions of an account."""
    with unit_of_work() as work:
        ended = service.sign_out_everywhere(work, number, signed_in(), services().clock())
    flash(ngettext("%(num)s sessie is beëindigd.", "%(num)s sessies zijn beëindigd.", ended), "ok")
    return redirect(url_for("accounts.show", number=number), 303)


@accounts.post("/<int:number>/tweede-stap-weg")
@administrators_only
def reset_second_factor(number: int) -> Response:
    """Takes the second factor away from somebody else who lost it."""
    require(number != signed_in().id)
    return _done(
        number,
        lambda work: second_factor.reset(work, services().links, number, signed_in(), services().clock()),
        _("De tweede stap is weggehaald. Alle beheerders krijgen hierover een e-mail."),
    )


def _done(number: int, act: Callable[[Any], object], words: str) -> Response:
    try:
        with unit_of_work() as work:
            act(work)
    except LastAdministrator:
        flash(_("Dit is de laatste beheerder die kan inloggen. Maak eerst iemand anders beheerder."), "error")
    else:
        flash(words, "ok")
    return redirect(url_for("accounts.show", number=number), 303)


def _invitation_page(form: InvitationForm) -> str:
    form.offer(all_organisations(db.session()))
    return render_template("accounts/invite.html", form=form, what_roles_do=WHAT_ROLES_DO)


def _account_page(user: User, form: AccountForm) -> str:
    form.offer(all_organisations(db.session()))
    return render_template(
        "accounts/show.html",
        user=user,
        form=form,
        state=service.standing(user),
        states=STATES,
        what_roles_do=WHAT_ROLES_DO,
        sessions=sessions_of(db.session(), user, services().clock()),
        has_second_factor=second_factor.has_any(db.session(), user.id),
        is_self=user.id == signed_in().id,
    )
