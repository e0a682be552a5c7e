"""One thing at a time that is done beside the loop, such as waiting for a database server."""

import threading
from collections.abc import Callable
from queue import SimpleQueue


class BackgroundJob:
    """A thread that does what it is given; `came_back` is called in it each time, and then it waits again."""

    def __init__(self, came_back: Callable[[], None]) -> None:
        self._came_back = came_back
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._back = threading.Event()
        self._error: Exception | None = None
        threading.Thread(target=self._run, name="errand", daemon=True).start()

    def begin(self, job: Callable[[], None]) -> None:
        """Have it done; nothing else may be under way."""
        self._jobs.put(job)

    def is_back(self, within: float = 0.0) -> bool:
        """Whether it was done, or is within so many seconds."""
        return self._back.is_set() or (within > 0 and self._back.wait(within))

    def end(self) -> Exception | None:
        """Take note that it is back: what it failed with."""
        self._back.clear()
        return self._error

    def close(self) -> None:
        """Want nothing more, once what is under way is done."""
        self._jobs.put(_last)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not _last:
            self._error = None
            try:
                job()
            except Exception as error:  # noqa: BLE001  # whoever asks how it went gets it
                self._error = error
            self._back.set()
            self._came_back()


def _last() -> None:
    """What stands for the end of all jobs."""
