"""The step for every few letters: what arrived is settled and the next ones are handed over, all or nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.ledger import claims, workers
from newsletter_service.delivery.ledger.fast_path import exchange
from newsletter_service.delivery.ledger.rows import Chosen, Claimed, Exchanged, Wanted
from newsletter_service.delivery.models import Mailing
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.smtp.replies import Phase, Reply
from tests.conftest import NOW
from tests.delivery.db.conftest import release, row_of, states

OK = Reply(Phase.DOT, 250, "2.0.0 Ok: queued as 4F2A")


@pytest.fixture
def line(outbox: DeliveryConfig) -> Iterator[Connection]:
    """A connection to the database for two registered senders."""
    with outbox.engine.connect() as connection:
        with connection.begin():
            for name in ("one", "two"):
                workers.register(connection, name, "host.example", 1, NOW)
        yield connection


def released(session: Session, count: int) -> tuple[Mailing, int]:
    """A mailing and its number; the session is in no transaction afterwards."""
    mailing = release(session, count)
    number = mailing.id
    session.rollback()
    return mailing, number


def first(line: Connection, sender: str, limit: int, mailing_id: int) -> Exchanged:
    return exchange(line, sender, [], Wanted(mailing_id, limit, None), NOW)


def test_arrived_letters_are_settled_and_the_next_ones_handed_over(
    session: Session, line: Connection
) -> None:
    mailing, number = released(session, 5)
    _settled, rows, place = first(line, "one", 3, number)
    assert [row.address for row in rows] == [f"lezer{n}@gemeente.example" for n in (1, 2, 3)]
    done = exchange(line, "one", [(row, OK) for row in rows], Wanted(number, 3, place), NOW)
    assert (done.settled, len(done.rows)) == (3, 2)
    assert states(session, mailing) == {DeliveryState.SENT: 3, DeliveryState.CLAIMED: 2}
    sent = row_of(session, "lezer1@gemeente.example")
    assert (sent.attempts, sent.reply_code, sent.reply_status) == (1, 250, "2.0.0")
    assert (sent.reply_text, sent.settled_at, sent.lease_holder) == (OK.text, NOW, None)
    assert row_of(session, "lezer5@gemeente.example").handed_at == NOW


def test_where_nothing_is_wanted_only_what_arrived_is_settled(session: Session, line: Connection) -> None:
    mailing, number = released(session, 2)
    rows = first(line, "one", 1, number).rows
    assert exchange(line, "one", [(rows[0], OK)], None, NOW) == Exchanged(1, [], None)
    assert states(session, mailing) == {DeliveryState.SENT: 1, DeliveryState.READY: 1}


def test_no_two_senders_are_handed_the_same_letter(session: Session, line: Connection) -> None:
    _mailing, number = released(session, 5)
    mine, theirs = first(line, "one", 3, number).rows, first(line, "two", 3, number).rows
    assert (len(mine), len(theirs)) == (3, 2)
    assert not {row.delivery_id for row in mine} & {row.delivery_id for row in theirs}


def test_letters_of_another_sender_are_not_settled(session: Session, line: Connection) -> None:
    mailing, number = released(session, 1)
    rows = first(line, "two", 1, number).rows
    assert exchange(line, "one", [(rows[0], OK)], Wanted(number, 1, None), NOW).settled == 0
    assert states(session, mailing) == {DeliveryState.CLAIMED: 1}


def test_a_sender_that_was_given_up_is_handed_nothing(session: Session, line: Connection) -> None:
    _mailing, number = released(session, 1)
    with line.begin():
        assert workers.expire_worker(line, "one", 0, NOW, hold=False) == 0
    assert first(line, "one", 1, number).rows == []


def test_a_paused_mailing_hands_over_nothing(session: Session, line: Connection) -> None:
    mailing, number = released(session, 1)
    service.pause_mailing(session, mailing, "", NOW)
    session.commit()
    assert first(line, "one", 1, number).rows == []


def test_what_is_not_due_yet_is_not_handed_over(session: Session, line: Connection) -> None:
    _mailing, number = released(session, 1)
    early = exchange(line, "one", [], Wanted(number, 1, None), NOW - timedelta(seconds=1))
    assert early.rows == []


def test_whoever_left_is_not_handed_over(session: Session, line: Connection) -> None:
    _mailing, number = released(session, 2)
    service.cancel_for_subscriber(session, 1, NOW)
    session.commit()
    assert [row.delivery_id for row in first(line, "one", 2, number).rows] == [2]


def claimed(line: Connection, sender: str, mailing_id: int, limit: int) -> list[Claimed]:
    with line.begin():
        rows, _place = claims.claim(line, sender, mailing_id, NOW, limit)
    return rows


def test_letters_that_were_claimed_are_handed_over_as_chosen(session: Session, line: Connection) -> None:
    mailing, number = released(session, 4)
    arrived = first(line, "one", 1, number).rows
    rows = claimed(line, "one", number, 3)
    done = exchange(line, "one", [(row, OK) for row in arrived], Chosen(rows[1:]), NOW)
    assert done == Exchanged(1, rows[1:], None)
    assert states(session, mailing) == {DeliveryState.SENT: 1, DeliveryState.CLAIMED: 3}
    assert row_of(session, rows[0].address).handed_at is None
    assert row_of(session, rows[1].address).handed_at == NOW


@pytest.mark.parametrize("meanwhile", ["held", "given up", "somebody left"])
def test_what_may_not_go_any_more_is_not_handed_over_though_it_was_claimed(
    session: Session, line: Connection, meanwhile: str
) -> None:
    mailing, number = released(session, 2)
    rows = claimed(line, "one", number, 2)
    if meanwhile == "held":
        service.pause_mailing(session, mailing, "", NOW)
    elif meanwhile == "given up":
        workers.expire_worker(session.connection(), "one", 0, NOW, hold=False)
    else:
        service.cancel_for_subscriber(session, 1, NOW)
    session.commit()
    left = rows[1:] if meanwhile == "somebody left" else []
    assert exchange(line, "one", [], Chosen(rows), NOW).rows == left
