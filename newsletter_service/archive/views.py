"""Editions on the web, for everybody: the same for all, without anything restricted."""

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Blueprint, Response, render_template
from markupsafe import Markup

from newsletter_service.archive.events import Event, appointment, coming_events
from newsletter_service.archive.service import (
    Overview,
    overview,
    public_content,
    public_corrections,
    public_edition,
    public_editions,
    went_out,
)
from newsletter_service.db import db
from newsletter_service.editions.content import correction_content, items_in, place_of
from newsletter_service.editions.models import Edition
from newsletter_service.editorial.cards import anchor_of
from newsletter_service.errors import NotFound
from newsletter_service.files.ics import MIME_TYPE, agenda
from newsletter_service.letters.edition import EditionView, edition_view
from newsletter_service.letters.values import EditionContent
from newsletter_service.links.urls import ARCHIVE
from newsletter_service.publisher.service import mail_identity, newsletter
from newsletter_service.services import services
from newsletter_service.web.cache import same_for_all
from newsletter_service.web.locale import language


@dataclass(frozen=True)
class Notice:
    """A correction as the page shows it, at its `place`."""

    place: str
    subject: str
    text: Markup
    released_at: datetime | None


_EDITIONS, _EVENTS = 12, 50
_KEPT = timedelta(days=60)
"""Of so many editions so many events are told of again, and the feed keeps those that are over for so long."""

archive = Blueprint("archive", __name__, url_prefix=ARCHIVE)


@archive.get("/")
@same_for_all
def index() -> str:
    """All editions that went out."""
    found = public_editions(db.session())
    shown = [overview(edition, language(), services().links) for edition in found]
    return render_template("archive/index.html", editions=shown)


@archive.get("/<int:number>")
@same_for_all
def show(number: int) -> str:
    """One edition, as far as everybody may read it."""
    edition = public_edition(db.session(), number)
    content = public_content(edition, language(), services().links)
    return render_template(
        "archive/show.html",
        edition=edition,
        content=content,
        view=_arranged(content),
        stopped=not went_out(edition),
        left_out=len(content.cards) < len(items_in(edition)),
        corrections=_by_place(edition, {card.anchor for card in content.cards}),
    )


@archive.get("/<int:number>/<anchor>")
@same_for_all
def item(number: int, anchor: str) -> str:
    """One item of an edition, at an address of its own; NotFound for one that not everybody may read."""
    edition = public_edition(db.session(), number)
    content = public_content(edition, language(), services().links)
    places = [card.anchor for card in content.cards]
    if anchor not in places:
        raise NotFound("no such item in this edition")
    place = places.index(anchor)
    alone = _arranged(replace(content, cards=(content.cards[place],)))
    return render_template(
        "archive/item.html",
        edition=edition,
        content=content,
        card=alone.sections[0].cards[0],
        following=next(iter(content.cards[place + 1 :]), None),
        corrections=_by_place(edition, {anchor}),
    )


@archive.get("/<int:number>/<anchor>.ics")
@same_for_all
def item_agenda(number: int, anchor: str) -> Response:
    """One event as a file that puts it into an agenda; NotFound for what is no event."""
    session, links = db.session(), services().links
    edition = public_edition(session, number)
    cards = public_content(edition, language(), links).cards
    found = [
        one
        for card in cards
        if card.anchor == anchor
        and (one := appointment(Event(number, card), links, edition.released_at or edition.sends_at))
    ]
    if not found:
        raise NotFound("no such event in this edition")
    headers = {"Content-Disposition": f"attachment; filename={anchor}.ics"}
    return Response(agenda(found), mimetype=MIME_TYPE, headers=headers)


@archive.get("/agenda")
@same_for_all
def events() -> str:
    """The events to come that editions told of."""
    latest, now = _latest(), services().clock()
    return render_template("archive/events.html", events=coming_events(latest, now, _EVENTS))


@archive.get("/agenda.ics")
@same_for_all
def events_agenda() -> Response:
    """The same for an agenda to follow; those of the last months stay in it."""
    links, since = services().links, services().clock() - _KEPT
    coming = coming_events(_latest(), since, _EVENTS)
    found = [one for event in coming if (one := appointment(event, links, since))]
    return Response(agenda(found, newsletter(db.session()).name), mimetype=MIME_TYPE)


def _latest() -> list[Overview]:
    latest = public_editions(db.session())[:_EDITIONS]
    return [overview(one, language(), services().links) for one in latest]


def _by_place(edition: Edition, shown: Set[str]) -> dict[str, list[Notice]]:
    """Corrections by the place of the item that they are about; "" is the top of the page."""
    found: defaultdict[str, list[Notice]] = defaultdict(list)
    for one in public_corrections(db.session(), edition):
        place = "" if one.item_id is None else anchor_of(one.item_id)
        text = _arranged(correction_content(edition, one, language())).introduction_html
        notice = Notice(place_of(one), one.subject, text, one.released_at)
        found[place if place in shown else ""].append(notice)
    return found


def _arranged(content: EditionContent) -> EditionView:
    """In the letter's order, under its headings, its texts whole; no link is a reader's own."""
    wired = services()
    sender = mail_identity(db.session(), wired, content.language)
    whole = replace(content, text_limit=None)
    return edition_view(whole, sender, manage="", unsubscribe="")
