"""Opening connections beside the loop that uses them, for it may take minutes."""

import threading
from collections import deque
from collections.abc import Callable

from newsletter_service.smtp.connection import SmtpConnection, SmtpServer, open_connection


class Connector:
    """Opens connections in threads of their own; what comes of it lies in `results`."""

    def __init__(self, server: SmtpServer, arrived: Callable[[], None]) -> None:
        self.results: deque[SmtpConnection | BaseException] = deque()
        self.under_way = 0
        self._server, self._arrived = server, arrived
        self._closed = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin with one more."""
        self.under_way += 1
        threading.Thread(target=self._open, name="opening", daemon=True).start()

    def close(self) -> None:
        """Want no more; a connection that still comes about is closed."""
        with self._lock:
            self._closed = True
        for result in self.results:
            if isinstance(result, SmtpConnection):
                result.close()

    def _open(self) -> None:
        result: SmtpConnection | BaseException
        try:
            result = open_connection(self._server)
        except BaseException as error:  # noqa: BLE001  # the thread that waits for it raises it
            result = error
        with self._lock:
            if not self._closed:
                self.results.append(result)
                self._arrived()
            elif isinstance(result, SmtpConnection):
                result.close()
