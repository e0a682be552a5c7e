"""A worker that was there before the letters: a few small mailings, then a large one, on PostgreSQL.

Its statements are planned while the table is small. What they cost once it is large shows here and nowhere else.
"""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory

from sqlalchemy import text

from benchmarks.compare import MANNER
from benchmarks.ledgers import NEWSLETTER, Manner, Store, add_mailing, environment, opened, postgresql_store
from benchmarks.letters import short_letter
from benchmarks.processes import Failed, running
from benchmarks.report import Row, middle
from benchmarks.servers import smtp_sink

LETTERS = 100_000
_BEFORE = (200, 500, 1_000)
"""Mailings that a worker sends before the large one: enough to plan each statement for good."""
_LETTERS_PER_SECOND = 500
"""What is slower than this has failed."""


def waiting(rounds: int, letters: int = LETTERS, manner: Manner = MANNER) -> Iterator[Row]:
    """The medians of so many rounds, timed from the moment when the large mailing is there."""
    with smtp_sink() as port, postgresql_store() as store:
        yield middle([_one_worker(store, port, (*_BEFORE, letters), manner) for _ in range(rounds)])


def _one_worker(store: Store, port: int, mailings: Sequence[int], manner: Manner) -> Row:
    with store.copy() as url, TemporaryDirectory(prefix="newsletter-instance-") as folder:
        told = environment(url, folder, port, manner)
        with running([NEWSLETTER, "send", "--watch"], told, stdout=DEVNULL, stderr=DEVNULL) as worker:
            for count in mailings:
                add_mailing(url, [short_letter()], count)
                began, used = time.perf_counter(), _cpu_seconds(worker.pid)
                _wait_until_settled(url, count)
            seconds, used = time.perf_counter() - began, _cpu_seconds(worker.pid) - used
            return Row("waiting", None, count / seconds, 1e6 * used / count, _peak_mb(worker.pid))


def _wait_until_settled(url: str, letters: int) -> None:
    latest = time.monotonic() + 10 + letters / _LETTERS_PER_SECOND
    query = text("SELECT count(*) FROM delivery WHERE settled_at IS NULL")
    with opened(url) as engine:
        while time.monotonic() < latest:
            with engine.connect() as connection:
                if not connection.scalar(query):
                    return
            time.sleep(0.1)
    raise Failed(f"{letters} letters were not sent in time")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
