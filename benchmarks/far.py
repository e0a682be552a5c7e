"""A server 20 ms away that offers CHUNKING (a sink, Postfix) or only PIPELINING; smtplib with as many connections."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from benchmarks.compare import Contender, Library, newsletter_row
from benchmarks.contenders import CONNECTIONS
from benchmarks.ledgers import add_mailing, sqlite_store
from benchmarks.letters import long_letters
from benchmarks.link import FarAway, long_link
from benchmarks.report import Row, middle
from benchmarks.servers import chunking_sink, postfix, smtp_sink

LETTERS = {"far-chunking": 20_000, "far-postfix": 20_000, "far-pipelining": 5_000, "far-smtplib": 800}
"""Each is at it for some ten seconds."""
Server = Callable[[], AbstractContextManager[int]]


def far(rounds: int) -> Iterator[Row]:
    """The medians of so many rounds; `ratio` stays empty, for smtp-source waits for every reply."""
    with long_link() as far_away:
        yield _newsletter("far-chunking", chunking_sink, far_away, rounds)
        yield _newsletter("far-postfix", postfix, far_away, rounds)
        yield _newsletter("far-pipelining", smtp_sink, far_away, rounds)
        library = Library("far-smtplib", "kept-open", LETTERS["far-smtplib"])
        yield _rounds(library, smtp_sink, far_away, rounds)


def _newsletter(name: str, server: Server, far_away: FarAway, rounds: int) -> Row:
    with sqlite_store() as store:
        add_mailing(store.template, long_letters(), LETTERS[name])

        def contend(port: int) -> Row:
            return newsletter_row(name, store, port, LETTERS[name], CONNECTIONS)

        return _rounds(contend, server, far_away, rounds)


def _rounds(contender: Contender, server: Server, far_away: FarAway, rounds: int) -> Row:
    with server() as near, far_away(near) as port:
        return middle([contender(port) for _ in range(rounds)])
