"""How long a silent server is waited for, and how long a letter that nobody takes is tried."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig, Snapshot
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import Notice
from newsletter_service.smtp.connection import SmtpServer
from newsletter_service.smtp.extensions import Extensions
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.conftest import NOW, Clock
from tests.delivery.db.beside import eventually, sending
from tests.delivery.db.conftest import SENDER, TEMPLATES, release, row_of
from tests.pipelining_server import USUAL, ErringServer, running_erring_server
from tests.smtp_server import RecordingServer
from tests.steady import SteadyClock, steady_clock

READER = "lezer1@gemeente.example"


@pytest.fixture
def steady() -> Iterator[SteadyClock]:
    with steady_clock() as clock:
        yield clock


@dataclass
class Silence:
    """A server that does not answer the first command of one kind, until the test is over."""

    verb: str
    begun: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, verb: str, _recipient: str) -> str:
        if verb == self.verb and not self.begun.is_set():
            self.begun.set()
            self.over.wait(PATIENCE_SECONDS)
        return USUAL.get(verb, "250 OK")


def to(outbox: DeliveryConfig, server: ErringServer) -> DeliveryConfig:
    return replace(outbox, server=SmtpServer("127.0.0.1", server.port, "none"))


@pytest.mark.parametrize(
    ("verb", "seconds", "verdict"),
    [
        ("MAIL", 300, Verdict.REQUEUE),
        ("RCPT", 300, Verdict.REQUEUE),
        ("DATA", 180, Verdict.REQUEUE),
        (".", 600, Verdict.UNCERTAIN),
    ],
)
def test_a_server_that_falls_silent_is_left_when_its_time_is_up_and_not_before(
    session: Session,
    outbox: DeliveryConfig,
    clock: Clock,
    steady: SteadyClock,
    caplog: pytest.LogCaptureFixture,
    verb: str,
    seconds: int,
    verdict: Verdict,
) -> None:
    release(session, 1)
    silence = Silence(verb)
    with running_erring_server(Extensions(), silence.answer) as server:
        try:
            looks: list[Snapshot] = []
            told = replace(to(outbox, server), report=looks.append)
            with caplog.at_level(logging.WARNING), sending(told) as sender:
                assert silence.begun.wait(PATIENCE_SECONDS)
                let_it_look(looks)  # so that it knows that it has asked
                steady.skip(seconds - 60)
                let_it_look(looks)
                steady.skip(70)
                assert sender.ended()
        finally:
            silence.over.set()
        assert sender.verdicts == Counter({verdict: 1})
        assert "no reply from the server in time" in caplog.text
        row = row_of(session, READER)
        if verdict is Verdict.UNCERTAIN:
            assert (row.state, row.ambiguous_attempts, row.attempts) == (DeliveryState.UNCERTAIN, 1, 1)
        else:
            assert (row.state, row.ambiguous_attempts, row.attempts) == (DeliveryState.READY, 0, 0)
        clock.move(minutes=7)
        assert send_until_empty(to(outbox, server)) == Counter({Verdict.SENT: 1})
        assert row_of(session, READER).state == DeliveryState.SENT


def let_it_look(looks: list[Snapshot]) -> None:
    """Wait until a sender has looked at the clock, once from beginning to end, and goes on."""
    before = len(looks)
    eventually(lambda: len(looks) >= before + 2)


def write_confirmation(session: Session) -> None:
    letter = LetterRenderer(TEMPLATES).notice(Notice("nl", "Hallo", "Hallo", ("Een bericht.",)), SENDER)
    service.write_notice(session, letter, READER, NOW)
    session.commit()


@pytest.mark.parametrize(("what", "hours"), [("an edition", 48), ("a confirmation mail", 24)])
def test_a_letter_that_nobody_takes_is_tried_for_its_hours_and_then_given_up(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, clock: Clock, what: str, hours: int
) -> None:
    if what == "an edition":
        release(session, 1)
    else:
        write_confirmation(session)
    smtp.answers[READER] = "452 4.2.2 mailbox full"
    tried: list[datetime] = []
    while (row := row_of(session, READER)).state != DeliveryState.FAILED:
        clock.now = row.next_attempt_at
        assert send_until_empty(outbox) == Counter({Verdict.DEFER: 1})
        tried.append(clock.now)
        assert len(tried) <= 40
    assert (tried[-1] - NOW).total_seconds() == hours * 3600
    assert row.attempts == len(tried)
    early = [(later - NOW).total_seconds() / 60 for later in tried[1:4]]
    for minutes, middle in zip(early, (5, 35, 95), strict=True):
        assert abs(minutes - middle) <= middle / 5 + 0.01
    assert session.scalars(select(Delivery.reply_status)).all() == ["4.2.2"]
