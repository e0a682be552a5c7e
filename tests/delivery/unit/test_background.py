"""One thing at a time beside the loop: it comes back with what went wrong, and rings."""

import threading
from collections.abc import Callable

import pytest

from newsletter_service.delivery.worker.background import BackgroundJob
from tests.chaos.waiting import PATIENCE_SECONDS


def done(errand: BackgroundJob, job: Callable[[], None]) -> Exception | None:
    errand.begin(job)
    assert errand.is_back(within=PATIENCE_SECONDS)
    return errand.end()


@pytest.fixture
def rung() -> threading.Semaphore:
    return threading.Semaphore(0)


@pytest.fixture
def errand(rung: threading.Semaphore) -> BackgroundJob:
    return BackgroundJob(rung.release)


def test_it_is_done_in_a_thread_of_its_own(errand: BackgroundJob, rung: threading.Semaphore) -> None:
    threads: list[str] = []
    assert done(errand, lambda: threads.append(threading.current_thread().name)) is None
    assert threads == ["errand"]
    assert rung.acquire(timeout=PATIENCE_SECONDS)


def test_it_is_not_back_while_it_is_under_way(errand: BackgroundJob) -> None:
    go_on = threading.Event()

    def wait() -> None:
        go_on.wait(PATIENCE_SECONDS)

    errand.begin(wait)
    assert not errand.is_back()
    assert not errand.is_back(within=0.01)
    go_on.set()
    assert errand.is_back(within=PATIENCE_SECONDS)


def test_what_went_wrong_comes_back_and_is_forgotten_by_the_next(errand: BackgroundJob) -> None:
    def stumble() -> None:
        raise OSError("no")

    error = done(errand, stumble)
    assert isinstance(error, OSError)
    assert done(errand, lambda: None) is None


def test_the_thread_ends_after_the_last_one() -> None:
    before = set(threading.enumerate())
    errand = BackgroundJob(lambda: None)
    (thread,) = set(threading.enumerate()) - before
    assert done(errand, lambda: None) is None
    errand.close()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
