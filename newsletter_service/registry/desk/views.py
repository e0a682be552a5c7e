"""The readers' screen: finding readers, one reader's page, and what staff do on a reader's behalf."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request

from newsletter_service.audience.service import segments, topics
from newsletter_service.bounces.rules import Verdict
from newsletter_service.db import db
from newsletter_service.delivery.suppressions import suppression_of
from newsletter_service.editions.models import Edition
from newsletter_service.editions.wording import delivery_state
from newsletter_service.languages import LANGUAGES
from newsletter_service.registry import service
from newsletter_service.registry.desk import wording
from newsletter_service.registry.desk.act_views import acts_for
from newsletter_service.registry.service import Wanted
from newsletter_service.registry.why.service import editions_to_ask_about, reasons
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, require, staff_only
from newsletter_service.staff.rules import may_see_readers
from newsletter_service.subscriptions.address_changes.service import change_of
from newsletter_service.subscriptions.addresses import readable, stored_domain
from newsletter_service.subscriptions.claims.service import earlier_decider
from newsletter_service.subscriptions.claims.wording import verified_since
from newsletter_service.subscriptions.consent.service import steps_of
from newsletter_service.subscriptions.consent.wording import place_in_words
from newsletter_service.subscriptions.pausing.rules import is_paused
from newsletter_service.subscriptions.rules import SEARCH_LENGTH, Status
from newsletter_service.subscriptions.verification.rules import ClaimState
from newsletter_service.subscriptions.wording import why_it_came_back
from newsletter_service.web.asked import asked_number, asked_one_of, asked_words
from newsletter_service.web.locale import language

register = staff_only(Blueprint("register", __name__, url_prefix="/redactie/lezers"))
_ON_A_PAGE = 50
_NARROWS = ("zoek", "doelgroep", "controle", "thema", "toestand", "terug", "taal", "domein")
"""What narrows the list; nothing else of an address goes into those of other pages."""


@register.before_request
def _only_who_answers_readers() -> None:
    require(may_see_readers(acting()))


@register.get("/")
def index() -> str:
    """Readers by name, organisation and address, fifty at a time, narrowed by words and by what they are."""
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
        claims=wording.claims(),
        verdicts=wording.verdicts(),
        languages=LANGUAGES,
        readable=readable,
        asked={name: words for name in _NARROWS if (words := asked_words(name))},
        domain=readable(f"@{wanted.domain}").removeprefix("@"),
    )


def _wanted() -> Wanted:
    given = request.args
    state, spoken = given.get("toestand", ""), given.get("taal", "")
    return Wanted(
        words=asked_words("zoek"),
        segment_id=asked_number("doelgroep") or None,
        claim=asked_one_of("controle", ClaimState),
        topic_id=asked_number("thema") or None,
        status=asked_one_of("toestand", Status),
        suppressed=state == "suppressed",
        bounced=state == "bounced",
        came_back=asked_one_of("terug", Verdict),
        language=next((one for one in LANGUAGES if one == spoken), None),
        domain=stored_domain(asked_words("domein")),
    )


@register.get("/<int:number>")
def show(number: int) -> str:
    """All that matters of one reader, and what can be done for them."""
    session, now = db.session(), services().clock()
    reader = service.subscriber_numbered(session, number)
    editions = editions_to_ask_about(session)
    edition = _edition_asked_about(editions)
    suppression = suppression_of(session, reader.address_hmac)
    return render_template(
        "registry/show.html",
        reader=reader,
        address=readable(reader.address),
        status=wording.statuses()[reader.status],
        suppression=suppression,
        paused_until=reader.paused_until if is_paused(reader.paused_until, now) else None,
        change=change_of(session, reader),
        acts=acts_for(reader, suppression, now),
        letters=service.letters_to(session, reader),
        bounces=service.bounces_of(session, reader),
        editions=editions,
        edition=edition,
        reasons=reasons(session, edition, reader) if edition is not None else [],
        steps=steps_of(session, reader)[::-1],
        claims=wording.claims(),
        verified={
            claim.segment_id: verified_since(claim, earlier_decider(session, claim))
            for claim in reader.memberships
            if claim.state is ClaimState.VERIFIED
        },
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
