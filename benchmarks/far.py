"""A server 20 ms away: ours where it offers CHUNKING or only PIPELINING, and smtplib with as many connections."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from benchmarks.compare import Library, newsletter_row
from benchmarks.contenders import CONNECTIONS
from benchmarks.ledgers import add_mailing, sqlite_store
from benchmarks.letters import long_letters
from benchmarks.processes import free_port, running, wait_for_greeting
from benchmarks.report import Row, middle
from benchmarks.servers import postfix, smtp_sink

ONE_WAY_MILLISECONDS = 20
LETTERS = {"far-chunking": 20_000, "far-pipelining": 5_000, "far-smtplib": 800}
"""Each is at it for some ten seconds."""


def far(rounds: int) -> Iterator[Row]:
    """The medians of so many rounds; `ratio` stays empty, for smtp-source speaks no faster dialect."""
    yield _newsletter("far-chunking", postfix, rounds)
    yield _newsletter("far-pipelining", smtp_sink, rounds)
    with smtp_sink() as server, far_away(server) as port:
        library = Library("far-smtplib", "kept-open", LETTERS["far-smtplib"])
        yield middle([library(port) for _ in range(rounds)])


@contextmanager
def far_away(target: int) -> Iterator[int]:
    """A port behind which the server on port `target` is a long way off."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.delay", str(port), str(target), str(ONE_WAY_MILLISECONDS)]
    with running(command):
        wait_for_greeting(port)
        yield port


def _newsletter(name: str, server: Callable[[], AbstractContextManager[int]], rounds: int) -> Row:
    with sqlite_store() as store, server() as near, far_away(near) as port:
        add_mailing(store.template, long_letters(), LETTERS[name])
        return middle([newsletter_row(name, store, port, LETTERS[name], CONNECTIONS) for _ in range(rounds)])
