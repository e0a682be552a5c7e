"""Waiting for many connections at once, and being woken by other threads."""

from contextlib import suppress
from select import select
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector, SelectorKey
from socket import socketpair

from newsletter_service.smtp.connection import SmtpConnection


class Poller:
    """A selector over connections; `wake` is the only call that other threads may make."""

    def __init__(self) -> None:
        self._selector = DefaultSelector()
        self._writing: set[SmtpConnection] = set()
        self._closed = False
        self._waker, self._wake_reader = socketpair()
        self._waker.setblocking(False)
        self._wake_reader.setblocking(False)
        self._selector.register(self._wake_reader, EVENT_READ, None)

    def register(self, connection: SmtpConnection) -> None:
        """Begins to watch a connection for replies."""
        self._selector.register(connection, EVENT_READ, connection)

    def update(self, connection: SmtpConnection) -> None:
        """Watches for room to write for as long as the connection has unsent bytes."""
        wants = connection.wants_write
        if wants == (connection in self._writing):
            return
        if wants:
            self._writing.add(connection)
        else:
            self._writing.discard(connection)
        self._selector.modify(connection, EVENT_READ | EVENT_WRITE if wants else EVENT_READ, connection)

    def unregister(self, connection: SmtpConnection) -> None:
        """Watches a connection no longer."""
        self._writing.discard(connection)
        self._selector.unregister(connection)

    def poll(self, seconds: float) -> list[tuple[SelectorKey, int]]:
        """Waits for up to `seconds` and returns what can be read or written; a key's data is its connection.

        Or None where another thread woke us, which `clear_wake` then has to acknowledge.
        """
        return self._selector.select(seconds)

    def wait_for_wake(self, seconds: float) -> None:
        """Waits for `wake` alone, for up to `seconds`."""
        if select([self._wake_reader], [], [], seconds)[0]:
            self.clear_wake()

    def wake(self) -> None:
        """Ends the current or next wait."""
        try:
            self._waker.send(b"!")
        except BlockingIOError:
            pass  # a wake-up is pending already
        except OSError:
            if not self._closed:  # else nobody waits any more: a thread finished after its run had ended
                raise

    def clear_wake(self) -> None:
        """Acknowledges all wake-ups so far."""
        with suppress(BlockingIOError):
            self._wake_reader.recv(4096)

    def close(self) -> None:
        """Releases the selector; `wake` does nothing from now on."""
        self._closed = True
        self._selector.close()
        self._waker.close()
        self._wake_reader.close()
