"""One job at a time beside the loop: it says what went wrong, and wakes the loop."""

import threading
from collections.abc import Callable

import pytest

from newsletter_service.delivery.worker.background import BackgroundJob
from tests.chaos.waiting import PATIENCE_SECONDS


def done(job: BackgroundJob, work: Callable[[], None]) -> Exception | None:
    job.start(work)
    assert job.is_done(within=PATIENCE_SECONDS)
    return job.result()


@pytest.fixture
def woken() -> threading.Semaphore:
    return threading.Semaphore(0)


@pytest.fixture
def job(woken: threading.Semaphore) -> BackgroundJob:
    return BackgroundJob(woken.release)


def test_it_is_done_in_a_thread_of_its_own(job: BackgroundJob, woken: threading.Semaphore) -> None:
    threads: list[str] = []
    assert done(job, lambda: threads.append(threading.current_thread().name)) is None
    assert threads == ["ledger"]
    assert woken.acquire(timeout=PATIENCE_SECONDS)


def test_it_is_not_done_while_it_runs(job: BackgroundJob) -> None:
    go_on = threading.Event()

    def wait() -> None:
        go_on.wait(PATIENCE_SECONDS)

    job.start(wait)
    assert not job.is_done()
    assert not job.is_done(within=0.01)
    go_on.set()
    assert job.is_done(within=PATIENCE_SECONDS)


def test_its_result_is_its_own_error_and_nobody_elses(job: BackgroundJob) -> None:
    def stumble() -> None:
        raise OSError("no")

    error = done(job, stumble)
    assert isinstance(error, OSError)
    assert done(job, lambda: None) is None


def test_the_thread_ends_after_the_last_one() -> None:
    before = set(threading.enumerate())
    job = BackgroundJob(lambda: None)
    (thread,) = set(threading.enumerate()) - before
    assert done(job, lambda: None) is None
    job.close()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
