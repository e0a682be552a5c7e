"""The pages behind an edition's statement: the names behind each number, as a file too; live progress."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.clock import in_zone
from newsletter_service.db import db, unit_of_work
from newsletter_service.delivery import reporting
from newsletter_service.delivery.aggregates import is_aggregated
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Group
from newsletter_service.delivery.retrying import RETRIED
from newsletter_service.documents.terms.service import terms
from newsletter_service.editions import wording
from newsletter_service.editions.corrections.service import draft_of, released_of
from newsletter_service.editions.models import Edition
from newsletter_service.editions.responses import editors_only
from newsletter_service.editions.results import service
from newsletter_service.editions.results import wording as words
from newsletter_service.editions.results.filter import SKIPPED, DeliveryFilter, following, requested_filter
from newsletter_service.editions.results.progress import domains_now, numbers_now
from newsletter_service.editions.results.progress import progress as progress_now
from newsletter_service.editions.results.service import Mailed, Skipped
from newsletter_service.editions.rules import EditionState, EditionStatus
from newsletter_service.editions.service import edition_numbered, mailing_of, statement, status_of
from newsletter_service.files.csv import BEGINNING, csv_line
from newsletter_service.languages import Language
from newsletter_service.retention import Term
from newsletter_service.services import services
from newsletter_service.staff.access.sessions import in_background
from newsletter_service.staff.four_eyes.asking import may_take_along
from newsletter_service.staff.guards import acting, signed_in
from newsletter_service.staff.rules import may_edit_edition
from newsletter_service.web.downloads import csv_download
from newsletter_service.web.locale import language

deliveries = Blueprint("deliveries", __name__, url_prefix="/edities/<int:number>")
_ON_A_PAGE = 100
_DOMAINS_IN_SHORT = 8
_RUNS = (EditionStatus(EditionState.SENDING), EditionStatus(EditionState.HELD, EditionState.SENDING))
_STILL_SENDS = (*_RUNS, EditionStatus(EditionState.SENT))


@dataclass(frozen=True)
class Line:
    """One reader, on the page or in the file; `number` is where a next page goes on, `meaning` the reply in words."""

    number: int
    name: str
    address: str
    domain: str
    state: str
    attempts: int
    moment: datetime | None
    reply: str
    meaning: str = ""

    def cells(self, zone: str) -> tuple[str, ...]:
        """The line as the file has it, moments on the clocks of `zone`."""
        at = f"{in_zone(self.moment, zone):%d-%m-%Y %H:%M:%S}" if self.moment else ""
        state = wording.delivery_state(self.state)
        return (self.name, self.address, self.domain, state, str(self.attempts), at, self.reply)


def _headings() -> tuple[str, ...]:
    return (
        _("Naam"),
        _("E-mailadres"),
        _("Domein"),
        _("Stand"),
        _("Pogingen"),
        _("Moment"),
        _("Antwoord van de mailserver"),
    )


@deliveries.get("/verzending")
@editors_only
def index(number: int) -> str:
    """The names behind one number of the statement, a hundred at a time."""
    session = db.session()
    what = requested_filter(session, number)
    lines = _lines(session, what, following())
    return render_template(
        "editions/deliveries.html",
        edition=what.mailed.edition,
        correction=what.mailed.correction,
        what=what,
        heading=words.heading(number, what.shown, of_correction=what.mailed.correction is not None),
        groups=words.groups(
            service.numbers_of(session, what.mailed), with_skipped=what.mailed.correction is None
        ),
        is_due=words.is_due,
        state_words=wording.delivery_state,
        shown=what.shown,
        lines=lines[:_ON_A_PAGE],
        waiting=what.shown in (Group.OPEN, Group.DEFERRED),
        now=services().clock(),
        following=lines[_ON_A_PAGE - 1].number if len(lines) > _ON_A_PAGE else None,
        may_retry=what.shown in RETRIED and _still_sends(what.mailed),
        may_count=what.shown == Group.UNCERTAIN,
        kept_days=terms(session)[Term.DELIVERIES].days
        if is_aggregated(session, what.mailed.mailing_id)
        else 0,
    )


def _lines(session: Session, what: DeliveryFilter, after: int) -> Sequence[Line]:
    """A page of lines, and one more if there is more."""
    if what.shown == SKIPPED:
        return [
            _skipped_line(one) for one in service.skipped(session, what.mailed.edition, after, _ON_A_PAGE + 1)
        ]
    found = reporting.rows(session, what.mailed.mailing_id, what.which, after, _ON_A_PAGE + 1)
    return [_line(one) for one in found]


def _still_sends(mailed: Mailed) -> bool:
    return mailed.correction is not None or status_of(mailed.edition) in _STILL_SENDS


@deliveries.get("/domeinen")
@editors_only
def domains(number: int) -> str:
    """How the letters fare per domain of recipients, and which domains rest; followed while letters are open."""
    session = db.session()
    what = requested_filter(session, number)
    return render_template(
        "editions/domains.html",
        edition=what.mailed.edition,
        what=what,
        changing=numbers_now(session, what.mailed).open,
        groups=wording.delivery_groups(),
        domains=domains_now(session, what.mailed),
        resting={one.domain: one for one in reporting.backing_off(session, services().clock())},
    )


@deliveries.post("/verzending/bestand")
@editors_only
def export(number: int) -> Response:
    """The same as a file with all of them; that somebody took it along is written down.

    The letters of an edition are nearly all readers: where that needs a second person, this does.
    """
    user, now = signed_in(), services().clock()
    with unit_of_work() as session:
        what = requested_filter(session, number)
        if not may_take_along(session, user, now):
            asked = request.query_string.decode("latin-1")
            return redirect(f"{url_for('.index', number=number)}?{asked}", 303)
        service.note_export(session, what.mailed, user, what.shown, now)
    return csv_download(_sheet(number, language()), f"editie-{number}-{what.shown}")


def _sheet(number: int, language: Language) -> Iterator[str]:
    """Written after the answer has begun, when the session that knew who asks, and in what language, is closed."""
    session = db.session()
    what = requested_filter(session, number)
    with force_locale(language):
        yield BEGINNING + csv_line(_headings())
        if what.shown == SKIPPED:
            lines = map(_skipped_line, service.all_skipped(session, what.mailed.edition))
        else:
            lines = map(_line, service.all_rows(session, what.mailed.mailing_id, what.which))
        for line in lines:
            yield csv_line(line.cells(what.mailed.edition.zone))


def _line(row: Delivery) -> Line:
    reply = f"{row.reply_code or ''} {row.reply_text}".strip()
    moment = row.settled_at or row.next_attempt_at
    meaning = wording.reply_meaning(row.reply_code, row.reply_status)
    return Line(row.id, row.name, row.address, row.domain, row.state, row.attempts, moment, reply, meaning)


def _skipped_line(one: Skipped) -> Line:
    domain, reason = one.address.rpartition("@")[2], wording.exclusion_reason(one.reason)
    return Line(one.subscriber_id, one.name, one.address, domain, SKIPPED, 0, None, reason)


@deliveries.get("/voortgang")
@in_background
def progress(number: int) -> str:
    """How sending goes at this moment: the part of the edition's page that is fetched again while it runs."""
    edition = edition_numbered(db.session(), number)
    mailing_of(edition)
    may_edit = may_edit_edition(acting())
    return render_template(
        "editions/_sending.html",
        edition=edition,
        may_edit=may_edit,
        **progress_of(edition, may_edit=may_edit),
    )


def progress_of(edition: Edition, *, may_edit: bool) -> dict[str, object]:
    """What the statement, the progress under it and the corrections show; domains to those who `may_edit`."""
    session, now = db.session(), services().clock()
    mailed, running = Mailed(edition, mailing_of(edition)), status_of(edition) in _RUNS
    numbers = numbers_now(session, mailed) if running else statement(session, edition)
    corrections, due = released_of(session, edition), numbers.open - numbers.deferred
    going = progress_now(session, mailed, due, now) if running else None
    return {
        "numbers": numbers,
        "groups": wording.delivery_groups(),
        "running": running,
        "corrections": corrections,
        "draft": draft_of(session, edition),
        "changing": running or any(one.numbers.open for one in corrections),
        "words": words,
        "progress": going,
        "how_it_goes": words.how_it_goes(status_of(edition).state, numbers, going) if going else None,
        "domains": domains_now(session, mailed)[:_DOMAINS_IN_SHORT] if running and may_edit else (),
    }
