"""All that is held about one person, table by table: a table that is added shows up here by itself."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Column, ColumnElement, ForeignKey, RowMapping, Table, select
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.db import Base
from newsletter_service.delivery.models import Letter, Suppression
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.editions.models import Exclusion
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.requesting.models import ConsentRequest
from newsletter_service.subscriptions.requests.models import FormRequest

Value = str | int | bool | None | dict[str, object]
Held = dict[str, list[dict[str, Value]]]
"""Rows by the name of their table, as JSON has them; tables without any are left out."""

_LABELS = ("slug", "number")
_NOT_SHOWN = {"skeleton", "words", "link_key"}
"""What says nothing of anybody, or is a key: letters with the links in them, and the key that links are sealed with."""
_FIRST = [Subscriber.__tablename__, "membership", "subscriber_topic", "consent"]
_LAST = [Bounce.__tablename__, Exclusion.__tablename__]


def held_about(session: Session, address: Address, suppression_key: str) -> Held:
    """Everything that is held about an address, its hash included; empty where nothing is."""
    number = session.scalar(select(Subscriber.id).where(Subscriber.address == address.text))
    found = _of_a_subscriber(session, number) if number is not None else {}
    hashed = address_hmac(address.text, suppression_key)
    trail = Base.metadata.tables[AuditEntry.__tablename__]
    about = trail.c.subject_key == hashed
    if number is not None:
        about |= (trail.c.subject_type == "subscriber") & (trail.c.subject_id == number)
    found[trail.name] = _rows(session, trail, about)
    suppression = Base.metadata.tables[Suppression.__tablename__]
    found["suppression"] = _rows(session, suppression, suppression.c.address_hmac == hashed)
    consent = Base.metadata.tables[Consent.__tablename__]
    steps = consent.c.address_hmac == hashed
    if number is not None:
        steps |= consent.c.subscriber_id == number
    found["consent"] = _rows(session, consent, steps)
    for model in (FormRequest, ConsentRequest):
        waiting = Base.metadata.tables[model.__tablename__]
        found[waiting.name] = _rows(session, waiting, waiting.c.address == address.text)
    return {name: rows for name, rows in found.items() if rows}


def _of_a_subscriber(session: Session, number: int) -> Held:
    found = {
        table.name: _rows(session, table, column == number)
        for table in sorted(Base.metadata.tables.values(), key=_place)
        for column in _leads_to_a_subscriber(table)
    }
    letters = {row["letter_id"] for row in found["delivery"]}
    letter = Base.metadata.tables[Letter.__tablename__]
    found["letter"] = _rows(session, letter, letter.c.id.in_(letters))
    return found


def _place(table: Table) -> tuple[int, str]:
    first = _FIRST.index(table.name) if table.name in _FIRST else len(_FIRST)
    return first + (table.name in _LAST), table.name


def _leads_to_a_subscriber(table: Table) -> Iterator[Column[int]]:
    """The column by which rows of a table belong to a subscriber, if it has one."""
    name = "id" if table.name == Subscriber.__tablename__ else "subscriber_id"
    if name in table.c:
        yield table.c[name]


def _rows(session: Session, table: Table, which: ColumnElement[bool]) -> list[dict[str, Value]]:
    shown = [column for column in table.c if column.name not in _NOT_SHOWN]
    found = session.execute(select(*shown).where(which).order_by(*table.primary_key))
    return [_row(session, table, row) for row in found.mappings()]


def _row(session: Session, table: Table, row: RowMapping) -> dict[str, Value]:
    """A row as plain values; what a number stands for is named beside it where that has a name."""
    told: dict[str, Value] = {}
    for column in table.c:
        if column.name in row:
            told[column.name] = _plain(row[column.name])
        for key in column.foreign_keys:
            told |= _named(session, key, row.get(column.name))
    return told


def _named(session: Session, key: ForeignKey, value: object) -> dict[str, Value]:
    target = key.column.table
    label = next((target.c[name] for name in _LABELS if name in target.c), None)
    if label is None or value is None:
        return {}
    return {target.name: session.scalar(select(label).where(key.column == value))}


def _plain(value: object) -> Value:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | dict | None):
        return value
    return str(value)
