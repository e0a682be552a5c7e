"""What the loop waits for: connections that say something or have room again, and a bell for threads that are done."""

from contextlib import suppress
from select import select
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector, SelectorKey
from socket import socketpair

from newsletter_service.smtp.connection import SmtpConnection


class Poller:
    """One selector over all connections of a run; `ring` is the only call that other threads may make."""

    def __init__(self) -> None:
        self._selector = DefaultSelector()
        self._writing: set[SmtpConnection] = set()
        self._closed = False
        self._bell, self._ear = socketpair()
        self._bell.setblocking(False)
        self._ear.setblocking(False)
        self._selector.register(self._ear, EVENT_READ, None)

    def begin(self, connection: SmtpConnection) -> None:
        """Watch for what a connection says."""
        self._selector.register(connection, EVENT_READ, connection)

    def mind(self, connection: SmtpConnection) -> None:
        """Watch for room to write too, as long as something is left to be sent; and no longer."""
        wants = connection.wants_write
        if wants == (connection in self._writing):
            return
        if wants:
            self._writing.add(connection)
        else:
            self._writing.discard(connection)
        self._selector.modify(connection, EVENT_READ | EVENT_WRITE if wants else EVENT_READ, connection)

    def end(self, connection: SmtpConnection) -> None:
        """Watch a connection no more."""
        self._writing.discard(connection)
        self._selector.unregister(connection)

    def events(self, seconds: float) -> list[tuple[SelectorKey, int]]:
        """What there is to be read or written, at the latest after so long; the key's data is the connection, or
        None for the bell, which is to be answered by `hear`.
        """
        return self._selector.select(seconds)

    def wait_for_bell(self, seconds: float) -> None:
        """Wait for nothing but the bell."""
        if select([self._ear], [], [], seconds)[0]:
            self.hear()

    def ring(self) -> None:
        """Wake the loop."""
        try:
            self._bell.send(b"!")
        except BlockingIOError:
            pass  # it is ringing already
        except OSError:
            if not self._closed:  # else nobody waits any more: a thread was done too late for its run
                raise

    def hear(self) -> None:
        """Let the bell be quiet."""
        with suppress(BlockingIOError):
            self._ear.recv(4096)

    def close(self) -> None:
        """Nobody is watched any more, and whoever still rings is not heard."""
        self._closed = True
        self._selector.close()
        self._bell.close()
        self._ear.close()
