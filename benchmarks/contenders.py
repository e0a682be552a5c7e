"""How Python programs commonly send, to compare with: `python -m benchmarks.contenders HOW PORT COUNT`.

Each prints, as JSON, the seconds and the processor seconds of sending alone.
"""

import asyncio
import json
import smtplib
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import cycle

from aiosmtplib import SMTP

from benchmarks.letters import MAIL_FROM, long_messages

CONNECTIONS = 16
_READER = "lezer{}@gemeente{}.example"


def reconnecting(port: int, messages: list[bytes], count: int) -> None:
    """One EmailMessage a reader, each over a connection of its own."""
    bodies = cycle([_bodies(message) for message in messages])
    for address, (text, html) in zip(_readers(count), bodies, strict=False):
        message = EmailMessage(policy=policy.SMTP)
        message["From"], message["To"], message["Subject"] = MAIL_FROM, address, "Editie"
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(message)


def kept_open(port: int, messages: list[bytes], count: int) -> None:
    """Prepared bytes over as many connections as there are threads."""

    def send(share: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            for address, message in zip(_readers(share), cycle(messages), strict=False):
                client.sendmail(MAIL_FROM, address, message)

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(send, [count // CONNECTIONS] * CONNECTIONS))


def aiosmtplib(port: int, messages: list[bytes], count: int) -> None:
    """Prepared bytes over as many connections of aiosmtplib."""
    work = zip(_readers(count), cycle(messages), strict=False)

    async def send() -> None:
        async with SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for address, message in work:
                await client.sendmail(MAIL_FROM, [address], message)

    async def send_all() -> None:
        await asyncio.gather(*(send() for _ in range(CONNECTIONS)))

    asyncio.run(send_all())


def _readers(count: int) -> Iterator[str]:
    return (_READER.format(number, number % 9) for number in range(count))


def _bodies(message: bytes) -> tuple[str, str]:
    parsed = message_from_bytes(message, policy=policy.SMTP)
    parts = [parsed.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (part.get_content() for part in parts if part is not None)
    return text, html


HOW: dict[str, Callable[[int, list[bytes], int], None]] = {
    "reconnecting": reconnecting,
    "kept-open": kept_open,
    "aiosmtplib": aiosmtplib,
}


def main(how: str, port: str, count: str) -> None:
    """Send and tell how long it took."""
    messages = long_messages()
    began, cpu_began = time.perf_counter(), time.process_time()
    HOW[how](int(port), messages, int(count))
    took = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu_began}
    print(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:])
