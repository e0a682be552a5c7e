"""One server, several senders in turn: how fast each is beside smtp-source in the same round."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace

from benchmarks.ledgers import Store, add_mailing, postgresql_store, send, sqlite_store
from benchmarks.letters import LETTER_BYTES, long_letters
from benchmarks.processes import measured
from benchmarks.report import Row, middle
from benchmarks.servers import smtp_sink

LETTERS = 20_000
CONNECTIONS = 64
"""Of the product: the more there are, the more letters share one commit (docs/decisions/0007)."""
SLOW_LETTERS = 2_000
"""For senders that would take minutes over all of them."""

Contender = Callable[[int], Row]
"""Sends to the server on a port of this machine."""


def compare(rounds: int) -> Iterator[Row]:
    """The medians of so many rounds."""
    with ExitStack() as stack:
        port = stack.enter_context(smtp_sink())
        ours = [stack.enter_context(_newsletter(store)) for store in (sqlite_store(), postgresql_store())]
        contenders: list[Contender] = [
            smtp_source,
            *ours,
            Library("smtplib", "reconnecting", SLOW_LETTERS),
            Library("aiosmtplib", "aiosmtplib", SLOW_LETTERS),
        ]
        rows = [_round(contenders, port) for _ in range(rounds)]
    yield from map(middle, zip(*rows, strict=True))


def _round(contenders: Sequence[Contender], port: int) -> list[Row]:
    rows = [contender(port) for contender in contenders]
    return [replace(row, ratio=row.letters_per_second / rows[0].letters_per_second) for row in rows]


def smtp_source(port: int) -> Row:
    """Postfix's test client, in C, which sends the same bytes to one address over 8 connections."""
    options = f"-s 8 -d -m {LETTERS} -l {LETTER_BYTES}".split()
    used = measured(["/usr/sbin/smtp-source", *options, f"127.0.0.1:{port}"])
    return Row("smtp-source", None, LETTERS / used.seconds, 1e6 * used.cpu_seconds / LETTERS, used.peak_mb)


@contextmanager
def _newsletter(opening: AbstractContextManager[Store]) -> Iterator[Contender]:
    with opening as store:
        add_mailing(store.template, long_letters(), LETTERS)
        yield lambda port: newsletter_row(f"newsletter-{store.name}", store, port, LETTERS)


def newsletter_row(name: str, store: Store, port: int, letters: int, connections: int = CONNECTIONS) -> Row:
    """Send a copy of a prepared mailing with everything on; starting up is not counted."""
    with store.copy() as url:
        sent = send(url, port, letters, connections)
    return Row(name, None, sent.letters_per_second, sent.cpu_us_per_letter, sent.peak_mb)


@dataclass(frozen=True)
class Library:
    """A program of contenders.py, by `how`, over so many letters."""

    name: str
    how: str
    letters: int

    def __call__(self, port: int) -> Row:
        """Run it; starting it is not counted."""
        command = [sys.executable, "-m", "benchmarks.contenders", self.how, str(port), str(self.letters)]
        used = measured(command)
        took = json.loads(used.output)
        cpu = 1e6 * took["cpu_seconds"] / self.letters
        return Row(self.name, None, self.letters / took["seconds"], cpu, used.peak_mb)
