"""Addresses that every site has: robots, security contact, static files."""

from datetime import timedelta

from flask import Blueprint, Response, make_response

from newsletter_service.db import db
from newsletter_service.publisher.service import newsletter, reply_address
from newsletter_service.services import services
from newsletter_service.web import livery, marks, sheets
from newsletter_service.web.site import site

SECURITY_TXT_LASTS = timedelta(days=180)

web = Blueprint("web", __name__, static_folder="static", static_url_path="/static")


@web.get("/robots.txt")
def robots() -> Response:
    """Search engines may read what the public may."""
    return _text("User-agent: *\nDisallow: /redactie\nDisallow: /demo\n")


@web.get("/stijl/<name>.css")
def style_sheet(name: str) -> Response:
    """The style sheet of one audience."""
    return _file(sheets.sheet(name), "text/css")


@web.get("/huisstijl.css")
def huisstijl() -> Response:
    """The organisations' colours."""
    return _file(livery.style_sheet(site().publishers), "text/css")


@web.get("/merk.svg")
def merk() -> Response:
    """The newsletter's mark, for a browser's tab."""
    return _file(marks.icon_svg(site().publishers), "image/svg+xml")


@web.get("/merk.png")
def merk_op_telefoon() -> Response:
    """The mark as a telephone shows it among its programs."""
    return _file(marks.picture(site().publishers, 180, 180, 0.5), "image/png")


@web.get("/merk-in-brief.png")
def mark_in_letters() -> Response:
    """The mark as it stands in the head of letters."""
    return _kept_for_a_day(marks.mark(site().publishers))


@web.get("/merk-in-donkere-brief.png")
def mark_in_dark_letters() -> Response:
    """The same for mail programs that show letters dark."""
    return _kept_for_a_day(marks.mark(site().publishers, dark=True))


@web.get("/deel.png")
def deel() -> Response:
    """What others show where somebody shares a page (Open Graph)."""
    return _file(marks.picture(site().publishers, 1200, 630, 0.55), "image/png")


@web.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Whom to tell about a weak spot (RFC 9116)."""
    expires = (services().clock() + SECURITY_TXT_LASTS).replace(microsecond=0)
    lines = (
        f"Contact: mailto:{reply_address(newsletter(db.session()), services().reply_to)}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: nl, en",
        f"Canonical: {services().links.base_url}/.well-known/security.txt",
    )
    return _text("\n".join(lines) + "\n")


def _file(body: str | bytes, kind: str) -> Response:
    response = make_response(body)
    response.mimetype = kind
    return response


def _kept_for_a_day(picture: bytes) -> Response:
    """A picture by an address that stays: letters are out for years."""
    response = _file(picture, "image/png")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _text(body: str, status: int = 200) -> Response:
    response = make_response(body, status)
    response.mimetype = "text/plain"
    return response
