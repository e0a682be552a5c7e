"""The page with the domains of each segment, for administrators."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from newsletter_service.audience.service import segments
from newsletter_service.db import db, unit_of_work
from newsletter_service.publisher.service import newsletter
from newsletter_service.services import services
from newsletter_service.staff.four_eyes.asking import asks_first
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.guards import roles_required, signed_in, staff_only
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.domains.forms import DomainForm, TermForm
from newsletter_service.subscriptions.domains.service import (
    list_domain,
    set_term,
    unlist_domain,
    what_changes,
)
from newsletter_service.web.asked import typed_words
from newsletter_service.web.formatting import number_text
from newsletter_service.web.forms.fields import options
from newsletter_service.web.locale import language

segment_domains = staff_only(Blueprint("segment_domains", __name__, url_prefix="/redactie/doelgroepen"))
administrators_only = roles_required(Role.ADMINISTRATOR)


@segment_domains.get("")
@administrators_only
def show() -> str:
    """The domains of each segment, and how long a check holds."""
    return _page(_domain_form(formdata=None), _term_form(formdata=None))


@segment_domains.post("")
@administrators_only
def add() -> Response | tuple[str, int]:
    """List a domain, or change whether those below it count."""
    form, now = _domain_form(), services().clock()
    if not form.validate():
        return _page(form, _term_form(formdata=None)), 422
    with unit_of_work() as session:
        what = what_changes(
            form.segment.data, form.listed.name, subdomains=form.listed.subdomains, listed=True
        )
        if asks_first(session, Act.DOMAINS, what, signed_in(), now):
            return redirect(url_for("segment_domains.show"), 303)
        reopened = list_domain(session, form.segment.data, form.listed, signed_in(), now)
    said = _(
        "%(domain)s staat op de lijst. Wie daar al wacht, telt binnen een minuut mee.",
        domain=form.listed.name,
    )
    return _back(said, reopened)


@segment_domains.post("/weg")
@administrators_only
def remove() -> Response:
    """Take a domain off the list."""
    slug, name, now = typed_words("doelgroep"), typed_words("domein"), services().clock()
    with unit_of_work() as session:
        what = what_changes(slug, name, subdomains=False, listed=False)
        if asks_first(session, Act.DOMAINS, what, signed_in(), now):
            return redirect(url_for("segment_domains.show"), 303)
        reopened = unlist_domain(session, slug, name, signed_in(), now)
    return _back(_("%(domain)s staat niet meer op de lijst.", domain=name), reopened)


@segment_domains.post("/termijn")
@administrators_only
def change_term() -> Response | tuple[str, int]:
    """Set how long a check holds."""
    form, now = _term_form(), services().clock()
    if not form.validate():
        return _page(_domain_form(formdata=None), form), 422
    with unit_of_work() as session:
        set_term(session, int(form.days.data or 0), signed_in(), now)
    flash(_("Bewaard. Dit geldt voor wat vanaf nu wordt gecontroleerd."), "ok")
    return redirect(url_for("segment_domains.show"), 303)


def _back(said: str, reopened: int) -> Response:
    again = ngettext(
        "%(number)s functie wordt opnieuw gecontroleerd.",
        "%(number)s functies worden opnieuw gecontroleerd.",
        reopened,
        number=number_text(reopened),
    )
    flash(f"{said} {again}" if reopened else said, "ok")
    return redirect(url_for("segment_domains.show"), 303)


def _domain_form(**given: Any) -> DomainForm:
    form = DomainForm(**given)
    form.segment.choices = options({one.slug: one.name(language()) for one in segments(db.session())})
    return form


def _term_form(**given: Any) -> TermForm:
    return TermForm(days=newsletter(db.session()).verification_days, **given)


def _page(form: DomainForm, term: TermForm) -> str:
    return render_template("claims/domains.html", form=form, term=term, segments=segments(db.session()))
