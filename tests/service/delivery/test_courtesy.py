"""What servers and recipient domains ask for is kept to, and nobody waits for somebody else's domain."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.connection import SmtpServer
from newsletter_service.delivery.dialogue import Extensions
from newsletter_service.delivery.models import Delivery, DomainRest, Mailing
from newsletter_service.delivery.outbox import Outbox
from newsletter_service.delivery.pacing import Limits
from newsletter_service.delivery.roll_call import RollCall
from newsletter_service.delivery.rules import State, Verdict
from newsletter_service.delivery.sender import comes_soon, send_until_empty
from tests.conftest import NOW, Clock
from tests.pipelining_server import running_erring_server
from tests.service.delivery.conftest import release, row_of, states
from tests.smtp_server import RecordingServer


def to(outbox: Outbox, port: int, connections: int = 1) -> Outbox:
    return replace(outbox, server=SmtpServer("127.0.0.1", port, "none", connections=connections))


def running_clock() -> Callable[[], datetime]:
    """A clock that begins at NOW and runs."""
    began = time.monotonic()
    return lambda: NOW + timedelta(seconds=time.monotonic() - began)


def send_all(outbox: Outbox) -> Counter[Verdict]:
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
    session: Session, outbox: Outbox, smtp: RecordingServer
) -> None:
    move_most_to_one_domain(session, release(session, 50))
    slow = replace(outbox, limits=Limits(domain_rate=20), clock=running_clock())
    began = time.monotonic()
    assert send_all(slow) == Counter({Verdict.SENT: 50})
    assert time.monotonic() - began > 29 / 20 - 0.2
    small = [place for place, mail in enumerate(smtp.received) if "klein" in mail.recipient]
    assert max(small) < 30
    assert Counter(mail.recipient for mail in smtp.received).most_common(1)[0][1] == 1


def test_a_big_domain_that_defers_all_is_tried_rarely_and_all_senders_know(
    session: Session, outbox: Outbox, clock: Clock
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
        rest = session.scalars(select(DomainRest)).one()
        assert (rest.domain, rest.reply) == ("groot.example", "451 4.7.1 not now")
        session.rollback()
        another = replace(to(outbox, server.port), roll_call=RollCall())
        clock.move(seconds=30)
        send_until_empty(another)
        assert len(tried) == first
        clock.move(minutes=10)
        send_until_empty(another)
        assert first < len(tried) < first + 5
    assert server.violations == []


def test_no_more_letters_go_over_a_connection_than_the_server_announces(
    session: Session, outbox: Outbox
) -> None:
    release(session, 12)
    with running_erring_server(Extensions(pipelining=True, mail_max=5)) as server:
        assert send_until_empty(to(outbox, server.port)) == Counter({Verdict.SENT: 12})
        assert server.violations == []
        assert server.connections == 3


def test_our_own_number_of_letters_a_connection_is_kept_to(
    session: Session, outbox: Outbox, smtp: RecordingServer
) -> None:
    release(session, 12)
    send_until_empty(replace(outbox, limits=Limits(letters_per_connection=4)))
    assert (len(smtp.received), smtp.connections) == (12, 3)


def test_a_letter_beyond_the_announced_size_pauses_the_mailing_and_blames_no_reader(
    session: Session, outbox: Outbox
) -> None:
    mailing = release(session, 3)
    with running_erring_server(Extensions(pipelining=True, size=500)) as server:
        send_until_empty(to(outbox, server.port))
        assert server.received == []
    assert states(session, mailing) == {State.READY: 3}
    session.refresh(mailing)
    assert mailing.pause_reason == "552 5.3.4 the letter is larger than the server takes"


@pytest.mark.parametrize("answer", ["451 4.3.2 busy", "421 4.3.2 closing"])
def test_a_server_that_is_busy_is_left_alone_for_a_while(
    session: Session, outbox: Outbox, smtp: RecordingServer, clock: Clock, answer: str
) -> None:
    mailing = release(session, 30)
    smtp.mail_answer = answer
    for _ in range(6):
        send_until_empty(outbox)
        clock.move(seconds=40)
    assert session.scalars(select(DomainRest.domain)).all() == [""]
    session.rollback()
    smtp.mail_answer = ""
    for _ in range(8):
        clock.move(hours=1)
        send_until_empty(outbox)
    assert states(session, mailing) == {State.SENT: 30}


def test_a_letter_at_which_the_server_always_hangs_up_does_not_go_round_for_ever(
    session: Session, outbox: Outbox, smtp: RecordingServer, clock: Clock
) -> None:
    release(session, 2)
    smtp.answers["lezer1@gemeente.example"] = "drop"
    send_until_empty(outbox)
    clock.now = NOW + timedelta(hours=49)
    for _ in range(8):
        send_until_empty(outbox)
        clock.move(hours=3)
    assert row_of(session, "lezer1@gemeente.example").state == State.FAILED
    assert row_of(session, "lezer2@gemeente.example").state == State.SENT


def test_an_hour_of_a_wrong_clock_loses_nobody_and_repeats_nothing(
    session: Session, outbox: Outbox, smtp: RecordingServer, clock: Clock
) -> None:
    mailing = release(session, 20)
    jumps = iter([timedelta(hours=1), timedelta(hours=-3), timedelta(days=1)])

    def jumping() -> object:
        clock.now += next(jumps, timedelta())
        return clock.now

    send_until_empty(replace(outbox, clock=jumping))  # type: ignore[arg-type]
    clock.move(days=2)
    send_until_empty(outbox)
    assert states(session, mailing) == {State.SENT: 20}
    assert len(smtp.received) == 20


def test_letters_of_a_held_mailing_stop_within_a_second(
    session: Session, outbox: Outbox, smtp: RecordingServer
) -> None:
    mailing = release(session, 400)
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
    assert len(smtp.received) <= sent_when_held + 100 + 12
    assert states(session, mailing)[State.READY] > 150
