import threading
from contextlib import closing

from newsletter_service.smtp.poller import Poller


def test_waking_thousands_of_times_blocks_nobody_and_is_acknowledged_once() -> None:
    with closing(Poller()) as poller:
        for _ in range(5000):
            poller.wake()
        assert [key.data for key, _ in poller.poll(0)] == [None]
        poller.clear_wake()
        assert poller.poll(0) == []
        poller.clear_wake()


def test_waking_ends_a_wait() -> None:
    with closing(Poller()) as poller:
        waking = threading.Timer(0.05, poller.wake)
        waking.start()
        poller.wait_for_wake(1e6)
        assert poller.poll(0) == []
        waking.join()


def test_waking_after_the_end_does_nothing() -> None:
    poller = Poller()
    poller.close()
    poller.wake()
