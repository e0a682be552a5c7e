"""An SMTP server's replies (RFC 5321, section 4.2): as values, and read from bytes however those were split."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

MAX_REPLY_TEXT = 500
MAX_REPLY_BYTES = 65_536
_CODES = {b"%d" % code: code for code in range(200, 560)}
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
_STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\s+")


class Phase(StrEnum):
    """How far the dialogue with the server had come when it gave its last reply."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


class Reply(NamedTuple):
    """The server's last reply, or how the connection ended without one (`code` None)."""

    phase: Phase
    code: int | None
    text: str = ""

    @property
    def enhanced_status(self) -> str:
        """The status code of RFC 3463 that the text begins with, such as 5.1.1; empty without one."""
        match = _ENHANCED.match(self.text)
        return match.group(1) if match else ""

    def __str__(self) -> str:
        return f"{self.code or ''} {self.text}".strip()


class SenselessReply(ValueError):
    """What the server said is no SMTP reply, or no reply to what it was asked."""


class ReplyReader:
    """Takes in bytes and yields replies as their code and their lines."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._held = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, list[bytes]]]:
        """Yields the replies that `data` completes; raises SenselessReply for what is no reply or too long for one."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            # The last line's code counts, as it does for Postfix and smtplib: not all servers repeat themselves.
            code, separator = _CODES.get(line[:3]), line[3:4]
            if code is None or separator not in b" -\r":
                raise SenselessReply(f"no SMTP reply: {readable(line)}")
            self._lines.append(line)
            if separator == b"-":
                self._held += len(line)
                self._check_size(0)
            else:
                whole, self._lines, self._held = self._lines, [], 0
                yield code, whole
        self._check_size(len(self._rest))

    def _check_size(self, more: int) -> None:
        if self._held + more > MAX_REPLY_BYTES:
            raise SenselessReply(f"a reply of more than {MAX_REPLY_BYTES} bytes")


def text_of(lines: list[bytes]) -> str:
    """The text of a reply as one line; an enhanced status code that each of its lines repeats is kept once."""
    if len(lines) == 1:
        return readable(lines[0][4:])
    first, *others = (line[4:].rstrip() for line in lines)
    if status := _STATUS.match(first):
        others = [line.removeprefix(status.group()) for line in others]
    return readable(b" ".join([first, *others]))


def readable(text: bytes) -> str:
    """A server's words as one line of at most 500 characters that any log and database can hold."""
    words = text.decode("utf-8", "replace").strip()
    if words.isprintable() and "  " not in words:
        return words[:MAX_REPLY_TEXT]
    words = "".join(char if char.isprintable() else " " for char in words)
    return " ".join(words.split())[:MAX_REPLY_TEXT]
