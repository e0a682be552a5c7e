"""The front door: who writes, for whom, when the next letter comes, what the last one said, and one field."""

from flask import Blueprint, render_template

from newsletter_service.archive.events import coming_events
from newsletter_service.archive.service import overview, public_editions
from newsletter_service.audience.service import offered_segments
from newsletter_service.db import db
from newsletter_service.documents.rules import Kind
from newsletter_service.documents.service import read_now
from newsletter_service.documents.views import document_page
from newsletter_service.front.service import next_letter
from newsletter_service.publisher.service import organisations
from newsletter_service.services import services
from newsletter_service.subscriptions.forms import AddressForm
from newsletter_service.subscriptions.requests.views import opened_at
from newsletter_service.web.cache import same_for_all
from newsletter_service.web.locale import language

LATEST = 4
"""Editions that may still tell of events to come."""
EVENTS = 3

front = Blueprint("front", __name__)


@front.get("/")
@same_for_all
def home() -> str:
    """The front door."""
    session, now = db.session(), services().clock()
    latest = [overview(one, language(), services().links) for one in public_editions(session)[:LATEST]]
    return render_template(
        "front/home.html",
        form=AddressForm(),
        opened=opened_at(),
        read=read_now(session, language(), services().reply_to),
        organisations=organisations(session),
        audience=[segment.name(language()) for segment in offered_segments(session)],
        next_letter=next_letter(session, now),
        latest=latest[0] if latest else None,
        events=coming_events(latest, now, EVENTS),
    )


@front.get("/contact")
@same_for_all
def contact() -> str:
    """Whom to write to, and who makes the newsletter."""
    return document_page(Kind.CONTACT)


@front.get("/toegankelijkheid")
@same_for_all
def accessibility() -> str:
    """What everybody may expect of letter and site, and whom to tell if it fails them."""
    return document_page(Kind.ACCESSIBILITY)
