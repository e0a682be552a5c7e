"""Databases to send from: prepared once, copied before every run, on SQLite or on a PostgreSQL that is durable."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from statistics import median
from tempfile import TemporaryDirectory
from typing import Protocol

from flask import Flask
from sqlalchemy import Engine, Select, String, cast, create_engine, func, literal, select, text
from sqlalchemy.orm import Session

from benchmarks.letters import BASE_URL, MAIL_FROM
from benchmarks.processes import Failed, Usage, measured
from newsletter_service.app import create_app
from newsletter_service.db import UtcDateTime, db, prepare_engine
from newsletter_service.delivery.service import add_deliveries, add_letter, open_mailing
from newsletter_service.letters.values import PreparedLetter
from newsletter_service.settings import Settings
from tests.postgresql import Cluster, running_cluster

NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))
_SECRET_KEY = "only-for-measuring-how-fast-all-of-it-is"
_GENEROUS = {
    "SMTP_RATE": "1000000",
    "SMTP_DOMAIN_RATE": "1000000",
    "SMTP_DOMAIN_CONNECTIONS": "1000",
    "SMTP_LETTERS_PER_CONNECTION": "1000000",
}
"""Limits that are minded for every letter and never reached."""


@dataclass(frozen=True)
class Manner:
    """How `newsletter send` is run; `limited` with all limits set, so generously that none is reached.

    What it takes to find nothing to do is the middle of so many `idle_runs`.
    """

    connections: int
    limited: bool = False
    idle_runs: int = 3


_NOT_SENDING, _NO_PORT = Manner(connections=4), 9


class Store(Protocol):
    """Keeps databases that are all copies of one; `template` is the URL of that one."""

    name: str
    template: str

    def copy(self) -> AbstractContextManager[str]:
        """The URL of a copy, which is gone after the block."""

    def bytes_used(self, url: str) -> int:
        """How much a database takes on disk."""


@dataclass
class SqliteFolder:
    """Databases as files in a folder."""

    folder: Path
    name: str = "sqlite"

    def __post_init__(self) -> None:
        self.template = f"sqlite:///{self.folder}/template.sqlite3"

    @contextmanager
    def copy(self) -> Iterator[str]:
        """A copy of the file; its write-ahead log is empty, for nobody has the template open."""
        with TemporaryDirectory(dir=self.folder) as folder:
            path = Path(folder) / "newsletter.sqlite3"
            copyfile(self.folder / "template.sqlite3", path)
            yield f"sqlite:///{path}"

    def bytes_used(self, url: str) -> int:
        """The size of the file and its log."""
        path = Path(url.removeprefix("sqlite:///"))
        return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))


@dataclass
class PostgresqlServer:
    """Databases of one PostgreSQL server."""

    cluster: Cluster
    name: str = "postgresql"

    def __post_init__(self) -> None:
        self.template = f"{self.cluster.base_url}template_bench"
        with self.cluster.engine("template_bench"):
            pass

    def copy(self) -> AbstractContextManager[str]:
        """A database made from the template."""
        return self.cluster.fresh_database("template_bench")

    def bytes_used(self, url: str) -> int:
        """What the server says."""
        with opened(url) as engine, engine.connect() as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


@contextmanager
def sqlite_store() -> Iterator[Store]:
    """A folder that is gone afterwards, with an empty template in it."""
    with TemporaryDirectory(prefix="newsletter-bench-") as folder:
        store = SqliteFolder(Path(folder))
        newsletter(store.template, "db", "upgrade")
        yield store


@contextmanager
def postgresql_store() -> Iterator[Store]:
    """A server that writes every commit to disk, stopped afterwards, with an empty template in it."""
    with running_cluster(durable=True) as cluster:
        store = PostgresqlServer(cluster)
        newsletter(store.template, "db", "upgrade")
        yield store


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine as the product uses it."""
    engine = create_engine(url)
    prepare_engine(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def newsletter(url: str, *arguments: str, port: int = _NO_PORT, manner: Manner = _NOT_SENDING) -> Usage:
    """Run the `newsletter` command on a database, with an SMTP server on `port` of this machine."""
    with TemporaryDirectory(prefix="newsletter-instance-") as folder:
        return measured([NEWSLETTER, *arguments], environment(url, folder, port, manner))


@contextmanager
def application(url: str) -> Iterator[Flask]:
    """The product on a database, for the block in its context."""
    with TemporaryDirectory(prefix="newsletter-instance-") as folder:
        app = create_app(Settings.from_env(environment(url, folder, _NO_PORT, _NOT_SENDING)))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def environment(url: str, folder: str, port: int, manner: Manner) -> dict[str, str]:
    """What the product is told; `folder` is its own."""
    told = {
        "PATH": "/usr/bin:/bin",
        "SECRET_KEY": _SECRET_KEY,
        "SUPPRESSION_KEY": _SECRET_KEY,
        "BASE_URL": BASE_URL,
        "MAIL_FROM": MAIL_FROM,
        "DATABASE_URL": url,
        "INSTANCE_DIR": folder,
        "SMTP_PORT": str(port),
        "SMTP_CONNECTIONS": str(manner.connections),
    }
    return told | _GENEROUS if manner.limited else told


@dataclass(frozen=True)
class Sent:
    """What one run of `newsletter send` took beyond starting up and finding nothing to do.

    The stopwatch runs from its first line on: starting up varies by more than sending a thousand letters takes.
    """

    letters: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def letters_per_second(self) -> float:
        """Its speed."""
        return self.letters / self.seconds

    @property
    def cpu_us_per_letter(self) -> float:
        """Its processor time for each letter, in microseconds."""
        return 1e6 * self.cpu_seconds / self.letters


def send(url: str, port: int, letters: int, manner: Manner) -> Sent:
    """Send all that is due, to the last commit; Failed unless every one of `letters` arrived."""

    def run() -> Usage:
        return newsletter(url, "send", port=port, manner=manner)

    whole = run()
    idle = [run() for _ in range(manner.idle_runs)]
    check_all_arrived(url, letters, whole.output)
    seconds = _at_work(whole) - median(map(_at_work, idle))
    cpu_seconds = whole.cpu_seconds - median(run.cpu_seconds for run in idle)
    return Sent(letters, seconds, cpu_seconds, whole.peak_mb)


def _at_work(run: Usage) -> float:
    return run.seconds - run.silent_seconds


def check_all_arrived(url: str, letters: int, output: str) -> None:
    """Failed, with what the sender said, unless every one of `letters` arrived."""
    query = text(
        "SELECT count(*) FROM delivery WHERE state = 'sent' AND ambiguous_attempts = 0 AND mailing_id IS NOT NULL"
    )
    with opened(url) as engine, engine.connect() as connection:
        sent = connection.scalar(query)
    if sent != letters:
        raise Failed(f"{sent} of {letters} letters arrived: {output}")


def seconds_between(url: str, first: int, last: int) -> float:
    """What passed from one letter that was settled to another, both by their number in that order, from 0."""
    query = text(
        "SELECT settled_at FROM delivery WHERE state = 'sent' ORDER BY settled_at LIMIT 1 OFFSET :n"
    ).columns(settled_at=UtcDateTime())
    with opened(url) as engine, engine.connect() as connection:
        began, ended = (connection.execute(query, {"n": n}).scalar_one() for n in (first, last))
    return float((ended - began).total_seconds())


def add_mailing(url: str, letters: Sequence[PreparedLetter], readers: int) -> None:
    """One mailing to so many readers, the letters in turn."""
    now = datetime.now(UTC)
    with opened(url) as engine, Session(engine) as session:
        mailing = open_mailing(session, now)
        for first, letter in enumerate(letters):
            row = add_letter(session, mailing, letter, now)
            add_deliveries(session, mailing, row.id, _recipients(first + 1, readers, len(letters)), now)
        session.commit()


def _recipients(first: int, last: int, step: int) -> Select[int, str, str, str, str]:
    """Invented ones: as many as there are numbers from `first` to `last`."""
    numbers = select(literal(first).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + step).where(numbers.c.n + step <= last))
    number = cast(numbers.c.n, String)
    domain = literal("gemeente").concat(cast(numbers.c.n % 9, String)).concat(".example")
    address = literal("lezer").concat(number).concat("@").concat(domain)
    key = func.substr("0" * 12, 1, 12 - func.length(number)).concat(number)
    return select(numbers.c.n, key, address, domain, literal("Noëlle van 't Hof ").concat(number))
