"""Addresses that every site has: health, robots, security contact, static files."""

from datetime import timedelta

from flask import Blueprint, Response, make_response
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from newsletter_service.db import db
from newsletter_service.services import services
from newsletter_service.web import livery
from newsletter_service.web.errors import database_outage
from newsletter_service.web.site import site

SECURITY_TXT_LASTS = timedelta(days=180)

web = Blueprint("web", __name__, static_folder="static", static_url_path="/static")


@web.get("/healthz")
def healthz() -> Response:
    """Says "ok" when the database answers, and 503 when it does not."""
    try:
        with db.engine.connect().execution_options(sqlite_read_only=True) as connection:
            connection.execute(select(1))
    except OperationalError as error:
        database_outage().note(" ".join(str(error.orig).split()))
        return _text("database\n", 503)
    database_outage().over()
    return _text("ok\n")


@web.get("/robots.txt")
def robots() -> Response:
    """Search engines may read what the public may."""
    return _text("User-agent: *\nDisallow: /redactie\nDisallow: /demo\n")


@web.get("/huisstijl.css")
def huisstijl() -> Response:
    """The organisations' colours."""
    response = make_response(livery.style_sheet(site().publishers))
    response.mimetype = "text/css"
    return response


@web.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Whom to tell about a weak spot (RFC 9116)."""
    expires = (services().clock() + SECURITY_TXT_LASTS).replace(microsecond=0)
    lines = (
        f"Contact: mailto:{services().reply_to}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: nl, en",
        f"Canonical: {services().links.base_url}/.well-known/security.txt",
    )
    return _text("\n".join(lines) + "\n")


def _text(body: str, status: int = 200) -> Response:
    response = make_response(body, status)
    response.mimetype = "text/plain"
    return response
