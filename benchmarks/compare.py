"""One server, several senders in turn: how fast each is beside smtp-source in the same round."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from benchmarks.ledgers import Manner, Store, add_mailing, postgresql_store, send, sqlite_store
from benchmarks.letters import LETTER_BYTES, long_letters
from benchmarks.processes import measured
from benchmarks.report import Row, middle
from benchmarks.servers import smtp_sink

LETTERS = 20_000
MANNER = Manner(connections=64)
"""Of the product: the more connections there are, the more letters share one commit (docs/decisions/0007)."""
SLOW_LETTERS = 2_000
"""For senders that would take minutes over all of them."""

Contender = Callable[[int], Row]
"""Sends to the server on a port of this machine."""


def compare(
    rounds: int, letters: int = LETTERS, slow_letters: int = SLOW_LETTERS, manner: Manner = MANNER
) -> Iterator[Row]:
    """The medians of so many rounds; the newsletter also with all limits set and none reached."""
    with ExitStack() as stack:
        port = stack.enter_context(smtp_sink())
        stores = [stack.enter_context(opening) for opening in (sqlite_store(), postgresql_store())]
        for store in stores:
            add_mailing(store.template, long_letters(), letters)
        contenders: list[Contender] = [
            lambda port: smtp_source(port, letters),
            *(_newsletter(store, letters, manner) for store in stores),
            Library("smtplib", "reconnecting", slow_letters),
            Library("aiosmtplib", "aiosmtplib", slow_letters),
            *(_newsletter(store, letters, replace(manner, limited=True)) for store in stores),
        ]
        rows = [_round(contenders, port) for _ in range(rounds)]
    yield from map(middle, zip(*rows, strict=True))


def _round(contenders: Sequence[Contender], port: int) -> list[Row]:
    rows = [contender(port) for contender in contenders]
    return [replace(row, ratio=row.letters_per_second / rows[0].letters_per_second) for row in rows]


def smtp_source(port: int, letters: int) -> Row:
    """Postfix's test client, in C, which sends the same bytes to one address over 8 connections."""
    options = f"-s 8 -d -m {letters} -l {LETTER_BYTES}".split()
    used = measured(["/usr/sbin/smtp-source", *options, f"127.0.0.1:{port}"])
    return Row("smtp-source", None, letters / used.seconds, 1e6 * used.cpu_seconds / letters, used.peak_mb)


def _newsletter(store: Store, letters: int, manner: Manner) -> Contender:
    name = f"newsletter-{store.name}{'-limited' if manner.limited else ''}"
    return lambda port: newsletter_row(name, store, port, letters, manner)


def newsletter_row(name: str, store: Store, port: int, letters: int, manner: Manner) -> Row:
    """Send a copy of a prepared mailing with everything on; starting up is not counted."""
    with store.copy() as url:
        sent = send(url, port, letters, manner)
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
