"""The readers' screen: finding readers, one reader's page, and what staff do on a reader's behalf."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired

from newsletter_service.audience.service import segments, topics
from newsletter_service.db import db, unit_of_work
from newsletter_service.delivery.suppressions import suppression_of
from newsletter_service.editions.models import Edition
from newsletter_service.editions.wording import delivery_state
from newsletter_service.languages import LANGUAGES
from newsletter_service.registry import service
from newsletter_service.registry.desk import wording
from newsletter_service.registry.service import Wanted
from newsletter_service.registry.why.service import editions_to_ask_about, reasons
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, require, signed_in, staff_only
from newsletter_service.staff.rules import may_see_readers
from newsletter_service.subscriptions.addresses import Address, readable
from newsletter_service.subscriptions.consent.service import steps_of
from newsletter_service.subscriptions.consent.wording import place_in_words
from newsletter_service.subscriptions.on_behalf import service as on_behalf
from newsletter_service.subscriptions.on_behalf.rules import REASON_LENGTH
from newsletter_service.subscriptions.rules import SEARCH_LENGTH, Status
from newsletter_service.subscriptions.wording import why_it_came_back
from newsletter_service.web.asked import asked_number, asked_words
from newsletter_service.web.forms.fields import AtMost, Form, one_line
from newsletter_service.web.locale import language

register = staff_only(Blueprint("register", __name__, url_prefix="/redactie/lezers"))
_ON_A_PAGE = 50
_NARROWS = ("zoek", "doelgroep", "thema", "toestand", "taal", "domein")
"""What narrows the list; nothing else of an address goes into those of other pages."""


class ReasonForm(Form):
    """Why something is done for a reader."""

    reason = StringField(
        _l("Wie vroeg erom, en hoe?"),
        validators=[DataRequired(_l("Schrijf op wie erom vroeg, en hoe.")), AtMost(REASON_LENGTH)],
        filters=[one_line],
        description=_l("Dit komt in het logboek. Naam en adres van de lezer laten we eruit."),
    )


@register.before_request
def _only_who_answers_readers() -> None:
    require(may_see_readers(acting()))


@register.get("/")
def index() -> str:
    """Readers by name and address, fifty at a time, narrowed by words and by what they are."""
    session, wanted = db.session(), _wanted()
    found = service.find(session, wanted, asked_words("na", SEARCH_LENGTH), _ON_A_PAGE + 1)
    return render_template(
        "registry/index.html",
        wanted=wanted,
        readers=found[:_ON_A_PAGE],
        following=found[_ON_A_PAGE - 1].search if len(found) > _ON_A_PAGE else None,
        segments={one.id: one.name(language()) for one in segments(session)},
        topics={one.id: one.name(language()) for one in topics(session)},
        statuses=wording.statuses(),
        languages=LANGUAGES,
        readable=readable,
        asked={name: words for name in _NARROWS if (words := asked_words(name))},
    )


def _wanted() -> Wanted:
    given = request.args
    state, spoken = given.get("toestand", ""), given.get("taal", "")
    return Wanted(
        words=asked_words("zoek"),
        segment_id=asked_number("doelgroep") or None,
        topic_id=asked_number("thema") or None,
        status=Status(state) if state in set(Status) else None,
        suppressed=state == "suppressed",
        bounced=state == "bounced",
        language=next((one for one in LANGUAGES if one == spoken), None),
        domain=asked_words("domein").lower(),
    )


@register.get("/<int:number>")
def show(number: int) -> str:
    """All that matters of one reader, and what can be done for them."""
    return _page(number, ReasonForm())


def _page(number: int, form: ReasonForm) -> str:
    session = db.session()
    reader = service.subscriber_numbered(session, number)
    editions = editions_to_ask_about(session)
    edition = _edition_asked_about(editions)
    return render_template(
        "registry/show.html",
        reader=reader,
        address=readable(reader.address),
        form=form,
        status=wording.statuses()[reader.status],
        suppression=suppression_of(session, reader.address_hmac),
        letters=service.letters_to(session, reader),
        bounces=service.bounces_of(session, reader),
        editions=editions,
        edition=edition,
        reasons=reasons(session, edition, reader) if edition is not None else [],
        steps=steps_of(session, reader)[::-1],
        delivery_state=delivery_state,
        words=wording,
        place_in_words=place_in_words,
        why_it_came_back=why_it_came_back,
    )


def _edition_asked_about(editions: Sequence[Edition]) -> Edition | None:
    """The edition that the address names, or else the last that went out."""
    asked = asked_number("editie")
    released = (one for one in editions if one.released_at is not None)
    return next((one for one in editions if one.number == asked), None) or next(released, None)


@register.post("/<int:number>/niet-meer-mailen")
def suppress(number: int) -> Any:
    """Never mails this reader again."""
    return _act(number, on_behalf.suppress_address, lambda _done: _("Dit adres wordt niet meer gemaild."))


@register.post("/<int:number>/weer-mailen")
def allow(number: int) -> Any:
    """Takes back that this reader is not mailed."""
    return _act(number, on_behalf.allow_address, wording.allowed)


@register.post("/<int:number>/wissen")
def erase(number: int) -> Any:
    """Erases this reader from every table."""
    return _act(number, on_behalf.erase_address, lambda _done: _("De lezer is gewist."))


def _act(number: int, use_case: Any, says: Any) -> Any:
    """Do one of the use cases of on_behalf with the reason that was given, or ask for it."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(number, form), 422
    with unit_of_work() as session:
        address = Address(service.subscriber_numbered(session, number).address)
        done = use_case(
            session, address, services().suppression_key, form.reason.data, signed_in(), services().clock()
        )
    flash(says(done), "ok")
    return _back_to(number)


def _back_to(number: int) -> Response:
    """The reader's page, or the list where there is no such reader any more."""
    gone = service.is_gone(db.session(), number)
    return redirect(url_for("register.index") if gone else url_for("register.show", number=number), 303)
