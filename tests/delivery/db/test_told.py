"""What a sender says while it works: that a clock was set, and outside a terminal how far it is."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from newsletter_service.delivery.cli.progress_bar import progress
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.delivery.worker.setup import DeliveryConfig, Snapshot
from tests.conftest import Clock
from tests.delivery.db.beside import eventually, sending
from tests.delivery.db.conftest import release, states
from tests.smtp_server import RecordingServer
from tests.steady import SteadyClock, steady_clock


@pytest.fixture
def steady() -> Iterator[SteadyClock]:
    with steady_clock() as clock:
        yield clock


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_set_while_letters_go_is_told_and_loses_nobody(
    session: Session,
    outbox: DeliveryConfig,
    smtp: RecordingServer,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    hours: int,
) -> None:
    mailing = release(session, 40)
    session.rollback()
    began = time.monotonic()

    def set_clock() -> datetime:
        return clock.now + timedelta(seconds=time.monotonic() - began)

    slow = replace(outbox, limits=Limits(rate=20), clock=set_clock)
    with caplog.at_level(logging.WARNING), sending(slow, watch=True):
        eventually(lambda: len(smtp.received) > 20)  # after a second: it looks at the clock that often
        smtp.answering.clear()  # so that it does not come to its end before it looks again
        assert "the clock jumped" not in caplog.text
        clock.move(hours=hours)
        eventually(lambda: f"the clock jumped by {hours * 3600:+} s" in caplog.text)
        clock.move(hours=2)
        smtp.answering.set()
        eventually(lambda: len(smtp.received) == 40)
    assert states(session, mailing) == {DeliveryState.SENT: 40}


def snapshot(sent: int, left: int, note: str = "") -> Snapshot:
    return Snapshot(Counter({Verdict.SENT: sent}), left, 100.0, left / 100.0, note)


def test_outside_a_terminal_a_line_tells_every_ten_seconds_how_far_it_is(
    steady: SteadyClock, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> list[str]:
        return capsys.readouterr().out.splitlines()

    with progress() as told:
        told.running(snapshot(100, 900))
        steady.skip(9)
        told.running(snapshot(200, 800))
        assert said() == []
        steady.skip(2)
        told.running(snapshot(300, 700))
        assert said() == ["sent 300, 100/s, about 0:00:07 left; 700 to go"]
        steady.skip(9)
        told.running(snapshot(400, 600))
        assert said() == []
        steady.skip(2)
        told.running(snapshot(500, 500))
        assert said() == ["sent 500, 100/s, about 0:00:05 left; 500 to go"]


def test_outside_a_terminal_nothing_is_said_while_nothing_moves_but_what_it_waits_for(
    steady: SteadyClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress() as told:
        steady.skip(11)
        told.running(snapshot(300, 700))
        capsys.readouterr()
        for _ in range(3):
            steady.skip(11)
            told.running(snapshot(300, 700))
        assert capsys.readouterr().out == ""
        for _ in range(3):
            told.running(snapshot(300, 700, "the database is locked"))
        assert capsys.readouterr().out == "sent 300, waiting: the database is locked; 700 to go\n"
