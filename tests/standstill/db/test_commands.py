"""A service is backed up, put elsewhere and let go on by its commands, as processes of their own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from newsletter_service.settings import Settings
from newsletter_service.staff.models import AuditEntry
from tests.conftest import NOW
from tests.environment import environment_of
from tests.factories import make_subscriber
from tests.postgresql import Cluster
from tests.set_up import set_up_region

NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))


@pytest.fixture
def original(settings: Settings, app: Flask, session: Session) -> dict[str, str]:
    """The environment of a service with one reader."""
    set_up_region(session, NOW)
    make_subscriber(session, now=NOW)
    session.commit()
    return environment_of(settings)


def commands_in(environment: dict[str, str]) -> list[object]:
    """The commands that the audit trail says were run."""
    url = environment["DATABASE_URL"].replace(
        ":///newsletter", f":///{environment['INSTANCE_DIR']}/newsletter"
    )
    engine = create_engine(url)
    with Session(engine) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "command.run")).all()
        commands = [entry.detail["command"] for entry in entries]
    engine.dispose()
    return commands


def run(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [NEWSLETTER, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def elsewhere(
    original: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[dict[str, str]]:
    """The environment of another machine that has no keys."""
    others = {name: value for name, value in original.items() if name != "SUPPRESSION_KEY"}
    others |= {
        "INSTANCE_DIR": str(tmp_path / "elsewhere"),
        "SECRET_KEY": "another-secret-that-only-tests-know-01",
    }
    if original["DATABASE_URL"].startswith("sqlite"):
        yield others | {"DATABASE_URL": "sqlite:///newsletter.sqlite3"}
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.fresh_database("template0") as url:
        yield others | {"DATABASE_URL": url}


def test_a_backup_is_made_checked_put_elsewhere_without_keys_and_goes_on_when_a_person_says_so(
    original: dict[str, str], elsewhere: dict[str, str], tmp_path: Path
) -> None:
    file, keys = str(tmp_path / "backup"), str(tmp_path / "keys")
    made = run(original, "backup", file, "--unencrypted", "--keys", keys)
    assert made.returncode == 0, made.stderr
    assert "1 subscribers" in made.stdout
    assert run(original, "backup", file, "--verify").stdout.startswith("The file is whole. Backup of ")

    restored = run(elsewhere, "restore", file)
    assert restored.returncode == 0, restored.stderr
    assert "! The suppression key of this backup is not here" in restored.stderr
    assert "! SECRET_KEY of this backup is not here" in restored.stderr
    assert "There is no suppression key" in run(elsewhere, "still", "show").stderr

    again = run(elsewhere, "restore", file, "--replace", "--keys", keys)
    assert again.returncode == 0, again.stderr
    assert "suppression key of this backup" not in again.stderr
    assert "backup" in commands_in(original)
    assert "restore" in commands_in(elsewhere)
    shown = run(elsewhere, "still", "show").stdout
    assert "This database was restored from a backup." in shown
    assert "what went out after that it does not know" in shown
    assert "keeps still" in run(elsewhere, "jobs", "run", "compose-due").stderr
    assert run(elsewhere, "still", "end").returncode == 2
    assert "goes on" in run(elsewhere, "still", "end", "--nothing-went-out").stdout
    assert run(elsewhere, "still", "show").stdout == "The service goes on; nothing keeps it still.\n"
    assert run(original, "still", "show").stdout == "The service goes on; nothing keeps it still.\n"


def test_a_backup_says_whether_it_is_encrypted_or_is_not_made(
    original: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    for options in ([], ["--unencrypted", "--recipient", "age1x"], ["--recipient", "age1x"]):
        assert run(original, "backup", str(file), *options).returncode != 0
        assert not file.exists()


def test_a_database_with_readers_is_not_overwritten_unasked(original: dict[str, str], tmp_path: Path) -> None:
    file = str(tmp_path / "backup")
    assert run(original, "backup", file, "--unencrypted").returncode == 0
    refused = run(original, "restore", file)
    assert refused.returncode == 1
    assert refused.stderr == "Error: the database is not empty: give --replace if all that is in it may go\n"
