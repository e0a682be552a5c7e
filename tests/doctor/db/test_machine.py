"""What is seen of files, database and clock of this machine, and what the rules make of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from newsletter_service.clock import utc_now
from newsletter_service.doctor import machine
from newsletter_service.doctor.facts import ClockFacts, DatabaseFacts
from newsletter_service.doctor.findings import Finding
from newsletter_service.doctor.rules import of_clock, of_database, of_files
from newsletter_service.files.private import private_database
from newsletter_service.keys.suppression_key import suppression_key
from newsletter_service.settings import Settings


def database(settings: Settings) -> list[str]:
    """The codes of what is wrong with the database."""
    return [one.code for one in of_database(machine.database(settings))]


def run(settings: Settings, statement: str) -> None:
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_of_a_database_that_is_up_to_date_there_is_nothing_to_say(app: Flask, settings: Settings) -> None:
    assert database(settings) == []
    assert list(of_clock(ClockFacts(True, utc_now()), machine.database(settings))) == []


def test_older_newer_and_empty_databases_are_told_apart(app: Flask, settings: Settings) -> None:
    run(settings, "UPDATE alembic_version SET version_num = '0001'")
    (older,) = of_database(machine.database(settings))
    assert (older.code, older.put and older.put.line) == ("older", "newsletter db upgrade")
    run(settings, "UPDATE alembic_version SET version_num = '9999'")
    assert database(settings) == ["newer"]
    run(settings, "DROP TABLE alembic_version")
    assert database(settings) == ["empty"]


def test_a_key_of_another_database_is_named(app: Flask, settings: Settings, tmp_path: Path) -> None:
    suppression_key(settings.suppression_key, tmp_path, settings.database_url, settings.keys)
    assert database(settings) == []
    assert database(replace(settings, suppression_key="another-key-that-only-tests-know-012345")) == [
        "wrong_key"
    ]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, settings: Settings) -> None:
    nowhere = replace(settings, database_url=f"sqlite:///{tmp_path}/none.sqlite3")
    assert database(nowhere) == ["empty"]
    assert not (tmp_path / "none.sqlite3").exists()


def test_a_server_that_is_away_is_named_with_why(settings: Settings) -> None:
    away = replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:9/none")
    (found,) = of_database(machine.database(away))
    assert found.code == "away"
    assert "refused" in str(found.values["words"])


def files(settings: Settings) -> list[Finding]:
    return list(of_files(machine.files(settings)))


def test_what_others_may_open_is_named_with_how_to_close_it(app: Flask, settings: Settings) -> None:
    private_database(settings.database_url)
    assert files(settings) == []
    folder = settings.instance_dir
    key = folder / "suppression_key"
    key.write_text("x" * 40)
    key.chmod(0o644)
    folder.chmod(0o750)
    found = files(replace(settings, suppression_key=""))
    assert [(one.code, one.put and one.put.line) for one in found] == [
        ("open_to_others", f"chmod 700 {folder}"),
        ("open_to_others", f"chmod 600 {key}"),
    ]


def test_a_folder_that_is_not_there_is_named(settings: Settings, tmp_path: Path) -> None:
    (found,) = files(replace(settings, instance_dir=tmp_path / "weg", database_url="postgresql+psycopg://x"))
    assert (found.code, found.subject) == ("no_folder", str(tmp_path / "weg"))


@pytest.mark.parametrize(
    ("ahead", "codes"), [(0.5, []), (-1.9, []), (5, [("differs", "warning")]), (-90, [("differs", "error")])]
)
def test_a_clock_that_differs_from_the_database_is_named(ahead: float, codes: list[tuple[str, str]]) -> None:
    seen = DatabaseFacts("0001", found="0001", clock_ahead=timedelta(seconds=ahead))
    assert [(one.code, one.level) for one in of_clock(ClockFacts(True, utc_now()), seen)] == codes


def test_a_clock_that_went_back_or_that_nothing_keeps_is_named() -> None:
    now = utc_now()
    seen = DatabaseFacts("0001", found="0001", newest=now + timedelta(minutes=1))
    assert [one.code for one in of_clock(ClockFacts(False, now), seen)] == ["behind", "not_kept"]
    assert list(of_clock(ClockFacts(None, now), DatabaseFacts("0001", newest=now))) == []


def test_the_system_is_asked_about_its_clock() -> None:
    assert machine.clock().kept in (True, False, None)
    assert abs(machine.clock().now - utc_now()) < timedelta(minutes=1)
