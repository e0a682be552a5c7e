"""Domains that defer letters, as all workers know them; "" is the SMTP server itself."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, not_, select, text, update

from newsletter_service.db import UtcDateTime
from newsletter_service.delivery.models import DomainBackoff
from newsletter_service.delivery.rules import LONGEST_WAIT

_ADD_FAILURE = text(
    """
    INSERT INTO domain_backoff (domain, failures, until, reply) VALUES (:domain, :least, :now, :reply)
    ON CONFLICT (domain) DO UPDATE
    SET failures = CASE
            WHEN domain_backoff.failures < excluded.failures OR domain_backoff.until < :long_ago THEN excluded.failures
            ELSE domain_backoff.failures + 1
        END,
        until = CASE
            WHEN domain_backoff.until < excluded.until THEN excluded.until
            ELSE domain_backoff.until
        END,
        reply = excluded.reply
    RETURNING failures
    """
).bindparams(bindparam("now", type_=UtcDateTime()), bindparam("long_ago", type_=UtcDateTime()))


def _counts(now: datetime) -> ColumnElement[bool]:
    """Whether what is known of a domain still counts: else it is long ago, or was written by a clock that was ahead."""
    return and_(DomainBackoff.until >= now - LONGEST_WAIT, DomainBackoff.until <= now + LONGEST_WAIT)


def add_failure(connection: Connection, domain: str, reply: str, least: int, now: datetime) -> int:
    """Writes down that a domain deferred a letter; returns its failures in a row, at least `least`."""
    long_ago = now - LONGEST_WAIT
    values = {"domain": domain, "least": least, "now": now, "long_ago": long_ago, "reply": reply[:200]}
    return int(connection.scalars(_ADD_FAILURE, values).one())


def back_off(connection: Connection, domain: str, until: datetime) -> None:
    """Lets no worker try a domain before `until`."""
    connection.execute(
        update(DomainBackoff)
        .where(DomainBackoff.domain == domain, DomainBackoff.until < until)
        .values(until=until)
    )


def recovered(connection: Connection, domains: Iterable[str]) -> None:
    """Forgets the failures of domains that accepted a letter."""
    connection.execute(delete(DomainBackoff).where(DomainBackoff.domain.in_(list(domains))))


def known(connection: Connection, now: datetime) -> dict[str, tuple[int, datetime]]:
    """Returns the failures of every domain that has any, and until when it backs off."""
    query = select(DomainBackoff.domain, DomainBackoff.failures, DomainBackoff.until).where(_counts(now))
    return {domain: (failures, until) for domain, failures, until in connection.execute(query)}


def server_until(connection: Connection, now: datetime) -> datetime | None:
    """Returns until when the SMTP server itself backs off, if it does now."""
    query = select(DomainBackoff.until).where(
        DomainBackoff.domain == "", _counts(now), DomainBackoff.until > now
    )
    return connection.scalars(query).one_or_none()


def forget(connection: Connection, now: datetime) -> int:
    """Deletes what no longer counts of what is known of domains; returns their number."""
    return connection.execute(delete(DomainBackoff).where(not_(_counts(now)))).rowcount
