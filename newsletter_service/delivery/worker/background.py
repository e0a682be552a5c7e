"""One job at a time that is done beside the loop, such as waiting for a database server."""

import threading
from collections.abc import Callable
from queue import SimpleQueue


class BackgroundJob:
    """A thread that does one job after the other; `on_done` is called in it after each."""

    def __init__(self, on_done: Callable[[], None]) -> None:
        self._on_done = on_done
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._done = threading.Event()
        self._error: Exception | None = None
        threading.Thread(target=self._run, name="ledger", daemon=True).start()

    def start(self, job: Callable[[], None]) -> None:
        """Starts a job; the one before must have been taken by `result`."""
        self._jobs.put(job)

    def is_done(self, within: float = 0.0) -> bool:
        """Whether the job is done, or is within so many seconds."""
        return self._done.is_set() or (within > 0 and self._done.wait(within))

    def result(self) -> Exception | None:
        """Returns what the job that is done raised; another can start."""
        self._done.clear()
        return self._error

    def close(self) -> None:
        """Ends the thread once its job is done."""
        self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._error = None
            try:
                job()
            except Exception as error:  # noqa: BLE001  # `result` gives it to whoever started the job
                self._error = error
            self._done.set()
            self._on_done()
