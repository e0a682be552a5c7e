"""Reads finished bytes back, to show people exactly what a reader gets."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP


def html_of(message: bytes) -> str:
    """The HTML part of `message`."""
    return _part(message, "html")


def text_of(message: bytes) -> str:
    """The text part of `message`."""
    return _part(message, "plain")


def headers_of(message: bytes) -> list[tuple[str, str]]:
    """Names and readable values of the headers of `message`, in their order."""
    parsed = message_from_bytes(message, policy=SMTP)
    return [(name, str(value)) for name, value in parsed.items()]


def _part(message: bytes, subtype: str) -> str:
    parsed = message_from_bytes(message, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    body = parsed.get_body((subtype,))
    return str(body.get_content()) if body is not None else ""
