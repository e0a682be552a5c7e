import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.ledger import claims, workers
from newsletter_service.delivery.ledger.rows import Claimed, Settled
from newsletter_service.delivery.models import Delivery, Letter, Mailing
from newsletter_service.delivery.rules import MOST_PAUSES, DeliveryState, Verdict, address_hmac
from newsletter_service.delivery.suppressions import suppress
from newsletter_service.delivery.worker.liveness import Liveness, expire_silent_workers
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.smtp.connection import SmtpConnection, SmtpServer
from newsletter_service.smtp.poller import Poller
from tests.conftest import NOW, Clock
from tests.delivery.db.conftest import readers, release, row_of, states, write_notice
from tests.factories import SUPPRESSION_KEY, make_suppression
from tests.smtp_server import RecordingServer


def test_every_reader_gets_the_letter_once(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    mailing = release(session, 30)
    assert send_until_empty(outbox) == Counter({Verdict.SENT: 30})
    assert send_until_empty(outbox) == Counter()
    assert Counter(message.recipient for message in smtp.received) == Counter(r.address for r in readers(30))
    assert states(session, mailing) == {DeliveryState.SENT: 30}


def test_one_connection_carries_many_letters(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    release(session, 25)
    send_until_empty(outbox)
    assert smtp.connections == 1


def test_a_slow_server_has_letters_on_every_connection(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    """However slow the machine is: this server answers nobody until all connections have a letter."""
    smtp.together = 12
    letters = 1 + 2 + 4 + 8 + 12 + 12
    mailing = release(session, letters)
    send_until_empty(replace(outbox, server=replace(outbox.server, connections=12)))
    assert smtp.most_at_once == 12
    assert states(session, mailing) == {DeliveryState.SENT: letters}


class WatchedPoller(Poller):
    """Notes what a kill would repeat after each thing that is read or written: on the wire, or not written down.

    It comes `late` to each wait, so that answers on all connections are found at once.
    """

    def __init__(self, engine: Engine, late: float) -> None:
        super().__init__()
        self.at_risk: list[int] = []
        self._engine, self._late = engine, late
        self._connections: list[SmtpConnection] = []

    def register(self, connection: SmtpConnection) -> None:
        """Begins to watch a connection, and remembers it when it has ended."""
        super().register(connection)
        self._connections.append(connection)

    def poll(self, seconds: float) -> Any:
        """Waits, late."""
        time.sleep(self._late if seconds else 0)
        return super().poll(seconds)

    def update(self, connection: SmtpConnection) -> None:
        """What the loop calls after each thing that it has read from a connection or written to it."""
        super().update(connection)
        on_the_wire = sum(one.protocol.in_flight > 0 for one in self._connections if not one.closed)
        accepted = sum(one.protocol.accepted for one in self._connections)
        query = select(func.count()).where(Delivery.state == DeliveryState.SENT)
        with self._engine.connect() as reading:
            self.at_risk.append(on_the_wire + accepted - reading.scalars(query).one())


@pytest.mark.parametrize(("seconds", "late"), [(0.0, 0.0), (0.004, 0.0), (0.02, 0.0), (0.004, 0.02)])
def test_a_kill_at_any_moment_would_repeat_no_more_than_the_connections_and_ten(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, seconds: float, late: float
) -> None:
    watched = WatchedPoller(outbox.engine, late)
    release(session, 400)
    smtp.seconds = seconds
    send_until_empty(replace(outbox, server=replace(outbox.server, connections=24)), poller=watched)
    assert 1 < max(watched.at_risk) <= 24 + 10


@pytest.mark.parametrize(
    ("answer", "state", "attempts", "status"),
    [
        ("451 4.3.0 try later", DeliveryState.DEFERRED, 1, "4.3.0"),
        ("550 5.1.1 no such user", DeliveryState.FAILED, 1, "5.1.1"),
        ("552 5.2.2 mailbox full", DeliveryState.FAILED, 1, "5.2.2"),
        ("421 4.3.2 shutting down", DeliveryState.READY, 0, "4.3.2"),
        ("drop", DeliveryState.READY, 0, ""),
    ],
)
def test_one_readers_refusal_settles_that_row_and_no_other(
    session: Session,
    outbox: DeliveryConfig,
    smtp: RecordingServer,
    answer: str,
    state: DeliveryState,
    attempts: int,
    status: str,
) -> None:
    release(session, 3)
    smtp.answers["lezer2@gemeente.example"] = answer
    send_until_empty(outbox)
    row = row_of(session, "lezer2@gemeente.example")
    assert (row.state, row.attempts, row.reply_status) == (state, attempts, status)
    assert {m.recipient for m in smtp.received} == {"lezer1@gemeente.example", "lezer3@gemeente.example"}


def test_a_deferred_letter_is_tried_again_with_the_same_message_id(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    release(session, 1)
    smtp.after_data["lezer1@gemeente.example"] = "451 4.3.0 try later"
    send_until_empty(outbox)
    del smtp.after_data["lezer1@gemeente.example"]
    clock.move(minutes=3)
    assert send_until_empty(outbox) == Counter()
    clock.move(minutes=4)
    assert send_until_empty(outbox) == Counter({Verdict.SENT: 1})
    (received,) = smtp.received
    assert received.content.count(b"Message-ID: <") == 1


def test_a_letter_deferred_for_two_days_fails(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    mailing = release(session, 1)
    smtp.answers["lezer1@gemeente.example"] = "451 4.3.0 try later"
    for _ in range(40):
        send_until_empty(outbox)
        clock.move(hours=2, minutes=25)
    assert states(session, mailing) == {DeliveryState.FAILED: 1}
    assert row_of(session, "lezer1@gemeente.example").attempts > 15


def test_a_connection_lost_after_the_final_dot_leaves_the_row_uncertain_for_a_person(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    mailing = release(session, 2)
    smtp.after_data["lezer1@gemeente.example"] = "drop"
    holding = replace(outbox, on_uncertain="hold")
    send_until_empty(holding)
    clock.move(hours=3)
    send_until_empty(holding)
    assert states(session, mailing) == {DeliveryState.UNCERTAIN: 1, DeliveryState.SENT: 1}
    assert len(smtp.to("lezer1@gemeente.example")) == 1


def test_an_uncertain_letter_is_sent_again_with_the_same_message_id_and_marked(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    mailing = release(session, 2)
    smtp.after_data["lezer1@gemeente.example"] = "drop"
    send_until_empty(outbox)
    row = row_of(session, "lezer1@gemeente.example")
    assert (row.state, row.ambiguous_attempts, row.settled_at) == (DeliveryState.UNCERTAIN, 1, None)
    smtp.after_data.clear()
    clock.move(minutes=7)
    send_until_empty(outbox)
    assert states(session, mailing) == {DeliveryState.SENT: 2}
    assert row_of(session, "lezer1@gemeente.example").ambiguous_attempts == 1
    first, second = smtp.to("lezer1@gemeente.example")
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_an_outcome_that_stays_unknown_is_left_to_a_person_in_the_end(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    mailing = release(session, 1)
    smtp.after_data["lezer1@gemeente.example"] = "drop"
    for _ in range(6):
        send_until_empty(outbox)
        clock.move(hours=3)
    assert states(session, mailing) == {DeliveryState.UNCERTAIN: 1}
    assert len(smtp.to("lezer1@gemeente.example")) == 3


@pytest.mark.parametrize(
    ("refusal", "waiting"),
    [("mail", {DeliveryState.READY: 5}), ("rcpt 5.7.1", {DeliveryState.READY: 4, DeliveryState.DEFERRED: 1})],
)
def test_a_refusal_that_concerns_every_letter_pauses_the_mailing_and_blames_no_reader(
    session: Session,
    outbox: DeliveryConfig,
    smtp: RecordingServer,
    refusal: str,
    waiting: dict[DeliveryState, int],
) -> None:
    mailing = release(session, 5)
    if refusal == "mail":
        smtp.mail_answer = "550 5.1.8 sender unknown"
    else:
        smtp.answers["lezer1@gemeente.example"] = "550 5.7.1 blocked by policy"
    send_until_empty(outbox)
    assert states(session, mailing) == waiting
    session.refresh(mailing)
    assert mailing.paused_at == NOW
    assert "550 5." in mailing.pause_reason


def test_one_reader_whom_a_policy_refuses_does_not_hold_up_the_others_for_ever(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    mailing = release(session, 5)
    smtp.answers["lezer1@gemeente.example"] = "550 5.7.1 blocked by policy"
    for _ in range(MOST_PAUSES):
        send_until_empty(outbox)
        session.refresh(mailing)
        assert mailing.paused_at is not None
        service.resume_mailing(session, mailing)
        session.commit()
        clock.move(minutes=1)
    send_until_empty(outbox)
    assert states(session, mailing) == {DeliveryState.FAILED: 1, DeliveryState.SENT: 4}


def test_a_server_that_is_down_costs_nobody_a_letter(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock
) -> None:
    mailing = release(session, 4)
    down = replace(outbox, server=SmtpServer(host="127.0.0.1", port=9, security="none"))
    assert send_until_empty(down) == Counter({Verdict.UNREACHABLE: 1})
    assert states(session, mailing) == {DeliveryState.READY: 4}
    clock.move(minutes=1)
    assert send_until_empty(outbox) == Counter({Verdict.SENT: 4})


def test_a_server_that_is_down_does_not_stop_those_who_asked_for_sending(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    release(session, 1)
    stop = threading.Event()
    down = replace(outbox, server=SmtpServer(host="127.0.0.1", port=9, security="none"))
    send_until_empty(down, stop)
    assert not stop.is_set()


def test_nothing_of_a_paused_mailing_goes_until_it_is_resumed(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    mailing = release(session, 2)
    service.pause_mailing(session, mailing, "wacht even", NOW)
    session.commit()
    assert send_until_empty(outbox) == Counter()
    service.resume_mailing(session, mailing)
    session.commit()
    assert send_until_empty(outbox) == Counter({Verdict.SENT: 2})


def test_what_is_on_its_way_to_an_address_that_is_suppressed_is_cancelled_with_it(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    mailing = release(session, 2)
    suppress(session, address_hmac("Lezer2@gemeente.example", SUPPRESSION_KEY), 2, "bounce", NOW)
    session.commit()
    assert states(session, mailing) == {DeliveryState.READY: 1, DeliveryState.CANCELLED: 1}
    send_until_empty(outbox)
    assert states(session, mailing) == {DeliveryState.SENT: 1, DeliveryState.CANCELLED: 1}
    assert smtp.to("lezer2@gemeente.example") == []


def test_no_notice_goes_to_a_suppressed_address_whoever_writes_it(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    for address in ("Redactie@gemeente.example", "hoofd@gemeente.example"):
        write_notice(session, address)
    make_suppression(session, "redactie@gemeente.example", now=NOW)
    session.commit()
    assert send_until_empty(outbox) == Counter({Verdict.SENT: 1})
    assert row_of(session, "Redactie@gemeente.example").state == DeliveryState.CANCELLED
    assert smtp.to("Redactie@gemeente.example") == []


def claimed_by(session: Session, sender: str, mailing: Mailing, limit: int = 10) -> list[Claimed]:
    """What a sender of that name claims; it is registered first."""
    connection = session.connection()
    if sender not in workers.beats(connection):
        workers.register(connection, sender, "host.example", 1, NOW)
    rows, _place = claims.claim(connection, sender, mailing.id, NOW, limit)
    session.commit()
    return rows


def handed_over(session: Session, sender: str, rows: list[Claimed]) -> set[int]:
    ids = claims.hand_over(session.connection(), sender, [row.delivery_id for row in rows], NOW)
    session.commit()
    return ids


def test_leaving_wins_over_a_row_that_a_sender_already_claimed(session: Session) -> None:
    mailing = release(session, 1)
    rows = claimed_by(session, "one", mailing)
    assert service.cancel_for_subscriber(session, 1, NOW) == 1
    assert handed_over(session, "one", rows) == set()
    assert states(session, mailing) == {DeliveryState.CANCELLED: 1}


def settled(row: Claimed, state: DeliveryState, **values: Any) -> Settled:
    final = state in (DeliveryState.SENT, DeliveryState.FAILED)
    made = Settled(
        row.delivery_id, state, 1, row.ambiguous_attempts, None, NOW if final else None, 250, "", "ok"
    )
    return made._replace(**values)


def test_leaving_while_the_server_has_the_letter_makes_that_attempt_the_last(session: Session) -> None:
    mailing = release(session, 2)
    rows = claimed_by(session, "one", mailing)
    handed_over(session, "one", rows)
    service.cancel_for_subscriber(session, 1, NOW)
    service.cancel_for_subscriber(session, 2, NOW)
    put_off = settled(rows[0], DeliveryState.DEFERRED, next_attempt_at=NOW + timedelta(minutes=5))
    claims.settle(session.connection(), "one", [put_off, settled(rows[1], DeliveryState.SENT)])
    session.commit()
    assert states(session, mailing) == {DeliveryState.CANCELLED: 1, DeliveryState.SENT: 1}


def test_no_two_senders_get_the_same_row(session: Session) -> None:
    mailing = release(session, 15)
    first = claimed_by(session, "one", mailing)
    second = claimed_by(session, "two", mailing)
    assert len(first) == 10
    assert len(second) == 5
    assert not {r.delivery_id for r in first} & {r.delivery_id for r in second}


@pytest.mark.parametrize("hold", [True, False])
def test_what_a_dead_sender_held_is_ready_again_unless_it_was_handed_over(
    session: Session, hold: bool
) -> None:
    mailing = release(session, 3)
    rows = claimed_by(session, "dead", mailing)
    handed_over(session, "dead", rows[:1])
    steady = Clock()
    liveness = Liveness(steady=lambda: steady.now.timestamp())
    connection = session.connection()
    for seconds, freed in ((0, 0), (4, 0), (4, 0), (4, 0), (4, 3), (1, 0)):
        steady.move(seconds=seconds)
        assert expire_silent_workers(connection, liveness, NOW, hold=hold) == freed
    session.commit()
    assert states(session, mailing) == {
        DeliveryState.UNCERTAIN if hold else DeliveryState.DEFERRED: 1,
        DeliveryState.READY: 2,
    }
    assert row_of(session, "lezer1@gemeente.example").ambiguous_attempts == 1


def test_nobody_is_given_up_because_the_database_was_away_for_everybody(session: Session) -> None:
    mailing = release(session, 3)
    claimed_by(session, "alive", mailing)
    steady = Clock()
    liveness = Liveness(steady=lambda: steady.now.timestamp())
    for seconds in (0, 1, 3600, 1):
        steady.move(seconds=seconds)
        assert expire_silent_workers(session.connection(), liveness, NOW, hold=False) == 0
    session.commit()
    assert states(session, mailing) == {DeliveryState.CLAIMED: 3}


def test_a_sender_that_still_beats_keeps_its_rows_however_the_clocks_jump(session: Session) -> None:
    mailing = release(session, 3)
    claimed_by(session, "alive", mailing)
    steady = Clock()
    liveness = Liveness(steady=lambda: steady.now.timestamp())
    for day in range(5):
        steady.move(seconds=10)
        workers.beat(session.connection(), "alive", 0, NOW + timedelta(days=day))
        assert (
            expire_silent_workers(session.connection(), liveness, NOW + timedelta(days=day), hold=False) == 0
        )
    session.commit()
    assert states(session, mailing) == {DeliveryState.CLAIMED: 3}


def test_a_sender_that_was_given_up_hands_nothing_over(session: Session) -> None:
    mailing = release(session, 1)
    rows = claimed_by(session, "slow", mailing)
    assert workers.expire_worker(session.connection(), "slow", 0, NOW, hold=False) == 1
    again = claimed_by(session, "other", mailing)
    assert handed_over(session, "slow", rows) == set()
    assert handed_over(session, "other", again) == {again[0].delivery_id}


def test_a_reply_that_comes_after_the_sender_was_given_up_still_counts(session: Session) -> None:
    mailing = release(session, 1)
    rows = claimed_by(session, "slow", mailing)
    handed_over(session, "slow", rows)
    workers.expire_worker(session.connection(), "slow", 0, NOW, hold=False)
    late = [settled(rows[0], DeliveryState.SENT)]
    assert claims.settle(session.connection(), "slow", late) == 0
    claims.settle_late(session.connection(), late)
    session.commit()
    assert states(session, mailing) == {DeliveryState.SENT: 1}
    assert row_of(session, "lezer1@gemeente.example").ambiguous_attempts == 0


def test_senders_at_the_same_time_send_each_letter_once(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    mailing = release(session, 60)
    many = replace(outbox, server=replace(outbox.server, connections=4))
    assert send_until_empty(many) == Counter({Verdict.SENT: 60})
    assert len({m.recipient for m in smtp.received}) == len(smtp.received) == 60
    assert states(session, mailing) == {DeliveryState.SENT: 60}


def test_a_letter_that_cannot_be_filled_fails_alone(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    release(session, 3)
    row = session.merge(row_of(session, "lezer2@gemeente.example"))
    row.name = "Piet\r\nBcc: iedereen@gemeente.example"
    letter = session.get_one(Letter, row.letter_id)
    letter.skeleton = (
        letter.skeleton + b"\x00text:salutation\xef\xb7\x92Beste %(name)s,\xef\xb7\x92Beste lezer,\x00\r\n"
    )
    session.commit()
    send_until_empty(outbox)
    assert row_of(session, "lezer2@gemeente.example").state == DeliveryState.FAILED
    assert len(smtp.received) == 2
    assert not any(b"iedereen" in m.content for m in smtp.received)


def test_the_envelope_sender_names_the_delivery(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    release(session, 1)
    send_until_empty(outbox)
    row = row_of(session, "lezer1@gemeente.example")
    assert smtp.received[0].sender.startswith(f"b+{row.id}-")
    assert smtp.received[0].sender.endswith("@bounces.nieuwsbrief.example")
