"""Domains that do not take letters as they should, as all senders know them; "" stands for the SMTP server itself."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, text, update

from newsletter_service.db import UtcDateTime
from newsletter_service.delivery.models import DomainRest

_STRIKE = text(
    """
    INSERT INTO domain_rest (domain, strikes, rests_until, reply) VALUES (:domain, :least, :now, :reply)
    ON CONFLICT (domain) DO UPDATE
    SET strikes = CASE
            WHEN domain_rest.strikes < excluded.strikes THEN excluded.strikes ELSE domain_rest.strikes + 1
        END,
        reply = excluded.reply
    RETURNING strikes
    """
).bindparams(bindparam("now", type_=UtcDateTime()))


def strike(connection: Connection, domain: str, reply: str, least: int, now: datetime) -> int:
    """Write down that a domain deferred a letter: how often it has since it last accepted one, but `least`."""
    values = {"domain": domain, "least": least, "now": now, "reply": reply[:200]}
    return int(connection.scalars(_STRIKE, values).one())


def rest(connection: Connection, domain: str, until: datetime) -> None:
    """Let no sender try a domain before `until`."""
    connection.execute(
        update(DomainRest)
        .where(DomainRest.domain == domain, DomainRest.rests_until < until)
        .values(rests_until=until)
    )


def recovered(connection: Connection, domains: Iterable[str]) -> None:
    """Forget the strikes of domains that accepted a letter."""
    connection.execute(delete(DomainRest).where(DomainRest.domain.in_(list(domains))))


def known(connection: Connection) -> dict[str, tuple[int, datetime]]:
    """Strikes, and until when it rests, of every domain that does not take letters as it should."""
    query = select(DomainRest.domain, DomainRest.strikes, DomainRest.rests_until)
    return {domain: (strikes, until) for domain, strikes, until in connection.execute(query)}
