"""A sender that works beside the test, in a thread of its own."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig
from tests.chaos.waiting import PATIENCE_SECONDS, until

eventually = until

_LOOK_AGAIN_SECONDS = 0.1


class Sending(threading.Thread):
    """Runs once, or with `watch` again and again as `newsletter send --watch` does, until it is stopped."""

    def __init__(self, outbox: DeliveryConfig, *, watch: bool) -> None:
        super().__init__(name="sending", daemon=True)
        self.stop = threading.Event()
        self.verdicts: Counter[Verdict] = Counter()
        self.error: Exception | None = None
        self._outbox, self._watch = outbox, watch

    def run(self) -> None:
        """Send until nothing is due or it is stopped."""
        try:
            self.verdicts += send_until_empty(self._outbox, self.stop)
            while self._watch and not self.stop.wait(_LOOK_AGAIN_SECONDS):
                self.verdicts += send_until_empty(self._outbox, self.stop)
        except Exception as error:  # noqa: BLE001  # the test raises it
            self.error = error

    def ended(self, within: float = PATIENCE_SECONDS) -> bool:
        """Whether the run comes to its end in so many seconds."""
        self.join(within)
        if self.error is not None:
            raise self.error
        return not self.is_alive()


@contextmanager
def sending(outbox: DeliveryConfig, *, watch: bool = False) -> Iterator[Sending]:
    """A sender at work; it is stopped at the end of the block, what went wrong in it is raised there."""
    one = Sending(outbox, watch=watch)
    one.start()
    try:
        yield one
    finally:
        one.stop.set()
        assert one.ended()
