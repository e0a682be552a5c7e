"""Use cases of asking by mail: keep who is to be asked, ask them one by one, stop."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from newsletter_service import retention
from newsletter_service.budgets import service as budgets
from newsletter_service.clock import moment_text
from newsletter_service.db import add_rows, among, rows_changed
from newsletter_service.delivery.rules import Suppressed, address_hmac
from newsletter_service.delivery.suppressions import keep_off, suppression_of
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions import notices
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.choosing.service import choose, chosen
from newsletter_service.subscriptions.consent.rules import COMMAND, Step, by_staff
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.finding.service import added, by_address
from newsletter_service.subscriptions.requesting.models import ConsentRequest
from newsletter_service.subscriptions.requesting.rules import leaving_room
from newsletter_service.subscriptions.requests.service import shared_purses
from newsletter_service.subscriptions.rules import Choices

_AT_ONCE = 100
_COLUMNS = ("address", "choices", "known_from", "file_name", "staff_id", "list_id", "brought_at", "at")
_REQUESTED = "requested"
"""Why the hash of somebody who was asked is kept off lists: nobody is asked a second time."""


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody who is to be asked at `at`."""

    address: str
    choices: Choices
    at: datetime


@dataclass(frozen=True)
class Brought:
    """What those of one list have in common."""

    known_from: str
    file_name: str
    staff_id: int | None
    list_id: int | None
    at: datetime


def ask_later(session: Session, requests: Sequence[Request], brought: Brought) -> None:
    """Keep who is to be asked until they are."""
    at = moment_text(brought.at)
    shared = (brought.known_from, brought.file_name, brought.staff_id, brought.list_id, at)
    rows = [
        (one.address, json.dumps(one.choices.as_json()), *shared, moment_text(one.at)) for one in requests
    ]
    if rows:
        add_rows(session, cast(Table, ConsentRequest.__table__), _COLUMNS, rows)


def waiting_among(session: Session, addresses: Sequence[str]) -> frozenset[str]:
    """Those of many addresses that wait to be asked."""
    return frozenset(
        session.scalars(select(ConsentRequest.address).where(among(ConsentRequest.address, addresses)))
    )


def number_waiting(session: Session) -> int:
    """The number of all who wait to be asked."""
    return session.scalar(select(func.count()).select_from(ConsentRequest)) or 0


@dataclass(frozen=True)
class Waiting:
    """How many of one list wait to be asked, and when the last of them is."""

    number: int
    last_at: datetime | None


def waiting_of(session: Session, list_id: int) -> Waiting:
    """Who of one list waits to be asked."""
    mine = select(func.count(), func.max(ConsentRequest.at)).where(ConsentRequest.list_id == list_id)
    number, last_at = session.execute(mine).one()
    return Waiting(number, last_at)


def due(session: Session, now: datetime) -> Sequence[int]:
    """Returns whom to ask now, some at a time, who waits longest first."""
    query = (
        select(ConsentRequest.id)
        .where(ConsentRequest.at <= now)
        .order_by(ConsentRequest.at, ConsentRequest.id)
    )
    return session.scalars(query.limit(_AT_ONCE)).all()


def ask(session: Session, mail_context: MailContext, request_id: int, now: datetime) -> bool:
    """Ask somebody by mail, once in a lifetime; False if they may not be asked, or not yet.

    Nobody is asked who is, or was, or is about to become a reader here, nor whose address is kept off anything.
    """
    row = session.get(ConsentRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None:
        return False
    address = Address(row.address)
    hashed = address_hmac(address.text, mail_context.suppression_key)
    if by_address(session, address) is not None or suppression_of(session, hashed) is not None:
        session.delete(row)
        return False
    if not _afford(session, mail_context, row, now):
        return False
    subscriber = added(session, address, hashed, now)
    choose(session, subscriber, Choices.from_json(row.choices), now)
    by = by_staff(row.staff_id) if row.staff_id is not None else COMMAND
    detail = chosen(subscriber)
    record_wish(
        session, subscriber, Step.REQUESTED, by, row.file_name, now, note=row.known_from, detail=detail
    )
    keep_off(session, hashed, Suppressed.IMPORTS, _REQUESTED, now)
    notices.write_consent_request(session, mail_context, subscriber, row.known_from, now)
    session.delete(row)
    session.flush()
    return True


def _afford(session: Session, mail_context: MailContext, row: ConsentRequest, now: datetime) -> bool:
    """Whether there is room for one more mail, which is counted; if not, the request waits for it."""
    mailbox = notices.person(mail_context, row.address)
    shared = [
        replace(one, budget=leaving_room(one.budget))
        for one in shared_purses(session, mail_context, Address(row.address))
    ]
    held = budgets.hold(session, [mailbox, *shared], now)
    waits = held.wait(mailbox, *shared, patient=False)
    if waits:
        row.at = now + waits
        return False
    held.use(mailbox, *shared)
    return True


def stop(session: Session, list_id: int, by: User, now: datetime) -> int:
    """Ask nobody of a list any more who has not been asked yet; returns their number."""
    number = rows_changed(session, delete(ConsentRequest).where(ConsentRequest.list_id == list_id))
    if number:
        record(session, by, "list.asking_stopped", "subscriber_list", list_id, now, number=number)
    return number


def forget_stale(session: Session, now: datetime) -> None:
    """Forget who could not be asked in time."""
    session.execute(
        delete(ConsentRequest).where(ConsentRequest.brought_at < now - retention.CONSENT_REQUESTS)
    )
