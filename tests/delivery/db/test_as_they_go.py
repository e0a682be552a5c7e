"""Limits that make nobody wait cost nothing: letters are claimed as they go, and only who has to wait waits."""

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.ledger.fast_path import exchange
from newsletter_service.delivery.ledger.rows import Claimed, Exchanged
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.worker import batcher as batcher_module
from newsletter_service.delivery.worker.batch import Batch
from newsletter_service.delivery.worker.batcher import Batcher
from newsletter_service.delivery.worker.outcomes import LetterOutcome
from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.smtp.replies import Phase, Reply
from tests.conftest import NOW
from tests.delivery.db.conftest import release, write_notice

SLOTS = 3
SMALL = ["klein0.example", "klein1.example", "klein2.example"]
BIG = "groot.example"
ACCEPTED = Reply(Phase.DOT, 250, "2.0.0 ok")


@pytest.fixture
def engine(session: Session) -> Engine:
    """A database with nine letters: two to each of three small domains in turn, then all to a big one."""
    mailing = release(session, 3 * SLOTS)
    rows = session.scalars(select(Delivery).where(Delivery.mailing_id == mailing.id).order_by(Delivery.id))
    for number, row in enumerate(rows):
        row.domain = SMALL[number % SLOTS] if number < 2 * SLOTS else BIG
    session.commit()
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    return bind


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What a batcher takes for the time: its last element, which stands still."""
    now = [time.monotonic()]
    monkeypatch.setattr(batcher_module, "time", SimpleNamespace(monotonic=lambda: now[-1]))
    return now


@pytest.fixture
def one_at_a_time(outbox: DeliveryConfig, stopwatch: list[float]) -> DeliveryConfig:
    """One that lets one letter at a time go to a domain."""
    return replace(outbox, limits=Limits(domain_connections=1))


def at_work(config: DeliveryConfig) -> tuple[Batcher, list[Claimed]]:
    """A batcher, and the first letters, which are with the server."""
    return (batcher := Batcher(config)), thoroughly(batcher, config.engine, [])


def quickly(batcher: Batcher, engine: Engine, arrived: list[Claimed]) -> list[Claimed]:
    batch = Batch([LetterOutcome(row, ACCEPTED, Verdict.SENT) for row in arrived], [], [], ())
    with engine.connect() as connection:
        assert batcher.run_fast(connection, batch, SLOTS)
    batcher.remember(batch)
    return batch.granted


def thoroughly(batcher: Batcher, engine: Engine, arrived: list[Claimed]) -> list[Claimed]:
    batch = Batch([LetterOutcome(row, ACCEPTED, Verdict.SENT) for row in arrived], [], [], ())
    with engine.connect() as connection, connection.begin():
        batcher.run(connection, batch, SLOTS)
    batcher.remember(batch)
    return batch.granted


def rows_of(session: Session, subscriber_ids: list[int]) -> list[tuple[DeliveryState, bool]]:
    session.rollback()
    rows = session.scalars(
        select(Delivery).where(Delivery.subscriber_id.in_(subscriber_ids)).order_by(Delivery.subscriber_id)
    )
    found = [(DeliveryState(row.state), row.handed_at is not None) for row in rows]
    session.rollback()
    return found


def test_what_a_domain_has_no_room_for_waits_as_claimed_and_was_not_handed_over(
    one_at_a_time: DeliveryConfig, engine: Engine, session: Session
) -> None:
    batcher, first = at_work(one_at_a_time)
    assert [row.domain for row in first] == SMALL
    second = quickly(batcher, engine, first)
    assert [row.domain for row in second] == SMALL
    (one,) = quickly(batcher, engine, second)
    assert one.domain == BIG
    assert rows_of(session, [4, 5, 6]) == [(DeliveryState.SENT, False)] * 3
    assert rows_of(session, [7, 8, 9]) == [
        (DeliveryState.CLAIMED, True),
        *[(DeliveryState.CLAIMED, False)] * 2,
    ]
    (two,) = thoroughly(batcher, engine, [one])
    assert (one.delivery_id, two.delivery_id) == (7, 8)


def test_letters_that_a_notice_went_before_do_not_lie_with_the_sender_for_ever(
    one_at_a_time: DeliveryConfig, engine: Engine, session: Session
) -> None:
    write_notice(session, "hoofd@veiligheid.example")
    batcher, first = at_work(replace(one_at_a_time, limits=Limits()))
    assert [row.mailing_id is None for row in first] == [True, False, False]
    second = thoroughly(batcher, engine, first)
    assert [row.delivery_id for row in second] == [3, 4, 5]
    assert DeliveryState.CLAIMED not in {
        state for state, handed in rows_of(session, list(range(1, 10))) if not handed
    }
    assert [row.delivery_id for row in quickly(batcher, engine, second)] == [6, 7, 8]


def test_no_more_are_claimed_than_the_rate_lets_go(
    one_at_a_time: DeliveryConfig, engine: Engine, session: Session, stopwatch: list[float]
) -> None:
    batcher, first = at_work(replace(one_at_a_time, limits=Limits(rate=21)))
    assert len(first) == SLOTS  # what may be caught up with
    assert quickly(batcher, engine, first) == []
    assert rows_of(session, [4, 5]) == [(DeliveryState.READY, False)] * 2
    assert 0.04 < batcher.pause(SLOTS, 0) < 0.06
    stopwatch.append(stopwatch[-1] + 0.06)
    (one,) = quickly(batcher, engine, [])
    assert quickly(batcher, engine, [one]) == []


def test_who_leaves_before_it_is_put_back_gets_nothing(
    one_at_a_time: DeliveryConfig, engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exchange_and_leave(*values: Any) -> Exchanged:
        exchanged = exchange(*values)
        assert service.cancel_for_subscriber(session, 8, NOW) == 1
        session.commit()
        return exchanged

    batcher, first = at_work(one_at_a_time)
    second = quickly(batcher, engine, first)
    monkeypatch.setattr(batcher_module, "exchange", exchange_and_leave)
    (one,) = quickly(batcher, engine, second)
    assert rows_of(session, [8]) == [(DeliveryState.CANCELLED, False)]
    assert thoroughly(batcher, engine, [one]) == []
    (three,) = thoroughly(batcher, engine, [])
    assert three.delivery_id == 9
