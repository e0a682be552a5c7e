"""What jobs did last, in memory."""

from datetime import UTC, datetime, timedelta

from scheduled_jobs.run_log import RunLog

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


def test_only_what_changed_is_taken_and_what_is_put_back_comes_again() -> None:
    log = RunLog()
    log.began("deliver", 1, NOW)
    (busy,) = log.take()
    assert (busy.name, busy.every_seconds, busy.began_at, busy.ended_at) == ("deliver", 1, NOW, None)
    assert log.take() == []
    log.ended("deliver", LATER)
    done = log.take()
    assert [run.ended_at for run in done] == [LATER]
    log.put_back(done)
    assert log.take() == done


def test_a_job_fails_since_its_first_failure_until_it_ends_well() -> None:
    log = RunLog()
    for at in (NOW, LATER):
        log.began("finish-due", 5, at)
        log.ended("finish-due", at, "KeyError")
    (failing,) = log.take()
    assert (failing.failing_since, failing.ended_at, failing.error) == (NOW, LATER, "KeyError")
    log.ended("finish-due", LATER)
    (well,) = log.take()
    assert (well.failing_since, well.error) == (None, "")


def test_no_address_is_kept() -> None:
    log = RunLog()
    log.began("deliver", 1, NOW)
    log.ended("deliver", NOW, "550 lezer@gemeente.example is unknown")
    assert "gemeente" not in log.take()[0].error
