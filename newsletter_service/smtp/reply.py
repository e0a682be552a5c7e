"""What an SMTP server answers, as a value."""

import re
from enum import StrEnum
from typing import NamedTuple

MAX_REPLY_TEXT = 500
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")


class Phase(StrEnum):
    """How far the dialogue with the server had come when it gave its last answer."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


class Reply(NamedTuple):
    """The server's last answer, or how the connection ended without one (`code` None)."""

    phase: Phase
    code: int | None
    text: str = ""

    @property
    def enhanced_status(self) -> str:
        """The status of RFC 3463 that the text begins with, such as 5.1.1; else nothing."""
        match = _ENHANCED.match(self.text)
        return match.group(1) if match else ""


def readable(text: bytes) -> str:
    """A server's words as one line of at most 500 characters that any log and database takes."""
    words = text.decode("utf-8", "replace").strip()
    if words.isprintable() and "  " not in words:
        return words[:MAX_REPLY_TEXT]
    words = "".join(char if char.isprintable() else " " for char in words)
    return " ".join(words.split())[:MAX_REPLY_TEXT]
