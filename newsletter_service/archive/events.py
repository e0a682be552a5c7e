"""Events that editions told of: those to come, and each as an appointment for one's own agenda."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from newsletter_service.archive.service import Overview
from newsletter_service.files.ics import Appointment
from newsletter_service.letters.values import Card
from newsletter_service.links.urls import Links


@dataclass(frozen=True)
class Event:
    """An event, and the edition that tells of it."""

    number: int
    card: Card


def coming_events(editions: Iterable[Overview], now: datetime, limit: int) -> list[Event]:
    """The first `limit` events of `editions` that have yet to begin, each once, the soonest first."""
    found = {
        card.anchor: Event(one.number, card)
        for one in editions
        for card in one.cards
        if card.starts_at is not None and card.starts_at > now
    }
    return sorted(found.values(), key=_begins)[:limit]


def appointment(event: Event, links: Links, told_at: datetime) -> Appointment | None:
    """What an agenda gets of it; None for what has no moment."""
    card = event.card
    if card.starts_at is None:
        return None
    return Appointment(
        uid=f"{card.anchor}@{urlsplit(links.base_url).hostname}",
        changed_at=told_at,
        title=card.title,
        begins=card.starts_at,
        ends=card.ends_at,
        place=card.place,
        url=links.archived(event.number, card.anchor),
        text=card.lead,
    )


def _begins(event: Event) -> float:
    return event.card.starts_at.timestamp() if event.card.starts_at else 0.0
