"""Letters made by Python's own `email`, and a plain loop that hands them in over one connection."""

import time
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector

from newsletter_service.smtp.connection import SmtpConnection, SmtpServer, open_connection
from newsletter_service.smtp.messages import OutgoingMessage
from newsletter_service.smtp.replies import Reply
from tests.chaos.waiting import PATIENCE_SECONDS


def letter(name: str, text: str = "Beste lezer,\nDit is de brief.\n") -> OutgoingMessage:
    """A letter to `name`@g.example; its key is the name."""
    message = EmailMessage(policy=POLICY)
    message["From"], message["To"], message["Subject"] = (
        "a@b.example",
        f"{name}@g.example",
        f"Brief aan {name} – €",
    )
    message["Message-ID"], message["Date"] = f"<{name}@b.example>", "Mon, 23 Nov 2026 09:00:00 +0000"
    message.set_content(text, cte="base64")
    message.add_alternative(f"<p>{text}</p>", subtype="html", cte="base64")
    return OutgoingMessage(name, "b+1@b.example", f"{name}@g.example", (message.as_bytes(),))


def content_of(outgoing: OutgoingMessage) -> bytes:
    """The message as the server is to get it."""
    return b"".join(outgoing.content)


def letters(*names: str) -> list[OutgoingMessage]:
    return [letter(name) for name in names]


def means_the_same(ours: bytes, theirs: bytes) -> bool:
    """Whether what arrived is what was meant; servers on the way put headers of their own on top."""
    meant, came = (message_from_bytes(content, policy=POLICY) for content in (ours, theirs))
    assert isinstance(meant, EmailMessage)
    assert isinstance(came, EmailMessage)
    same_headers = all(came[name] == value for name, value in meant.items())
    return same_headers and not came.defects and _texts(meant) == _texts(came)


def _texts(message: EmailMessage) -> list[str]:
    return [part.get_content() for part in message.iter_parts()]


def hand_in(server: SmtpServer, outgoing: Iterable[OutgoingMessage], depth: int = 1) -> dict[object, Reply]:
    """Hand in what one connection takes; the reply to each letter that was started, by its key."""
    connection = open_connection(server)
    connection.protocol.depth = depth
    return run(connection, iter(outgoing))


def run(connection: SmtpConnection, left: Iterator[OutgoingMessage]) -> dict[object, Reply]:
    """Drive a connection until it has ended; it says QUIT when no letter is left."""
    replies: dict[object, Reply] = {}
    latest = time.monotonic() + PATIENCE_SECONDS
    with DefaultSelector() as selector:
        selector.register(connection, EVENT_READ)
        while not connection.closed and not connection.protocol.finished:
            while connection.protocol.can_start:
                following = next(left, None)
                if following is None:
                    connection.protocol.quit()
                elif at_once := connection.protocol.start(following):
                    replies[following.key] = at_once.reply
            connection.flush()
            selector.modify(connection, EVENT_READ | EVENT_WRITE if connection.wants_write else EVENT_READ)
            assert time.monotonic() < latest, "the server is silent"
            for _, events in selector.select(1):
                if events & EVENT_READ:
                    replies |= {outcome.message.key: outcome.reply for outcome in connection.on_readable()}
    connection.close()
    return replies | {outcome.message.key: outcome.reply for outcome in connection.protocol.lost()}
