"""A mail catcher: takes every mail on 127.0.0.1 and keeps it as a file, for /demo/inbox to show."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from newsletter_service.demo.people import ABOLISHED_DOMAIN
from newsletter_service.demo.returning import message, send_back
from newsletter_service.files.private import keep_private, private_folder

KEEP = 5_000
LARGEST = 40 * 1024 * 1024


@dataclass
class Mailbox:
    """Mails as files in one folder, named so that their order is that of their arrival.

    Beyond `keep` the oldest are forgotten, a few at a time. What comes back of some goes by `send_back`.
    """

    folder: Path
    keep: int = KEEP
    taken: int = 0
    send_back: Callable[[bytes], Awaitable[None]] = send_back
    returning: set[asyncio.Future[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        private_folder(self.folder)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take every recipient but those of an office that is no more, so that something fails as it would."""
        if address.endswith(f"@{ABOLISHED_DOMAIN}"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep one mail; it is on disk before the answer goes out."""
        content = envelope.original_content or b""
        self.store(content if isinstance(content, bytes) else content.encode())
        for recipient in envelope.rcpt_tos:
            if (raw := message(envelope.mail_from or "", recipient)) is not None:
                self.returning.add(task := asyncio.ensure_future(self.send_back(raw)))
                task.add_done_callback(self.returning.discard)
        return "250 2.0.0 kept"

    def store(self, content: bytes) -> None:
        """Write one mail, whole or not at all."""
        self.taken += 1
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{self.taken:05d}"
        part = self.folder / f"{name}.part"
        part.write_bytes(content)
        part.rename(self.folder / f"{name}.eml")
        if self.taken % 100 == 0:
            self._forget()

    def _forget(self) -> None:
        for old in sorted(self.folder.glob("*.eml"))[: -self.keep]:
            old.unlink()


def main() -> None:
    """Catch mail until told to stop: `python -m newsletter_service.demo.catcher FOLDER PORT`."""
    keep_private()
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before the controller's thread begins, which inherits it
    controller = Controller(Mailbox(folder), hostname="127.0.0.1", port=port, data_size_limit=LARGEST)
    controller.start()
    signal.sigwait(ends)
    controller.stop()


if __name__ == "__main__":
    main()
