import threading
from contextlib import closing

from newsletter_service.smtp.poller import Poller


def test_a_bell_that_nobody_hears_holds_up_nobody_and_one_hearing_answers_it() -> None:
    with closing(Poller()) as watch:
        for _ in range(5000):
            watch.ring()
        assert [key.data for key, _ in watch.events(0)] == [None]
        watch.hear()
        assert watch.events(0) == []
        watch.hear()


def test_the_bell_ends_a_wait_at_once() -> None:
    with closing(Poller()) as watch:
        ringer = threading.Timer(0.05, watch.ring)
        ringer.start()
        watch.wait_for_bell(1e6)
        assert watch.events(0) == []
        ringer.join()


def test_a_thread_that_is_done_after_the_run_rings_in_vain() -> None:
    watch = Poller()
    watch.close()
    watch.ring()
