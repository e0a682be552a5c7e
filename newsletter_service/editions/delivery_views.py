"""The pages behind an edition's statement: names behind each number, as CSV too; retrying; live progress."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.delivery import reporting
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Filter, Group
from newsletter_service.delivery.retrying import RETRIED
from newsletter_service.editions import follow_up, wording
from newsletter_service.editions.correcting import released_of
from newsletter_service.editions.follow_up import Skipped, mailing_of
from newsletter_service.editions.models import Edition
from newsletter_service.editions.pages import editors_only, run
from newsletter_service.editions.rules import Standing, State
from newsletter_service.editions.service import edition_numbered, standing, statement
from newsletter_service.errors import NotFound
from newsletter_service.staff.guards import acting, signed_in
from newsletter_service.staff.rules import may_edit_edition
from newsletter_service.subscriptions.sheets import csv_line, guarded_line
from newsletter_service.web.formatting import getal
from newsletter_service.web.parts import parts

deliveries = Blueprint("deliveries", __name__, url_prefix="/edities/<int:number>")
SKIPPED = "skipped"
_ON_A_PAGE = 100


@dataclass(frozen=True)
class Line:
    """One reader, on the page or in the file; `number` is where a next page goes on."""

    number: int
    name: str
    address: str
    state: str
    attempts: int
    moment: datetime | None
    reply: str


@deliveries.get("/verzending")
@editors_only
def index(number: int) -> str:
    """The names behind one number of the statement, a hundred at a time."""
    session, edition = db.session(), edition_numbered(db.session(), number)
    shown, domain, after = _group(), _domain(), request.args.get("na", 0, type=int)
    if shown == SKIPPED:
        skipped = follow_up.skipped(session, edition, after, _ON_A_PAGE + 1)
        lines = [_skipped_line(one) for one in skipped]
    else:
        which = Filter(Group(shown), domain)
        found = reporting.rows(session, mailing_of(edition), which, after, _ON_A_PAGE + 1)
        lines = [_line(one) for one in found]
    return render_template(
        "editions/deliveries.html",
        edition=edition,
        numbers=statement(session, edition),
        groups=wording.delivery_groups(),
        state_words=wording.delivery_state,
        shown=shown,
        domain=domain,
        lines=lines[:_ON_A_PAGE],
        following=lines[_ON_A_PAGE - 1].number if len(lines) > _ON_A_PAGE else None,
        may_retry=shown in RETRIED and standing(edition) in _STILL_SENDS,
        may_count=shown == Group.UNCERTAIN.value,
    )


@deliveries.post("/verzending/bestand")
@editors_only
def export(number: int) -> Response:
    """The same as a file with all of them; that somebody took it along is written down."""
    shown, domain = _group(), _domain()
    user, now = signed_in(), parts().clock()
    with unit_of_work() as session:
        edition = edition_numbered(session, number)
        mailing_of(edition)
        follow_up.note_export(session, edition, user, shown, now)
    sheet = stream_with_context(_sheet(number, shown, domain))
    return Response(
        sheet,
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=editie-{number}-{shown}.csv"},
    )


@deliveries.get("/opnieuw")
@editors_only
def retry_page(number: int) -> str:
    """Says how many letters would go out once more, before they do."""
    edition, which = edition_numbered(db.session(), number), _retried()
    letters = reporting.number_of(db.session(), mailing_of(edition), which)
    return render_template("editions/retry.html", edition=edition, which=which, letters=letters)


@deliveries.post("/opnieuw")
@editors_only
def retry(number: int) -> Response:
    """Let letters go out once more."""
    which, user, now = _retried(), signed_in(), parts().clock()
    done: list[int] = []
    if run(number, lambda session, edition: done.append(follow_up.retry(session, edition, which, user, now))):
        told = ngettext(
            "%(count)s brief gaat nog eens uit. Wie zich heeft afgemeld, krijgt niets.",
            "%(count)s brieven gaan nog eens uit. Wie zich heeft afgemeld, krijgt niets.",
            done[0],
            count=getal(done[0]),
        )
        flash(told, "ok")
    return redirect(url_for("editions.show", number=number), 303)


@deliveries.post("/tel-als-verstuurd")
@editors_only
def count_as_sent(number: int) -> Response:
    """Believe that letters with an unknown outcome arrived."""
    domain, user, now = _domain(), signed_in(), parts().clock()
    if run(number, lambda session, edition: follow_up.count_as_sent(session, edition, domain, user, now)):
        flash(_("Deze brieven tellen nu als verstuurd."), "ok")
    return redirect(url_for("editions.show", number=number), 303)


@deliveries.get("/voortgang")
def progress(number: int) -> str:
    """How sending goes at this moment: the part of the edition's page that is fetched anew while it runs."""
    edition = edition_numbered(db.session(), number)
    mailing_of(edition)
    may_edit = may_edit_edition(acting())
    return render_template(
        "editions/_sending.html", edition=edition, may_edit=may_edit, **progress_of(edition)
    )


def progress_of(edition: Edition) -> dict[str, object]:
    """What the statement and the progress under it show."""
    session = db.session()
    numbers, now = statement(session, edition), parts().clock()
    running = edition.mailing_id is not None and standing(edition) in _RUNS
    corrections = released_of(session, edition)
    return {
        "corrections": corrections,
        "changing": running or any(one.numbers.open for one in corrections),
        "numbers": numbers,
        "groups": wording.delivery_groups(),
        "running": running,
        "progress": follow_up.progress(session, edition, numbers.open, now) if running else None,
        "moment_left": wording.moment_left,
        "now": now,
    }


_RUNS = (Standing(State.SENDING), Standing(State.HELD, State.SENDING))
_STILL_SENDS = (*_RUNS, Standing(State.SENT))


def _group() -> str:
    """The group that the address asks for; NotFound if there is none of that name."""
    asked = request.args.get("toestand", Group.FAILED.value)
    if asked not in (*Group, SKIPPED):
        raise NotFound(f"there are no letters called {asked!r}")
    return asked


def _domain() -> str:
    return request.args.get("domein", "").strip().lower()


def _retried() -> Filter:
    """The letters that are to go out once more; NotFound for a group of which that makes no sense."""
    if (asked := _group()) not in RETRIED:
        raise NotFound(f"letters that are {asked} do not go out once more")
    return Filter(Group(asked), _domain())


def _sheet(number: int, shown: str, domain: str) -> Iterator[str]:
    session = db.session()
    edition = edition_numbered(session, number)
    yield csv_line(("name", "address", "state", "attempts", "moment", "reply"))
    if shown == SKIPPED:
        lines = map(_skipped_line, follow_up.all_skipped(session, edition))
    else:
        lines = map(_line, follow_up.all_rows(session, edition, Filter(Group(shown), domain)))
    for line in lines:
        _number, name, address, state, attempts, moment, reply = astuple(line)
        at = moment.isoformat(timespec="seconds") if moment else ""
        yield guarded_line((name, address, state, str(attempts), at, reply))


def _line(row: Delivery) -> Line:
    reply = f"{row.reply_code or ''} {row.reply_text}".strip()
    moment = row.settled_at or row.next_attempt_at
    return Line(row.id, row.name, row.address, row.state, row.attempts, moment, reply)


def _skipped_line(one: Skipped) -> Line:
    return Line(one.reader_id, one.name, one.address, SKIPPED, 0, None, wording.exclusion_reason(one.reason))
