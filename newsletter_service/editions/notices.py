"""Tells heads and communicators about an edition: one mail each, in their own language."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions import emails
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import HoldReason
from newsletter_service.editions.service import missing_names
from newsletter_service.letters.values import Notice
from newsletter_service.links.urls import Links
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.staff.models import Role as RoleRow
from newsletter_service.staff.models import User
from newsletter_service.staff.notices import prepare_notice, staff_with, write_down
from newsletter_service.staff.rules import Role

TOLD = (Role.HEAD, Role.COMMUNICATOR)


def tell_staff(
    session: Session, mail_context: MailContext, build: Callable[[Links, str], Notice], now: datetime
) -> int:
    """Tell all heads and communicators; returns the number of people told."""
    told = staff_with(session, TOLD)
    tell(session, mail_context, told, build, now)
    return len(told)


def heads_of(session: Session, organisation_ids: Collection[int]) -> list[User]:
    """The heads of these organisations, as far as their accounts are in use."""
    head = User.roles.any(RoleRow.name == Role.HEAD)
    mine = User.organisation_id.in_(organisation_ids)
    return list(session.scalars(select(User).where(User.active, head, mine).order_by(User.id)))


def tell(
    session: Session,
    mail_context: MailContext,
    told: Iterable[User],
    build: Callable[[Links, str], Notice],
    now: datetime,
) -> None:
    """Write down what `build` makes of (links, language) for each of them, in their own language."""
    prepared = prepare_notice(told, partial(build, mail_context.links))
    write_down(session, prepared, now)


def tell_held(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    reason: HoldReason,
    now: datetime,
    words: str = "",
) -> None:
    """Tell staff that the scheduler held `edition`, and why; `words` is what the mail server said."""
    missing = missing_names(session, edition) if reason is HoldReason.UNSIGNED else ()
    facts = emails.HeldFacts(edition.number, edition.sends_at, edition.zone, reason, words, missing)
    tell_staff(session, mail_context, partial(emails.edition_held, facts), now)
