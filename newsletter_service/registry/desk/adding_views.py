"""The page on which staff sign somebody up who asked for it: the ordinary mail asks them to confirm."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from newsletter_service.audience.service import offered_segments, offered_topics
from newsletter_service.db import db, unit_of_work
from newsletter_service.errors import NotFound
from newsletter_service.registry.desk.forms import AddForm
from newsletter_service.registry.service import number_of
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, require, signed_in, staff_only
from newsletter_service.staff.rules import may_see_readers
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.on_behalf.rules import Added
from newsletter_service.subscriptions.on_behalf.service import add_by_hand
from newsletter_service.web.locale import language

adding = staff_only(Blueprint("adding", __name__, url_prefix="/redactie/lezers/nieuw"))


@adding.before_request
def _only_who_answers_readers() -> None:
    require(may_see_readers(acting()))


@adding.get("")
def ask() -> str:
    """Asks whom to sign up, and who asked for it."""
    return _page(_form())


@adding.post("")
def add() -> Any:
    """Has the ordinary mail sent that asks to confirm; says so where there is nothing to ask."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    with unit_of_work() as session:
        reason, now = form.reason.data or "", services().clock()
        added = add_by_hand(session, services(), form.parsed, form.chosen(), reason, signed_in(), now)
    if added is Added.WANTS_NO_MAIL:
        form.address.errors = [_("Dit adres wil geen e-mail van ons. Dat kan alleen de eigenaar terugnemen.")]
        return _page(form), 422
    flash(*_said(added))
    return redirect(_page_of(form.parsed), 303)


def _page_of(address: Address) -> str:
    """The reader's page; the list for an address that had all its mails of today, and is no reader's."""
    try:
        return url_for("register.show", number=number_of(db.session(), address))
    except NotFound:
        return url_for("register.index")


def _said(added: Added) -> tuple[str, str]:
    match added:
        case Added.READS_ALREADY:
            return _("Dit is al een lezer. Er is niets veranderd."), "warn"
        case Added.ASKED_ENOUGH:
            return _("Dit adres kreeg vandaag al genoeg e-mails van ons. Probeer het morgen opnieuw."), "warn"
    return _("De lezer krijgt een e-mail om de aanmelding te bevestigen."), "ok"


def _form() -> AddForm:
    form, session = AddForm(language=language()), db.session()
    form.offer(
        {one.id: one.name(language()) for one in offered_segments(session)},
        {one.id: one.name(language()) for one in offered_topics(session)},
        {},
    )
    return form


def _page(form: AddForm) -> str:
    return render_template("registry/add.html", form=form)
