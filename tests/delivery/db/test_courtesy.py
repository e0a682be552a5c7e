"""What servers and recipient domains ask for is kept to, and nobody waits for somebody else's domain."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.ledger import domain_backoff
from newsletter_service.delivery.models import Delivery, DomainBackoff, Mailing
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.worker.liveness import Liveness
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.outlook import comes_soon
from newsletter_service.delivery.worker.rate_limits import BURST_SECONDS, Limits
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.smtp.connection import SmtpServer
from newsletter_service.smtp.extensions import Extensions
from tests.conftest import NOW, Clock
from tests.delivery.db.beside import eventually, sending
from tests.delivery.db.conftest import release, row_of, states, write_notice
from tests.pipelining_server import running_erring_server
from tests.smtp_server import RecordingServer

READER = "nieuw@elders.example"
DOMAIN = "gemeente.example"


def to(outbox: DeliveryConfig, port: int, connections: int = 1) -> DeliveryConfig:
    return replace(outbox, server=SmtpServer("127.0.0.1", port, "none", connections=connections))


def running_clock() -> Callable[[], datetime]:
    """A clock that begins at NOW and runs."""
    began = time.monotonic()
    return lambda: NOW + timedelta(seconds=time.monotonic() - began)


def send_all(outbox: DeliveryConfig) -> Counter[Verdict]:
    """Send until nothing comes within a minute."""
    total: Counter[Verdict] = Counter()
    while comes_soon(outbox, timedelta(minutes=1)):
        total += send_until_empty(outbox)
        time.sleep(0.02)
    return total


def move_most_to_one_domain(session: Session, mailing: Mailing) -> None:
    """Let 60 % of the readers have their mailboxes at one big domain."""
    mine = select(Delivery).where(Delivery.mailing_id == mailing.id).order_by(Delivery.id)
    for number, row in enumerate(session.scalars(mine)):
        row.domain = "groot.example" if number % 5 < 3 else f"klein{number}.example"
        row.address = f"lezer{row.id}@{row.domain}"
    session.commit()


def test_a_big_domain_that_is_slowed_down_holds_nobody_else_up(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    move_most_to_one_domain(session, release(session, 50))
    slow = replace(outbox, limits=Limits(domain_rate=2), clock=running_clock())
    began = time.monotonic()
    with sending(slow):
        eventually(lambda: sum("klein" in mail.recipient for mail in smtp.received) == 20)
        big = len(smtp.received) - 20
        assert big <= 2 * (time.monotonic() - began + BURST_SECONDS) + 1
        assert big < 30


def test_letters_to_a_domain_that_is_slowed_down_all_arrive_once(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    move_most_to_one_domain(session, release(session, 50))
    slow = replace(outbox, limits=Limits(domain_rate=20), clock=running_clock())
    assert send_all(slow) == Counter({Verdict.SENT: 50})
    assert Counter(mail.recipient for mail in smtp.received).most_common(1)[0][1] == 1


def claimed_ahead(session: Session) -> int:
    rows = session.scalars(select(Delivery.id).where(Delivery.state == DeliveryState.CLAIMED)).all()
    session.rollback()
    return len(rows)


def test_a_rate_makes_a_sender_claim_few_letters_ahead_and_the_readers_of_a_big_domain_wait_like_all_others(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    move_most_to_one_domain(session, release(session, 1000))
    with sending(replace(outbox, limits=Limits(rate=50), clock=running_clock())):
        eventually(lambda: len(smtp.received) >= 50)
        assert claimed_ahead(session) < 200  # what goes out in two seconds, and half of that
    small = sum("klein" in mail.recipient for mail in smtp.received)
    assert 0.3 < small / len(smtp.received) < 0.5


def test_a_notice_overtakes_a_mailing_that_waits_for_its_rate(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    release(session, 1000)
    with sending(replace(outbox, limits=Limits(rate=10), clock=running_clock())):
        eventually(lambda: len(smtp.received) >= 5)
        write_notice(session, READER)
        eventually(lambda: smtp.to(READER))
        assert len(smtp.received) < 500


def test_a_domain_with_few_connections_gets_all_its_letters_in_one_run_and_none_is_put_off(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    mailing = release(session, 400)
    few = to(replace(outbox, limits=Limits(domain_connections=2)), smtp.port, connections=6)
    assert send_until_empty(few) == Counter({Verdict.SENT: 400})
    assert smtp.most_at_once <= 2
    mine = select(Delivery.next_attempt_at).where(Delivery.mailing_id == mailing.id)
    assert set(session.scalars(mine)) == {NOW}


def test_thousands_of_letters_to_a_slow_domain_hold_nobody_up_and_stay_in_the_ledger(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    mailing = release(session, 3000)
    mine = select(Delivery).where(Delivery.mailing_id == mailing.id).order_by(Delivery.id)
    for number, row in enumerate(session.scalars(mine)):
        row.domain = "groot.example" if number < 2950 else f"klein{number}.example"
        row.address = f"lezer{row.id}@{row.domain}"
    session.commit()
    with sending(replace(outbox, limits=Limits(domain_rate=10), clock=running_clock())):
        eventually(lambda: sum("klein" in mail.recipient for mail in smtp.received) == 50)
        assert len(smtp.received) < 1500
        assert claimed_ahead(session) < 1000


def test_while_the_server_itself_rests_nothing_is_claimed_and_no_connection_is_opened(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    mailing = release(session, 20)
    session.add(DomainBackoff(domain="", failures=3, until=NOW + timedelta(minutes=5), reply="421"))
    session.commit()
    assert send_until_empty(outbox) == Counter()
    assert smtp.connections == 0
    assert not comes_soon(outbox, timedelta(minutes=1))
    clock.move(minutes=6)
    assert send_until_empty(outbox) == Counter({Verdict.SENT: 20})
    assert states(session, mailing) == {DeliveryState.SENT: 20}


def test_letters_to_a_domain_that_rests_come_back_one_after_the_other(
    session: Session, outbox: DeliveryConfig
) -> None:
    mailing = release(session, 1200)
    session.add(DomainBackoff(domain=DOMAIN, failures=3, until=NOW + timedelta(minutes=5), reply="451"))
    session.commit()
    assert send_until_empty(outbox) == Counter()
    mine = select(Delivery.next_attempt_at).where(Delivery.mailing_id == mailing.id)
    turns = sorted(session.scalars(mine))
    assert len(set(turns)) == 1200
    assert turns[0] > NOW + timedelta(minutes=4)  # the clock stands still, a sender's steady one does not
    assert turns[-1] - turns[0] > timedelta(seconds=20)


@pytest.mark.parametrize(
    "age", [timedelta(hours=4), -timedelta(days=3650)], ids=["long ago", "a clock was ahead"]
)
def test_a_domain_that_refused_long_ago_is_forgotten(session: Session, age: timedelta) -> None:
    session.add(DomainBackoff(domain="oud.example", failures=9, until=NOW - age, reply="451"))
    session.add(DomainBackoff(domain=DOMAIN, failures=3, until=NOW - timedelta(hours=2), reply="451"))
    session.commit()
    assert list(domain_backoff.known(session.connection(), NOW)) == [DOMAIN]
    assert (
        domain_backoff.add_failure(session.connection(), "oud.example", "451", 1, NOW) == 1
        or age < timedelta()
    )
    session.rollback()
    assert service.purge_backoffs(session, NOW) == 1
    assert session.scalars(select(DomainBackoff.domain)).all() == [DOMAIN]


def test_a_domain_gets_no_more_letters_at_a_time_after_the_database_was_away(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    release(session, 20)
    smtp.seconds = 0.3
    limited = to(replace(outbox, limits=Limits(domain_connections=2)), smtp.port, connections=6)
    failures = iter([*[False] * 3, True])

    @event.listens_for(outbox.engine, "begin")
    def _fail_once(_connection: object) -> None:
        if threading.current_thread().name in ("sending", "ledger") and next(failures, False):
            raise outbox.engine.dialect.loaded_dbapi.OperationalError("gone for a moment")

    try:
        with sending(limited):
            eventually(lambda: len(smtp.received) == 20)
    finally:
        event.remove(outbox.engine, "begin", _fail_once)
    assert next(failures, None) is None
    assert smtp.most_at_once == 2


def test_a_big_domain_that_defers_all_is_tried_rarely_and_all_senders_know(
    session: Session, outbox: DeliveryConfig, clock: Clock
) -> None:
    mailing = release(session, 50)
    move_most_to_one_domain(session, mailing)
    tried: list[str] = []

    def answer(verb: str, recipient: str) -> str:
        if verb == "RCPT" and recipient.endswith("@groot.example"):
            tried.append(recipient)
            return "451 4.7.1 not now"
        return {"DATA": "354 Go"}.get(verb, "250 OK")

    with running_erring_server(Extensions(pipelining=True), answer) as server:
        send_until_empty(to(outbox, server.port))
        assert len(server.received) == 20
        first = len(tried)
        assert first < 15
        rest = session.scalars(select(DomainBackoff)).one()
        assert (rest.domain, rest.reply) == ("groot.example", "451 4.7.1 not now")
        session.rollback()
        another = replace(to(outbox, server.port), liveness=Liveness())
        clock.move(seconds=30)
        send_until_empty(another)
        assert len(tried) == first
        clock.move(minutes=10)
        send_until_empty(another)
        assert first < len(tried) < first + 5
    assert server.violations == []


def test_no_more_letters_go_over_a_connection_than_the_server_announces(
    session: Session, outbox: DeliveryConfig
) -> None:
    release(session, 12)
    with running_erring_server(Extensions(pipelining=True, mail_max=5)) as server:
        assert send_until_empty(to(outbox, server.port)) == Counter({Verdict.SENT: 12})
        assert server.violations == []
        assert server.connections == 3


def test_our_own_number_of_letters_a_connection_is_kept_to(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    release(session, 12)
    send_until_empty(replace(outbox, limits=Limits(letters_per_connection=4)))
    assert (len(smtp.received), smtp.connections) == (12, 3)


def test_a_letter_beyond_the_announced_size_pauses_the_mailing_and_blames_no_reader(
    session: Session, outbox: DeliveryConfig
) -> None:
    mailing = release(session, 3)
    with running_erring_server(Extensions(pipelining=True, size=500)) as server:
        send_until_empty(to(outbox, server.port))
        assert server.received == []
    assert states(session, mailing) == {DeliveryState.READY: 3}
    session.refresh(mailing)
    assert mailing.pause_reason == "552 5.3.4 the message is larger than the server takes"


@pytest.mark.parametrize("answer", ["451 4.3.2 busy", "421 4.3.2 closing"])
def test_a_server_that_is_busy_is_left_alone_for_a_while(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock, answer: str
) -> None:
    mailing = release(session, 30)
    smtp.mail_answer = answer
    for _ in range(6):
        send_until_empty(outbox)
        clock.move(seconds=40)
    assert session.scalars(select(DomainBackoff.domain)).all() == [""]
    session.rollback()
    smtp.mail_answer = ""
    for _ in range(8):
        clock.move(hours=1)
        send_until_empty(outbox)
    assert states(session, mailing) == {DeliveryState.SENT: 30}


def test_a_letter_at_which_the_server_always_hangs_up_does_not_go_round_for_ever(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    release(session, 2)
    smtp.answers["lezer1@gemeente.example"] = "drop"
    send_until_empty(outbox)
    clock.now = NOW + timedelta(hours=49)
    for _ in range(8):
        send_until_empty(outbox)
        clock.move(hours=3)
    assert row_of(session, "lezer1@gemeente.example").state == DeliveryState.FAILED
    assert row_of(session, "lezer2@gemeente.example").state == DeliveryState.SENT


def test_an_hour_of_a_wrong_clock_loses_nobody_and_repeats_nothing(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    mailing = release(session, 20)
    jumps = iter([timedelta(hours=1), timedelta(hours=-3), timedelta(days=1)])

    def jumping() -> datetime:
        clock.now += next(jumps, timedelta())
        return clock.now

    send_until_empty(replace(outbox, clock=jumping))
    clock.move(days=2)
    send_until_empty(outbox)
    assert states(session, mailing) == {DeliveryState.SENT: 20}
    assert len(smtp.received) == 20


def test_letters_of_a_held_mailing_stop_soon(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    """After a second and what is under way; nothing would stop them before twenty are over."""
    mailing = release(session, 2000)
    mailing_id = mailing.id
    session.rollback()
    limited = replace(outbox, limits=Limits(rate=100), clock=running_clock())
    sent_when_held = 0

    def hold_soon(_snapshot: object) -> None:
        nonlocal sent_when_held
        if not sent_when_held and smtp.received:
            with Session(outbox.engine) as other:
                service.pause_mailing(other, other.get_one(Mailing, mailing_id), "even wachten", NOW)
                other.commit()
            sent_when_held = len(smtp.received)

    send_all(replace(limited, report=hold_soon))
    assert sent_when_held
    assert len(smtp.received) < 2000
    assert states(session, mailing)[DeliveryState.READY] == 2000 - len(smtp.received)
