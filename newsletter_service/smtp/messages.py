"""What goes into an SMTP connection and what comes out of it."""

from collections.abc import Sequence
from typing import NamedTuple

from newsletter_service.smtp.replies import Reply


class OutgoingMessage(NamedTuple):
    """A prepared message for one recipient, and a `key` by which the caller knows it again.

    The pieces of `content` joined are the message as it goes over the wire: CRLF line ends only, and no line that
    begins with a dot.
    """

    key: object
    sender: str
    recipient: str
    content: Sequence[bytes]


class Outcome(NamedTuple):
    """What became of a message: the server's refusal or its final reply; code None if it never replied."""

    message: OutgoingMessage
    reply: Reply
