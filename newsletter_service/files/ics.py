"""Calendars as files that every agenda reads (iCalendar, RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

MIME_TYPE = "text/calendar"
_PRODUCT = "-//newsletter-service//NL"
_ASK_AGAIN = timedelta(hours=6)


@dataclass(frozen=True)
class Appointment:
    """One entry of an agenda; moments are aware, and without an end it is a moment.

    `uid` stays the same for as long as it is the same appointment, so that an agenda moves what it has;
    `changed_at` is when it became as it is.
    """

    uid: str
    changed_at: datetime
    title: str
    begins: datetime
    ends: datetime | None = None
    place: str = ""
    url: str = ""
    text: str = ""


def agenda(appointments: Iterable[Appointment], name: str = "") -> bytes:
    """Returns a file of `appointments`, in UTC; one with a `name` can be followed, and is asked for every six hours."""
    found = Calendar()
    found.add("prodid", _PRODUCT)
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    if name:
        found.add("name", name)
        found.add("x-wr-calname", name)
        found.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})
        found.add("x-published-ttl", "PT6H")
    for one in appointments:
        found.add_component(_event(one))
    return found.to_ical()


def _event(one: Appointment) -> Event:
    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", one.changed_at.astimezone(UTC))
    event.add("summary", one.title)
    event.add("dtstart", one.begins.astimezone(UTC))
    if one.ends is not None and one.ends > one.begins:
        event.add("dtend", one.ends.astimezone(UTC))
    for name, value in (("location", one.place), ("url", one.url), ("description", one.text)):
        if value:
            event.add(name, value)
    return event
