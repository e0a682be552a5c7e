"""What each act does once a second person has accepted it, and what it would do now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import ListedDomain
from newsletter_service.errors import NotFound
from newsletter_service.operations.logs import without_addresses
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.staff.four_eyes import service as four_eyes
from newsletter_service.staff.four_eyes.models import ActRequest
from newsletter_service.staff.four_eyes.rules import ERASED_WITHIN, Act
from newsletter_service.staff.four_eyes.service import What
from newsletter_service.staff.models import User
from newsletter_service.staff.service import times_done
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.domains.service import list_domain, unlist_domain
from newsletter_service.subscriptions.erasing.scrubbing import ERASED
from newsletter_service.subscriptions.lists import service as lists
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf.rules import without_name
from newsletter_service.subscriptions.on_behalf.service import erase_address


@dataclass(frozen=True)
class Doing:
    """How an act is done: what it would do now (None: nothing any more), and doing it for whoever asked."""

    now: Callable[[Session, What], What | None]
    do: Callable[[Session, MailContext, What, User, datetime], None]


def accept(
    session: Session, mail_context: MailContext, number: int, seen: str, by: User, now: datetime
) -> ActRequest:
    """Accepts a request as it was seen, and does what it asks for. NotAllowed, Overtaken."""
    request = four_eyes.accept(session, mail_context.links, number, seen, by, now, _now)
    DOINGS[request.act].do(session, mail_context, request.what, request.asked_by, now)
    return request


def _now(session: Session, request: ActRequest) -> What | None:
    return DOINGS[request.act].now(session, request.what)


def _same_list(session: Session, what: What) -> What | None:
    try:
        return lists.what_is_taken_in(session, what["list"])
    except NotFound:
        return None


def _take_in(session: Session, _context: MailContext, what: What, by: User, now: datetime) -> None:
    lists.approve(session, what["list"], by, now)


def _unchanged(_session: Session, what: What) -> What:
    return what


def _nothing_yet(_session: Session, _context: MailContext, _what: What, _by: User, _now: datetime) -> None:
    """Whoever asked takes the file themselves."""


def what_is_erased(subscriber: Subscriber, reason: str) -> What:
    """Whom erasing somebody is about, and why."""
    said = without_name(without_addresses(reason), subscriber.name)
    return {"reader": subscriber.id, "key": subscriber.address_hmac, "reason": said}


def _same_person(session: Session, what: What) -> What | None:
    subscriber = session.get(Subscriber, what["reader"])
    return what_is_erased(subscriber, what["reason"]) if subscriber is not None else None


def _erase(session: Session, context: MailContext, what: What, by: User, now: datetime) -> None:
    subscriber = session.get_one(Subscriber, what["reader"])
    key = context.suppression_key
    erase_address(session, Address(subscriber.address), key, what["reason"], by, now)


def _change_domains(session: Session, _context: MailContext, what: What, by: User, now: datetime) -> None:
    if what["listed"]:
        list_domain(session, what["segment"], ListedDomain(what["domain"], what["subdomains"]), by, now)
    else:
        unlist_domain(session, what["segment"], what["domain"], by, now)


DOINGS: Mapping[Act, Doing] = {
    Act.IMPORT: Doing(_same_list, _take_in),
    Act.EXPORT: Doing(_unchanged, _nothing_yet),
    Act.ERASE: Doing(_same_person, _erase),
    Act.DOMAINS: Doing(_unchanged, _change_domains),
}


def is_second_today(session: Session, user: User, now: datetime) -> bool:
    """Whether somebody who erases a reader did so, or asked to, shortly before: then it is more than one.

    Of two readers whom they erase at the same moment the second is decided on once the first is gone.
    """
    mine = select(User.id).where(User.id == user.id)
    session.execute(mine.with_for_update(key_share=True))  # others may still refer to the account
    since = now - ERASED_WITHIN
    done = times_done(session, user, ERASED, since)
    asked = four_eyes.open_requests(session, now, Act.ERASE)
    return done > 0 or any(one.asked_by_id == user.id and one.asked_at > since for one in asked)
