"""The databases that are killed: SQLite lives in the senders' own processes, PostgreSQL in a server's."""

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, text

from tests.chaos.waiting import PATIENCE_SECONDS
from tests.required import missing

_RECOVERS = "automatic recovery in progress"


class Database(Protocol):
    """A fresh database; one that `can_crash` has a server."""

    can_crash: bool

    @property
    def url(self) -> str:
        """Where it is found."""

    def away(self) -> AbstractContextManager[None]:
        """For the block nobody can write to it: its server has crashed, or somebody else keeps it locked."""


@dataclass
class Sqlite:
    """A file; who kills a process in the middle of a transaction has killed its database as well."""

    file: Path
    can_crash: bool = False

    @property
    def url(self) -> str:
        """For processes on this machine."""
        return f"sqlite:///{self.file}"

    @contextmanager
    def away(self) -> Iterator[None]:
        """Locked by this process."""
        with closing(sqlite3.connect(self.file, PATIENCE_SECONDS, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield


@dataclass
class Postgresql:
    """A server of our own that writes every commit to disk, as it comes from Debian.

    `addresses` are those it listens on besides its socket in `home`, `within` the command it is started by.
    """

    home: Path
    port: int
    addresses: str = "127.0.0.1"
    within: tuple[str, ...] = ()
    can_crash: bool = True
    _postmaster: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """For clients on this machine."""
        return f"postgresql+psycopg://postgres@/newsletter?host={self.home}&port={self.port}"

    def create(self) -> None:
        """A new server with an empty database; the whole test network is let in."""
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet trust\n")
        self.start()
        self._run("createdb", "-h", str(self.home), "-p", str(self.port), "-U", "postgres", "newsletter")

    def start(self) -> None:
        """Start; after a crash this is where it recovers."""
        command = [*self.within, *_as_ordinary_user(), str(_binary("postgres")), "-D", str(self._data)]
        for setting in (f"listen_addresses={self.addresses}", f"port={self.port}"):
            command += ["-c", setting]
        command += ["-c", f"unix_socket_directories={self.home}", "-c", "lc_messages=C"]
        with self._log.open("ab") as log:
            self._postmaster = subprocess.Popen(command, cwd="/", stdout=log, stderr=log)
        self._wait_until_it_answers()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Crashed as by a power cut; afterwards it has recovered."""
        recoveries = self._recoveries()
        self._crash()
        yield
        self.start()
        assert self._recoveries() == recoveries + 1, "the server had nothing to recover from"

    def _recoveries(self) -> int:
        return self._log.read_text().count(_RECOVERS)

    def _crash(self) -> None:
        """Kill the postmaster and all its children, so that nobody has time to write anything more."""
        assert self._postmaster is not None
        self._postmaster.send_signal(signal.SIGSTOP)  # no more children while they are counted
        family = [self._postmaster.pid, *_children(self._postmaster.pid)]
        for process_id in family:
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        self._postmaster.wait()
        while any(_is_running(process_id) for process_id in family):
            time.sleep(0.01)

    def stop(self) -> None:
        """End it for good."""
        if self._postmaster is not None and self._postmaster.poll() is None:
            self._postmaster.send_signal(signal.SIGQUIT)
            self._postmaster.wait()

    @property
    def _data(self) -> Path:
        return self.home / "data"

    @property
    def _log(self) -> Path:
        return self.home / "log"

    def _wait_until_it_answers(self) -> None:
        engine = create_engine(self.url.replace("/newsletter?", "/postgres?"))
        latest = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with engine.connect() as connection:
                    connection.execute(text("SELECT 1"))
                break
            except Exception:  # psycopg says "starting up" in more than one way
                if time.monotonic() > latest:
                    raise
                time.sleep(0.02)
        engine.dispose()

    def _run(self, binary: str, *arguments: str) -> None:
        command = [*_as_ordinary_user(), str(_binary(binary)), *arguments]
        subprocess.run(command, cwd="/", check=True, capture_output=True)


@contextmanager
def new_sqlite(folder: Path) -> Iterator[Database]:
    """A file in `folder`."""
    yield Sqlite(folder / "newsletter.sqlite3")


@contextmanager
def new_postgresql(
    port: int, addresses: str = "127.0.0.1", within: tuple[str, ...] = ()
) -> Iterator[Postgresql]:
    """A server in a folder of its own, gone at the end."""
    if not _installed():
        missing("PostgreSQL's server (Debian's package postgresql) is not installed")
    home = Path(tempfile.mkdtemp(prefix="newsletter-chaos-", dir="/tmp"))  # where its user may go
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
    server = Postgresql(home, port, addresses, within)
    try:
        server.create()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _installed() -> list[Path]:
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _binary(name: str) -> Path:
    return _installed()[-1] / name


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to run as root; setpriv becomes the server, and so keeps its process id."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


def _children(process_id: int) -> list[int]:
    return [child for child, (_state, parent) in _processes() if parent == process_id]


def _is_running(process_id: int) -> bool:
    return any(one == process_id and state != "Z" for one, (state, _parent) in _processes())


def _processes() -> Iterator[tuple[int, tuple[str, int]]]:
    """Every process there is, with its state and its parent."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            yield int(folder.name), (state, int(parent))
