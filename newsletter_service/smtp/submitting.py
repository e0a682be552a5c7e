"""Hands in a few messages and waits for what becomes of them: for what cannot wait for a worker."""

import time
from collections import deque
from collections.abc import Sequence
from select import select

from newsletter_service.smtp.connection import SmtpConnection, SmtpServer, open_connection
from newsletter_service.smtp.messages import Outcome, OutgoingMessage

_LOOK_SECONDS = 1.0


def submit(server: SmtpServer, messages: Sequence[OutgoingMessage]) -> list[Outcome]:
    """Hands in messages over one connection and returns what became of each.

    Blocks, for minutes if need be. Raises ConnectFailed; TransportMisconfigured as `open_connection` does.
    """
    connection, waiting = open_connection(server), deque(messages)
    outcomes: list[Outcome] = []
    while len(outcomes) < len(messages) and not connection.closed:
        if waiting and connection.protocol.can_start:
            refused = connection.protocol.start(waiting.popleft())
            outcomes += [refused] if refused else []
        outcomes += _exchange(connection)
    outcomes += connection.lost()
    if not connection.closed:
        connection.protocol.quit()
        connection.flush()
        connection.close()
    return outcomes


def _exchange(connection: SmtpConnection) -> list[Outcome]:
    """Writes what there is to write, and reads what comes within a second."""
    connection.flush()
    writing = [connection] if connection.wants_write else []
    readable, _, _ = select([connection], writing, [], _LOOK_SECONDS)
    if readable:
        return connection.on_readable()
    if connection.overdue(time.monotonic()):
        connection.close()
    return []
