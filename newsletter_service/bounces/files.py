"""Messages out of a Maildir, an mbox, a file or a stream, one after the other and none of them whole if it is huge."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from newsletter_service.bounces.reading import MOST_BYTES

_FROM_LINE = re.compile(rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) .*\d{4}")
_LONGEST_LINE = 100_000


class Message(NamedTuple):
    """The bytes of a message, and the file that they are in."""

    file: str
    raw: bytes


def messages_in(path: Path) -> Iterator[Message]:
    """Yields the messages of a file, of an mbox, or of a folder and its Maildir's new and cur.

    A file of a folder that cannot be opened, or that is gone by now, is an empty message and keeps nothing up.
    """
    if path.is_dir():
        folders = [folder for folder in (path / "new", path / "cur") if folder.is_dir()] or [path]
        files = sorted(file for folder in folders for file in folder.iterdir() if file.is_file())
    else:
        files = [path]
    for file in files:
        try:
            stream = file.open("rb")
        except OSError:
            yield Message(str(file), b"")
            continue
        with stream:
            for raw in messages_of(stream):
                yield Message(str(file), raw)


def messages_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yields the messages of a stream: several if it begins as an mbox does, else one."""
    first = stream.readline(_LONGEST_LINE)
    is_mbox = first.startswith(b"From ")
    lines = _Lines() if is_mbox else _Lines(first)
    while line := stream.readline(_LONGEST_LINE):
        if is_mbox and lines.ended_blank and _FROM_LINE.match(line):
            yield lines.taken()
        else:
            lines.add(line[1:] if is_mbox and line.startswith(b">From ") else line)
    yield lines.taken()


class _Lines:
    """The lines of one message, as many as are read of it."""

    def __init__(self, first: bytes = b"") -> None:
        self._lines, self._size, self.ended_blank = [first], len(first), False

    def add(self, line: bytes) -> None:
        self.ended_blank = not line.strip()
        if self._size < MOST_BYTES:
            self._lines.append(line)
            self._size += len(line)

    def taken(self) -> bytes:
        """Returns the message, and makes place for the next."""
        whole = b"".join(self._lines)
        self._lines, self._size, self.ended_blank = [], 0, False
        return whole
