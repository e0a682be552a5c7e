"""One letter over one connection of ours, for tests that are about the connection."""

import time
from select import select

from newsletter_service.delivery.connection import Connection, NotOpened, SmtpServer, open_connection
from newsletter_service.delivery.dialogue import Outcome, Outgoing
from newsletter_service.delivery.rules import Reply


def hand_in(server: SmtpServer, recipient: str, message: bytes) -> Reply:
    """Connect, hand in one letter, say goodbye; what the server answered to it."""
    try:
        connection = open_connection(server)
    except NotOpened as error:
        return error.reply
    try:
        at_once = connection.start(Outgoing(1, "b@nieuwsbrief.example", recipient, message))
        outcomes = [at_once] if at_once else answers(connection)
        connection.dialogue.quit()
        connection.flush()
        return outcomes[0].reply
    finally:
        connection.close()


def answers(connection: Connection, seconds: float = 10) -> list[Outcome]:
    """What becomes of the letters that were started, until none is under way."""
    outcomes: list[Outcome] = []
    latest = time.monotonic() + seconds
    connection.flush()
    while connection.dialogue.under_way and not connection.closed:
        assert time.monotonic() < latest, "the server does not answer"
        writing = [connection] if connection.wants_write else []
        readable, _, _ = select([connection], writing, [], 1)
        if readable:
            outcomes += connection.on_readable()
        connection.flush()
    return outcomes
