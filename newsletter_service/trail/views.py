"""The page of the audit trail, and the same as a file."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _

from newsletter_service.clock import DEFAULT_ZONE, in_zone, recurring_moment
from newsletter_service.db import LARGEST_NUMBER, db, reading, unit_of_work
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.files.csv import BEGINNING, csv_line
from newsletter_service.languages import Language
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, require, signed_in, staff_only
from newsletter_service.subscriptions.addresses import BadAddress, parse_address
from newsletter_service.trail import service, wording
from newsletter_service.trail.rules import Done, Topic, may_see_trail
from newsletter_service.trail.service import Narrowing
from newsletter_service.web.asked import asked_number, asked_one_of, asked_words
from newsletter_service.web.downloads import csv_download
from newsletter_service.web.locale import language

trail = staff_only(Blueprint("trail", __name__, url_prefix="/redactie/logboek"))
_ON_A_PAGE = 50
_NARROWS = ("wie", "soort", "bericht", "editie", "lezer", "van", "tot")


@trail.before_request
def _only_who_may_see_it() -> None:
    require(may_see_trail(acting()))


@trail.get("")
def index() -> str:
    """What was done, the newest first, fifty at a time."""
    session = db.session()
    found = service.entries(session, _narrowing(), asked_number("voor") or LARGEST_NUMBER, _ON_A_PAGE + 1)
    return render_template(
        "trail/index.html",
        entries=found[:_ON_A_PAGE],
        following=found[_ON_A_PAGE - 1].id if len(found) > _ON_A_PAGE else None,
        names=service.names(session, found, language()),
        people=service.everybody(session),
        asked=_asked(),
        words=wording,
    )


def _asked() -> dict[str, str]:
    return {name: words for name in _NARROWS if (words := asked_words(name))}


def _narrowing() -> Narrowing:
    number, key = _reader()
    return Narrowing(
        actor_id=asked_number("wie") or None,
        done_by=asked_one_of("wie", Done),
        topic=asked_one_of("soort", Topic),
        item=asked_number("bericht") or None,
        edition=asked_number("editie") or None,
        subscriber=number,
        subscriber_key=key,
        since=_midnight("van"),
        until=_midnight("tot", days=1),
    )


def _reader() -> tuple[int | None, str]:
    """A reader's number, or the hash of an address: also of somebody who was erased."""
    typed = asked_words("lezer")
    if typed.isdecimal():
        return asked_number("lezer"), ""
    try:
        return None, address_hmac(parse_address(typed).text, services().suppression_key) if typed else ""
    except BadAddress:
        return LARGEST_NUMBER, ""


def _midnight(name: str, days: int = 0) -> datetime | None:
    try:
        day = date.fromisoformat(request.args.get(name, "")) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return recurring_moment(day, time(), DEFAULT_ZONE)


@trail.post("/bestand")
def export() -> Response:
    """The same as a file with all of them; that somebody took it along is written down."""
    with unit_of_work() as session:
        service.record_export(session, signed_in(), services().clock())
    return csv_download(_sheet(_narrowing(), language()), _("logboek"))


def _sheet(narrowing: Narrowing, spoken: Language) -> Iterator[str]:
    """Written after the answer has begun, in the language of who asks."""
    with force_locale(spoken), reading() as session:
        yield BEGINNING + csv_line((_("regel"), _("wanneer"), _("wie"), _("wat"), _("reden")))
        for entry, names in service.every_entry(session, narrowing, spoken):
            at = in_zone(entry.at, DEFAULT_ZONE).isoformat(" ", "seconds")
            done = wording.sentence(entry, names)
            yield csv_line((str(entry.id), at, wording.who(entry), done, wording.reason(entry)))
