"""An SMTP server's replies (RFC 5321, section 4.2), cut out of its bytes however those were split on the way."""

import re
from collections.abc import Iterator

from newsletter_service.smtp.reply import readable

MAX_REPLY_BYTES = 65_536
_CODES = {b"%d" % code: code for code in range(200, 560)}
_STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\s+")


class SenselessReply(ValueError):
    """What the server said is no SMTP reply, or no reply to what it was asked."""


class ReplyReader:
    """Takes in bytes, gives out replies as their code and their lines."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._held = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, list[bytes]]]:
        """The replies that `data` completes; SenselessReply once one makes no sense or is beyond all bounds."""
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
    """The words of a reply as one line; the enhanced status that each of its lines may bear is said once."""
    if len(lines) == 1:
        return readable(lines[0][4:])
    first, *others = (line[4:].rstrip() for line in lines)
    if status := _STATUS.match(first):
        others = [line.removeprefix(status.group()) for line in others]
    return readable(b" ".join([first, *others]))
