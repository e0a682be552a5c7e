"""Reads finished bytes back, to show people exactly what a reader gets."""

from email import message_from_bytes
from email.policy import SMTP


def html_of(message: bytes) -> str:
    """Find the HTML part of `message`."""
    return _part(message, "html")


def text_of(message: bytes) -> str:
    """Find the text part of `message`."""
    return _part(message, "plain")


def _part(message: bytes, subtype: str) -> str:
    body = message_from_bytes(message, policy=SMTP).get_body((subtype,))
    return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""
