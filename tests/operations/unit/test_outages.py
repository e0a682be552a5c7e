import logging

import pytest

from newsletter_service.operations.outages import Outage

log = logging.getLogger("newsletter_service.test")


class Steady:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def lines_of_an_hour(caplog: pytest.LogCaptureFixture, hours: int, every: float) -> list[str]:
    steady = Steady()
    outage = Outage(log, "the database is away", steady)
    while steady.now < hours * 3600:
        outage.note("connection refused")
        steady.now += every
    outage.over()
    outage.over()
    return caplog.messages


def test_an_hour_away_takes_a_handful_of_lines_and_one_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    said = lines_of_an_hour(caplog, hours=1, every=0.5)
    assert said[0] == "the database is away: connection refused"
    assert said[1] == "the database is away, for 1 min by now, 121 times: connection refused"
    assert said[-1] == "over after 60 min: the database is away"
    assert len(said) == 7


def test_a_week_away_takes_a_line_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    assert len(lines_of_an_hour(caplog, hours=168, every=30)) < 168 + 10


def test_what_is_not_away_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    Outage(log, "the database is away", Steady()).over()
    assert caplog.messages == []


def test_the_next_time_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage(log, "the database is away", Steady())
    for _ in range(2):
        outage.note("refused", error=ValueError("why"))
        outage.note("refused", error=ValueError("why"))
        outage.over()
    assert len(caplog.messages) == 4
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, True, False]
