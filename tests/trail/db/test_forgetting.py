"""After its term the trail is forgotten from its beginning, and what is left can still be verified."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.service import record
from newsletter_service.staff.trail.rules import Fault, Head
from newsletter_service.staff.trail.service import forget_before, head, verify
from tests.conftest import NOW
from tests.trail.db.test_chain import unguard

DAY = timedelta(days=1)


def fill(session: Session, number: int = 10) -> list[Head]:
    heads = []
    for count in range(number):
        record(session, None, "item.saved", "item", count, NOW + count * DAY)
        session.commit()
        heads.append(head(session))
    return heads


def forget(session: Session, days: int, limit: int = 1000) -> int:
    number = forget_before(session, NOW + days * DAY, NOW + 20 * DAY, limit)
    session.commit()
    return number


def test_the_oldest_go_and_the_chain_says_where_it_begins(session: Session) -> None:
    heads = fill(session)
    assert forget(session, 4) == 4
    found = verify(session, heads[9])
    assert (found.fault, found.entries, found.first.number if found.first else 0) == (None, 7, 5)
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert last.detail == {"through": 4, "hash": heads[3].hash, "entries": 4}
    assert (forget(session, 4), forget(session, 6)) == (0, 2)
    assert verify(session, heads[5]).fault is None, "the head that the chain now begins after"
    assert verify(session, heads[2]).fault is Fault.TOO_OLD


def test_it_goes_piece_by_piece_and_may_go_on_to_the_end(session: Session) -> None:
    fill(session)
    assert [forget(session, 30, limit=4) for _time in range(3)] == [4, 4, 4], "its own entries too"
    assert verify(session).fault is None


def test_nothing_is_deleted_that_no_sealed_entry_speaks_of(session: Session) -> None:
    fill(session)
    forget(session, 4)
    for statement in ("DELETE FROM audit_entry WHERE id = 5", "DELETE FROM audit_seal WHERE number = 5"):
        with pytest.raises(DatabaseError):
            session.execute(text(statement))
        session.rollback()
    unguard(session)
    session.execute(text("DELETE FROM audit_entry WHERE id IN (5, 6)"))
    found = verify(session)
    assert (found.fault, found.number) == (Fault.CUT_OFF, 5)
