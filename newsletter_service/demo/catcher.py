"""A mail catcher: takes every mail on 127.0.0.1 and keeps it as a file, for /demo/inbox to show."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

KEEP = 5_000


@dataclass
class Mailbox:
    """Mails as files in one folder, named so that their order is that of their arrival."""

    folder: Path
    taken: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """What aiosmtpd calls with each mail; it is on disk before the answer goes out."""
        content = envelope.original_content or b""
        self.keep(content if isinstance(content, bytes) else content.encode())
        return "250 kept"

    def keep(self, content: bytes) -> None:
        """Store one mail whole or not at all, and forget the oldest beyond 5,000."""
        self.taken += 1
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{self.taken:05d}"
        part = self.folder / f"{name}.part"
        part.write_bytes(content)
        part.rename(self.folder / f"{name}.eml")
        if self.taken % 100 == 0:
            for old in sorted(self.folder.glob("*.eml"))[:-KEEP]:
                old.unlink()


def main() -> None:
    """Catch mail until told to stop: `python -m newsletter_service.demo.catcher FOLDER PORT`."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    controller = Controller(
        Mailbox(folder), hostname="127.0.0.1", port=port, data_size_limit=40 * 1024 * 1024
    )
    controller.start()
    loop = asyncio.new_event_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, loop.stop)
    loop.run_forever()
    loop.close()
    controller.stop()
    os._exit(0)  # a client may keep its connection open; nobody waits for it


if __name__ == "__main__":
    main()
