"""What people decide about letters that did not surely arrive: once more, or to count them as sent."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Select, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from newsletter_service.db import rows_changed
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Filter, Group
from newsletter_service.delivery.rules import EDITION_GIVE_UP, DeliveryState, address_hmac
from newsletter_service.delivery.service import suppressed_hmacs

RETRIED = (Group.FAILED, Group.UNCERTAIN)
_AT_ONCE = 1000


@dataclass(frozen=True)
class Wanting:
    """Who may be written to once more: `readers` (their ids), unless their address is not to be mailed any more."""

    readers: Select[int]
    secret_key: str

    def rows(self, session: Session, mailing_id: int, which: Filter) -> tuple[ColumnElement[bool], ...]:
        """The letters among `which` to them, as conditions."""
        unwanted = self._suppressed(session, mailing_id, which)
        written: BindParameter[list[int]] = bindparam(
            "unwanted", unwanted, expanding=True, literal_execute=True
        )
        wanted = (Delivery.subscriber_id.in_(self.readers), Delivery.id.not_in(written))
        return (*which.rows(mailing_id), *wanted)

    def _suppressed(self, session: Session, mailing_id: int, which: Filter) -> list[int]:
        keys = suppressed_hmacs(session)
        if not keys:
            return []
        rows = session.execute(select(Delivery.id, Delivery.address).where(*which.rows(mailing_id)))
        return [id_ for id_, address in rows.yield_per(_AT_ONCE) if self._key(address) in keys]

    def _key(self, address: str) -> str:
        return address_hmac(address, self.secret_key)


def number_of(session: Session, mailing_id: int, which: Filter, wanting: Wanting) -> int:
    """How many letters would go out once more."""
    query = select(func.count()).select_from(Delivery).where(*wanting.rows(session, mailing_id, which))
    return session.scalars(query).one()


def retry(session: Session, mailing_id: int, which: Filter, wanting: Wanting, now: datetime) -> int:
    """Let failed or uncertain letters go out once more, with the Message-ID they had; how many."""
    return _change(
        session,
        update(Delivery)
        .where(*wanting.rows(session, mailing_id, which))
        .values(
            state=DeliveryState.DEFERRED,
            settled_at=None,
            next_attempt_at=now,
            give_up_at=now + EDITION_GIVE_UP,
            cancel_asked_at=None,
        ),
    )


def count_as_sent(session: Session, mailing_id: int, which: Filter) -> int:
    """Believe that letters arrived of which the outcome is unknown; how many. They may have arrived twice."""
    uncertain = replace(which, group=Group.UNCERTAIN)
    return _change(
        session, update(Delivery).where(*uncertain.rows(mailing_id)).values(state=DeliveryState.SENT)
    )


def _change(session: Session, statement: Update) -> int:
    changed = rows_changed(session, statement)
    session.expire_all()
    return changed
