"""Ever more senders on one PostgreSQL, and a mail server that each of them has to wait for: whether they add up."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.contenders import CONNECTIONS
from benchmarks.ledgers import (
    Manner,
    Store,
    add_mailing,
    check_all_arrived,
    newsletter,
    postgresql_store,
    seconds_between,
)
from benchmarks.letters import long_letters
from benchmarks.link import behind_a_process
from benchmarks.report import Row, middle
from benchmarks.servers import smtp_sink

LETTERS = 4_000
"""For each sender: starting up weighs as much for many as for one."""
SENDERS = (1, 2, 4, 8)
MANNER = Manner(CONNECTIONS)


def together(
    rounds: int, letters: int = LETTERS, senders: Sequence[int] = SENDERS, manner: Manner = MANNER
) -> Iterator[Row]:
    """The medians of so many rounds; the mail server alone is far away, so the link is never the kernel's."""
    with smtp_sink() as near, behind_a_process(near) as port, postgresql_store() as store:
        for count in senders:
            yield middle([_at_once(store, port, letters * count, count, manner) for _ in range(rounds)])


def _at_once(store: Store, port: int, letters: int, count: int, manner: Manner) -> Row:
    """Timed from the second tenth of the letters to the ninth, where all are at work."""
    with store.copy() as url, ThreadPoolExecutor(count) as pool:
        add_mailing(url, long_letters(), letters)
        used = list(pool.map(lambda _: newsletter(url, "send", port=port, manner=manner), range(count)))
        check_all_arrived(url, letters, "; ".join(one.output for one in used))
        tenth = letters // 10
        seconds = seconds_between(url, tenth, letters - tenth)
    cpu = 1e6 * sum(one.cpu_seconds for one in used) / letters
    return Row(
        f"senders-{count}", None, (letters - 2 * tenth) / seconds, cpu, max(one.peak_mb for one in used)
    )
