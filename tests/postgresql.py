"""A PostgreSQL server of the tests' own: started from Debian's binaries, on 127.0.0.1, gone at the end."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.required import missing


@dataclass(frozen=True)
class Cluster:
    """A running server; `base_url` ends before the database's name."""

    base_url: str

    @contextmanager
    def engine(self, name: str) -> Iterator[Engine]:
        """An engine on database `name`, which is created if it is not there."""
        self._run(f"CREATE DATABASE {name}")
        engine = create_engine(self.base_url + name)
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def fresh_database(self, template: str) -> Iterator[str]:
        """The URL of a copy of `template` that is dropped afterwards."""
        name = f"test_{secrets.token_hex(6)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.base_url + name
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = create_engine(self.base_url + "postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A fresh server; without PostgreSQL's binaries the test is skipped (in CI: fails).

    Unless `durable` a crash of the machine may cost it what was committed, which makes it quick.
    """
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not binaries:
        missing("PostgreSQL's server (Debian's package postgresql) is not installed")
    bin_dir = binaries[-1].parent
    home = Path(tempfile.mkdtemp(prefix="newsletter-pg-", dir="/tmp"))
    prefix = _as_ordinary_user(home)
    port = _free_port()
    data = home / "data"
    try:
        _call(
            *prefix,
            f"{bin_dir}/initdb",
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1"
        if not durable:
            options += " -c fsync=off -c full_page_writes=off"
        _call(
            *prefix,
            f"{bin_dir}/pg_ctl",
            "-D",
            str(data),
            "-w",
            "-l",
            str(home / "log"),
            "-o",
            options,
            "start",
        )
        try:
            yield Cluster(f"postgresql+psycopg://postgres@127.0.0.1:{port}/")
        finally:
            _call(*prefix, f"{bin_dir}/pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _as_ordinary_user(home: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    os.chown(home, pwd.getpwnam("postgres").pw_uid, -1)
    return ["runuser", "-u", "postgres", "--"]


def _call(*command: str) -> None:
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{command[0]} failed: {done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
