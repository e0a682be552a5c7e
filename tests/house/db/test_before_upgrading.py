"""Every process, before `newsletter db upgrade`: one line says so, and it waits or stops."""

import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from newsletter_service.schema import newest_number, number_of, upgrade_needed
from newsletter_service.settings import Settings
from tests.attack.server import running_gunicorn
from tests.chaos.waiting import PATIENCE_SECONDS, until
from tests.environment import environment_of
from tests.set_up import EXAMPLE, PASSWORD

NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))
NEEDED = "the database needs `newsletter db upgrade` (it is at nothing, and"
COMMANDS = (
    ("editions", "list"),
    ("jobs", "run", "purge-stale"),
    ("send",),
    ("staff", "add", "a@b.example", "--name", "A", "--role", "administrator", "--password", "x" * 20),
)
STAYS = ((NEWSLETTER, "send", "--watch"), (sys.executable, "-m", "scheduled_jobs"))


@pytest.fixture
def environment(settings: Settings, app: Flask) -> dict[str, str]:
    """Of a service whose database was never set up."""
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()
    return environment_of(settings, FORM_SECONDS="0", PYTHONUNBUFFERED="1")


def upgrade(settings: Settings) -> None:
    """What matters of an upgrade to whoever waits for it."""
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:number)"), {"number": newest_number()})
    engine.dispose()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_says_so_in_one_line_and_stops(environment: dict[str, str], command: Sequence[str]) -> None:
    done = subprocess.run(
        [NEWSLETTER, *command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if "worker starts" not in line]
    assert len(said) == 1, done.stderr
    assert NEEDED in said[0]


@pytest.fixture(params=STAYS, ids=("sender", "scheduler"))
def waiting(
    request: pytest.FixtureRequest, environment: dict[str, str], tmp_path: Path
) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """A process that stays, and its log."""
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(request.param, env=environment, stdout=out, stderr=out)
    yield process, log
    process.kill()
    process.wait()


def test_what_stays_says_so_once_and_goes_on_when_it_was_done(
    waiting: tuple["subprocess.Popen[bytes]", Path], settings: Settings
) -> None:
    process, log = waiting
    until(lambda: NEEDED in log.read_text())
    upgrade(settings)
    until(lambda: "over after" in log.read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert log.read_text().count(NEEDED) == 1
    assert "Traceback" not in log.read_text()


def test_a_worker_that_stays_sends_nothing_once_the_tables_are_those_of_a_newer_version(
    environment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    upgrade(settings)
    log = tmp_path / "log"
    with log.open("wb") as out:
        worker = subprocess.Popen([NEWSLETTER, "send", "--watch"], env=environment, stdout=out, stderr=out)
    try:
        until(lambda: "worker starts" in log.read_text())
        engine = create_engine(settings.database_url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
        until(lambda: "newer (9999)" in log.read_text())
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_SECONDS) == 0
        assert log.read_text().count("newer (9999)") == 1
    finally:
        worker.kill()
        worker.wait()


def test_the_pages_say_503_until_it_was_done(
    environment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    with running_gunicorn(environment, tmp_path) as server:
        for target in ("/", "/healthz", "/redactie/edities"):
            assert server.ask("GET", target).status == 503
        assert server.post("/aanmelden", {"address": "lezer@gemeente.example"}).status == 503
        assert NEEDED in server.said
        upgrade(settings)
        assert server.ask("GET", "/healthz").status == 200
        assert "Traceback" not in server.said


def test_a_database_of_a_newer_version_is_told_apart(app: Flask, settings: Settings) -> None:
    engine = create_engine(settings.database_url)
    assert (number_of(engine), upgrade_needed(engine)) == (newest_number(), "")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer (9999)" in upgrade_needed(engine)
    engine.dispose()


def test_gunicorn_stops_with_one_line_where_a_setting_is_missing(environment: dict[str, str]) -> None:
    del environment["BASE_URL"]
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("BASE_URL is not set")
    assert "Traceback" not in done.stderr


def test_all_files_are_for_the_service_alone_whoever_makes_them(environment: dict[str, str]) -> None:
    folder = Path(environment["INSTANCE_DIR"])
    del environment["DATABASE_URL"]
    folder.chmod(0o755)
    environment["STAFF_PASSWORD"] = PASSWORD
    for command in (("db", "upgrade"), ("setup", str(EXAMPLE))):
        subprocess.run([NEWSLETTER, *command], env=environment, capture_output=True, check=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with running_gunicorn(environment, folder) as server:
        server.post("/aanmelden", {"address": "lezer@gemeente.example", "language": "nl"})
        made = [file for file in folder.iterdir() if file.name.startswith("newsletter.sqlite3")]
        endings = {file.name.removeprefix("newsletter.sqlite3") for file in made}
        assert endings == {"", "-wal", "-shm", "-scheduler"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in made} == {0o600}
