"""A mail server as a process of its own: writes down every letter it accepts, answered or not, and outlives all.

`python -m tests.chaos.mail_server DOORS PORT FILE PAUSE SEED`; DOORS are addresses with commas between them, and by
which of them a letter came is written down. PAUSE is the most seconds that it thinks, once before and once after it has
read what a client sent.
"""

import asyncio
import re
import signal
import sys
import time
from pathlib import Path
from random import Random
from typing import TextIO

from newsletter_service.smtp.extensions import Extensions
from tests.pipelining_server import StrictSession

_GREETING = b"220 mx.nieuwsbrief.example ESMTP\r\n"
_MESSAGE_ID = re.compile(rb"^Message-ID: *(\S+)", re.MULTILINE | re.IGNORECASE)
_READ_BYTES = 262_144


class MailServer:
    """Its clients are served side by side; every other one is offered CHUNKING."""

    def __init__(self, book: TextIO, pause: float, random: Random) -> None:
        self._book, self._pause, self._random = book, pause, random

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        chunking = self._random.random() < 0.5
        session = StrictSession(Extensions(True, chunking, True, 0, 0))
        door = writer.get_extra_info("sockname")[0]
        try:
            writer.write(_GREETING)
            writer.write(
                session.feed(await reader.read(_READ_BYTES))
            )  # EHLO is answered as by a server nearby
            while not session.closed and (data := await reader.read(_READ_BYTES)):
                await self._think()
                replies = session.feed(data)
                self._write_down(session, door)
                await self._think()
                writer.write(replies)
        except (OSError, asyncio.CancelledError):  # the client died, or we are to stop
            pass
        finally:
            writer.close()

    async def _think(self) -> None:
        if self._pause:
            await asyncio.sleep(self._pause * self._random.random())

    def _write_down(self, session: StrictSession, door: str) -> None:
        """Accepted is what was read to its end, whether or not the client lives to see the answer."""
        now = time.monotonic()
        for letter in session.received:
            found = _MESSAGE_ID.search(letter.content)
            message_id = found[1].decode() if found else ""
            self._book.write(f"letter\t{now}\t{door}\t{letter.recipient}\t{message_id}\t{letter.sender}\n")
        for violation in session.violations:
            self._book.write(f"violation\t{violation}\n")
        if session.received or session.violations:
            self._book.flush()
        session.received.clear()
        session.violations.clear()


async def main(doors: list[str], port: int, path: Path, pause: float, seed: int) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with path.open("a", encoding="utf-8") as book:
        server = await asyncio.start_server(MailServer(book, pause, Random(seed)).serve, doors, port)
        async with server:
            await stop.wait()


if __name__ == "__main__":
    addresses, at_port, file, most, chance = sys.argv[1:]
    asyncio.run(main(addresses.split(","), int(at_port), Path(file), float(most), int(chance)))
