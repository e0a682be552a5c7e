"""Rows that would fall between two stools: erased, claimed by nobody, put off by a clock that was ahead."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.ledger import claims, workers
from newsletter_service.delivery.models import Delivery, DomainBackoff
from newsletter_service.delivery.rules import DeliveryState, Verdict, retry_after
from newsletter_service.delivery.worker.liveness import Liveness, expire_silent_workers
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.smtp.extensions import Extensions
from tests.conftest import NOW
from tests.delivery.db.conftest import release, states
from tests.pipelining_server import running_erring_server
from tests.smtp_server import RecordingServer

READER = "lezer1@gemeente.example"


def test_a_row_that_is_erased_while_its_letter_is_deferred_costs_the_others_nothing(
    session: Session, outbox: DeliveryConfig
) -> None:
    mailing = release(session, 20)

    def answer(verb: str, recipient: str) -> str:
        if verb == "RCPT" and recipient == READER:
            with outbox.engine.begin() as connection:
                connection.execute(delete(Delivery).where(Delivery.address == READER))
            return "451 4.3.0 later"
        return {"DATA": "354 Go"}.get(verb, "250 OK")

    with running_erring_server(Extensions(pipelining=True), answer) as server:
        here = replace(outbox, server=replace(outbox.server, port=server.port))
        send_until_empty(here)
        assert states(session, mailing) == {DeliveryState.SENT: 19}
        assert send_until_empty(here)[Verdict.SENT] == 0
        assert len(server.received) == 19


def test_rows_of_a_sender_that_is_not_there_are_freed(session: Session) -> None:
    mailing = release(session, 2)
    connection = session.connection()
    workers.register(connection, "late", "host", 1, NOW)
    rows, _ = claims.claim(connection, "late", mailing.id, NOW, 2)
    claims.hand_over(connection, "late", [rows[0].delivery_id], NOW)
    workers.expire_worker(connection, "late", 0, NOW, hold=False)
    stale = update(Delivery).values(state=DeliveryState.CLAIMED, lease_holder="late", settled_at=None)
    session.execute(stale.where(Delivery.mailing_id == mailing.id))
    session.commit()
    assert expire_silent_workers(session.connection(), Liveness(), NOW, hold=False) == 2
    session.commit()
    assert DeliveryState.CLAIMED not in states(session, mailing)


def test_what_a_clock_that_was_ahead_put_off_goes_out_by_the_right_one(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    mailing = release(session, 3)
    far = NOW + timedelta(days=3650)
    session.execute(update(Delivery).where(Delivery.address == READER).values(next_attempt_at=far))
    session.add(DomainBackoff(domain="gemeente.example", failures=3, until=far, reply="451 later"))
    session.commit()
    assert send_until_empty(outbox) == {Verdict.SENT: 2}
    assert service.repair_clock_skew(session, NOW) == 1
    session.commit()
    assert send_until_empty(outbox) == {Verdict.SENT: 1}
    assert states(session, mailing) == {DeliveryState.SENT: 3}


def test_no_letter_that_waits_as_it_should_comes_forward(session: Session) -> None:
    release(session, 1)
    session.execute(update(Delivery).values(next_attempt_at=NOW + retry_after(99, 0.999)))
    session.execute(update(Delivery).values(attempts=1))
    assert service.repair_clock_skew(session, NOW) == 0
