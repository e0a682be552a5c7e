"""Opening connections in the background, for it may take minutes."""

import threading
from collections import deque
from collections.abc import Callable

from newsletter_service.smtp.connection import SmtpConnection, SmtpServer, open_connection


class Connector:
    """Opens connections in threads of their own; `results` holds those that are open, and errors.

    `on_result` is called in such a thread each time there is one. `pending` counts attempts whose result was not taken.
    """

    def __init__(self, server: SmtpServer, on_result: Callable[[], None]) -> None:
        self.results: deque[SmtpConnection | BaseException] = deque()
        self.pending = 0
        self._server, self._on_result = server, on_result
        self._closed = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begins to open one more."""
        self.pending += 1
        threading.Thread(target=self._open, name="smtp-connect", daemon=True).start()

    def close(self) -> None:
        """Wants no more; a connection that still comes about is closed."""
        with self._lock:
            self._closed = True
        for result in self.results:
            if isinstance(result, SmtpConnection):
                result.close()

    def _open(self) -> None:
        result: SmtpConnection | BaseException
        try:
            result = open_connection(self._server)
        except BaseException as error:  # noqa: BLE001  # whoever takes the result raises it
            result = error
        with self._lock:
            if not self._closed:
                self.results.append(result)
                self._on_result()
            elif isinstance(result, SmtpConnection):
                result.close()
