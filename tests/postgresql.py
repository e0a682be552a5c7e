"""A PostgreSQL server of the tests' own: started from Debian's binaries, on 127.0.0.1, gone at the end."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text

from tests.required import missing

_EMPTYING = """
CREATE SCHEMA lending;
CREATE TABLE lending.altered (by_command text);
CREATE TABLE lending.version AS TABLE public.alembic_version;

CREATE FUNCTION lending.note_altered() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO lending.altered VALUES (tg_tag);
END $$;

CREATE FUNCTION lending.emptied() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    name text;
    rows bigint;
    total bigint := 0;
BEGIN
    PERFORM pg_terminate_backend(pid, 60000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    IF EXISTS (SELECT FROM lending.altered) THEN
        RETURN NULL;
    END IF;
    SET LOCAL session_replication_role = replica;  -- no key and no trigger keeps a row
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
        GET DIAGNOSTICS rows = ROW_COUNT;
        total := total + rows;
    END LOOP;
    INSERT INTO public.alembic_version TABLE lending.version;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
    RETURN total;
END $$;

CREATE EVENT TRIGGER note_altered ON ddl_command_end EXECUTE FUNCTION lending.note_altered();
"""
_MOST_ROWS = 2_000
"""A database that held more is dropped rather than emptied: what is deleted still takes its place."""


@dataclass(frozen=True)
class Cluster:
    """A running server; `base_url` ends before the database's name."""

    base_url: str
    _spare: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

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
        name = self._copy_of(template)
        try:
            yield self.base_url + name
        finally:
            self._drop(name)

    @contextmanager
    def lent_database(self, template: str) -> Iterator[str]:
        """The URL of a copy of `template` that is emptied afterwards, and lent again: copies cost more than most tests.

        One whose tables were altered is dropped. The template must have been made `ready_to_lend`.
        """
        spare = self._spare[template]
        name = spare.pop() if spare else self._copy_of(template)
        yield self.base_url + name
        if self._is_empty_again(name):
            spare.append(name)
        else:
            self._drop(name)

    def ready_to_lend(self, template: str) -> None:
        """Let copies of `template` tell whether they were altered, and empty themselves."""
        with psycopg.connect(self._plain_url(template)) as connection:
            connection.execute(_EMPTYING)

    def _is_empty_again(self, name: str) -> bool:
        with psycopg.connect(self._plain_url(name)) as connection:
            row = connection.execute("SELECT lending.emptied()").fetchone()
        return row is not None and row[0] is not None and row[0] <= _MOST_ROWS

    def _copy_of(self, template: str) -> str:
        name = f"test_{secrets.token_hex(6)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _plain_url(self, name: str) -> str:
        """For psycopg itself."""
        return f"{self.base_url.replace('+psycopg', '')}{name}"

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
