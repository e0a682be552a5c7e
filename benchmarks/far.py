"""A server 20 ms away that offers CHUNKING (a sink, Postfix) or only PIPELINING; smtplib with as many connections."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

from benchmarks.compare import Contender, Library, newsletter_row
from benchmarks.contenders import CONNECTIONS
from benchmarks.ledgers import Manner, Store, add_mailing, sqlite_store
from benchmarks.letters import long_letters
from benchmarks.link import FarAway, long_link
from benchmarks.report import Row, middle
from benchmarks.servers import chunking_sink, postfix, smtp_sink

LETTERS = {"far-chunking": 20_000, "far-postfix": 20_000, "far-pipelining": 5_000, "far-smtplib": 800}
"""Each is at it for some ten seconds."""
MANNER = Manner(CONNECTIONS)
Server = Callable[[], AbstractContextManager[int]]


OURS: dict[str, Server] = {"far-chunking": chunking_sink, "far-postfix": postfix, "far-pipelining": smtp_sink}


def far(rounds: int, letters: Mapping[str, int] = LETTERS, manner: Manner = MANNER) -> Iterator[Row]:
    """The medians of so many rounds; `ratio` stays empty, for smtp-source waits for every reply."""
    with long_link() as far_away:
        for name, server in OURS.items():
            with sqlite_store() as store:
                add_mailing(store.template, long_letters(), letters[name])
                yield _rounds(_newsletter(name, store, letters[name], manner), server, far_away, rounds)
        library = Library("far-smtplib", "kept-open", letters["far-smtplib"])
        yield _rounds(library, smtp_sink, far_away, rounds)


def _newsletter(name: str, store: Store, letters: int, manner: Manner) -> Contender:
    return lambda port: newsletter_row(name, store, port, letters, manner)


def _rounds(contender: Contender, server: Server, far_away: FarAway, rounds: int) -> Row:
    with server() as near, far_away(near) as port:
        return middle([contender(port) for _ in range(rounds)])
