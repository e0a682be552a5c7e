"""/redactie/agenda/…: when copy closes and editions go out, for agendas of staff; never what is in them.

An agenda cannot sign in, so its address is its key.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort
from flask_babel import force_locale
from flask_babel import gettext as _

from newsletter_service.db import db
from newsletter_service.editions.calendar.service import Dated, dated_editions, follower
from newsletter_service.files.ics import MIME_TYPE, Appointment, agenda
from newsletter_service.links.tokens import BadToken, Purpose
from newsletter_service.links.urls import Links
from newsletter_service.publisher.service import newsletter
from newsletter_service.services import services

calendar_feed = Blueprint("calendar_feed", __name__, url_prefix="/redactie/agenda")


@calendar_feed.get("/<token>")
def show(token: str) -> Response:
    """The calendar for the agenda of whoever has this link; 404 for one that was taken away."""
    session, wired, now = db.session(), services(), services().clock()
    try:
        user = follower(session, wired.tokens.read(Purpose.AGENDA, token, now).key)
    except BadToken:
        user = None
    if user is None:
        abort(404)
    with force_locale(user.language):
        found = [
            one for dated in dated_editions(session, now) for one in _appointments(dated, wired.links, now)
        ]
    headers = {"Cache-Control": "private, max-age=3600"}
    return Response(agenda(found, newsletter(session).name), mimetype=MIME_TYPE, headers=headers)


def _appointments(dated: Dated, links: Links, now: datetime) -> Iterator[Appointment]:
    host, slot = urlsplit(links.base_url).hostname, dated.slot
    if dated.number is None:
        uid, page = f"slot-{slot.sends_at:%Y%m%d}", links.staff("edities")
        closing, sending = _("Kopij sluit (volgens de kalender)"), _("Editie gaat uit (volgens de kalender)")
    else:
        uid, page = f"edition-{dated.number}", links.staff(f"edities/{dated.number}")
        closing = _("Editie %(number)s: kopij sluit", number=dated.number)
        sending = _("Editie %(number)s gaat uit", number=dated.number)
    yield Appointment(f"{uid}-closes@{host}", now, closing, slot.closes_at, url=page)
    yield Appointment(f"{uid}-sends@{host}", now, sending, slot.sends_at, url=page)
