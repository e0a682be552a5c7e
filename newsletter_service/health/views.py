"""How the service is: for machines at /healthz, and for administrators in words."""

import hmac
from datetime import datetime, timedelta

from flask import Blueprint, Flask, Response, current_app, jsonify, make_response, render_template, request
from sqlalchemy.exc import OperationalError

from newsletter_service.continuity.service import stands_still
from newsletter_service.db import db, reading, words_of
from newsletter_service.health import service
from newsletter_service.health.models import Trouble
from newsletter_service.health.rules import SILENT_AFTER, TroubleKind, overdue, silence
from newsletter_service.health.wording import job_lines, trouble_lines
from newsletter_service.keys.suppression_key import not_ready
from newsletter_service.schema import newest_number, number_of
from newsletter_service.services import services
from newsletter_service.staff.guards import roles_required, staff_only
from newsletter_service.staff.rules import Role
from newsletter_service.web.errors import database_outage

health = Blueprint("health", __name__)
condition = staff_only(Blueprint("condition", __name__, url_prefix="/redactie"))
_SINCE = "newsletter_since"


def init_health(app: Flask) -> None:
    """Add the pages to `app`, which from now on expects to hear of the scheduler."""
    with app.app_context():
        app.extensions[_SINCE] = services().clock()
    app.register_blueprint(health)
    app.register_blueprint(condition)


@health.get("/healthz")
def healthz() -> Response:
    """Says "ok" when nothing needs a person, 503 when something does; details for who has the token."""
    try:
        needed = not_ready(db.engine, services().suppression_key)
        known = None if needed else _known()
    except OperationalError as error:
        database_outage().note(words_of(error))
        return _answer({"database": "away"}, "database")
    database_outage().over()
    if known is None:
        schema = {"found": number_of(db.engine), "wanted": newest_number()}
        return _answer({"database": "ok", "schema": schema}, "schema")
    return _answer(known, "trouble" if known["troubles"] else "")


@health.get("/healthz/pages")
def pages() -> Response:
    """Says "ok" when this process can answer: for a balancer, which is to go on sending readers here in any trouble."""
    try:
        needed = not_ready(db.engine, services().suppression_key)
    except OperationalError as error:
        database_outage().note(words_of(error))
        return _text("database\n", 503)
    return _text("schema\n", 503) if needed else _text("ok\n", 200)


@condition.get("/toestand")
@roles_required(Role.ADMINISTRATOR)
def show() -> str:
    """What is wrong, what was, and when each job last ran."""
    session = db.session()
    return render_template(
        "health/show.html",
        troubles=trouble_lines(current_troubles()),
        past=trouble_lines(service.latest_over(session)),
        jobs=job_lines(service.runs(session)),
        noted_at=service.noted_at(session),
    )


@condition.app_template_global()
def alarm() -> list[str]:
    """What is wrong just now, in a few words each, for every page of staff: two short looks into the database."""
    return [line.words.heading for line in trouble_lines(current_troubles())]


def current_troubles() -> list[Trouble]:
    """What is written down, and the silence of the scheduler also before somebody wrote it down."""
    troubles = [*service.open_troubles(db.session())]
    silent = silent_for()
    known = any(one.kind is TroubleKind.SCHEDULER_SILENT for one in troubles)
    if silent > SILENT_AFTER and not known and not _keeps_still():
        began_at = services().clock() - silent
        troubles.append(Trouble(kind=TroubleKind.SCHEDULER_SILENT, subject="", detail={}, began_at=began_at))
    return troubles


def _keeps_still() -> bool:
    """Whether the database is a copy on which no job may run: other pages say so."""
    return stands_still(db.engine, services().delivery.witness, services().clock())


def silent_for() -> timedelta:
    """Returns for how long the scheduler has said nothing, as far as this process knows."""
    since: datetime = current_app.extensions[_SINCE]
    return silence(service.noted_at(db.session()), since, services().clock())


def _known() -> dict[str, object]:
    """What there is to know, for who may know it; no addresses, and nothing of readers."""
    now = services().clock()
    with reading() as session:
        troubles = current_troubles()
        seen = service.observe(session, now)
        return {
            "database": "ok",
            "schema": {"found": newest_number(), "wanted": newest_number()},
            "scheduler": {"silent_seconds": round(silent_for().total_seconds())},
            "sender": {
                "workers": seen.workers,
                "oldest_due_seconds": round((now - (seen.oldest_due or now)).total_seconds()),
            },
            "editions": {
                "overdue": [one.number for one in seen.editions],
                "overdue_seconds": round(overdue(seen.editions, now).total_seconds()),
            },
            "jobs": {one.name: one.error for one in seen.failing},
            "troubles": [
                {"kind": one.kind, "subject": one.subject, "since": one.began_at.isoformat()}
                for one in troubles
            ],
        }


def _answer(known: dict[str, object], wrong: str) -> Response:
    status = 503 if wrong else 200
    if not has_token():
        return _text(f"{wrong or 'ok'}\n", status)
    response = jsonify({"ok": not wrong, **known})
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def has_token() -> bool:
    """Whether the request bears METRICS_TOKEN."""
    token, given = services().metrics_token, request.authorization
    sent = (given.token or "") if given is not None and given.type == "bearer" else ""
    return bool(token) and hmac.compare_digest(sent.encode(), token.encode())


def _text(body: str, status: int) -> Response:
    response = make_response(body, status)
    response.mimetype = "text/plain"
    return response
