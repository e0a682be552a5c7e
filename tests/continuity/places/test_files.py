"""SQLite: a copy of the file keeps still wherever it lies."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import stands_still, still_row
from newsletter_service.continuity.witness import Witness
from newsletter_service.db import open_engine
from tests.conftest import NOW
from tests.continuity.marks import mark


@pytest.fixture
def file(database: str) -> Path:
    return Path(database.removeprefix("sqlite:///"))


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_engine(database)
    yield engine
    engine.dispose()


def in_one_file(file: Path) -> Path:
    with closing(sqlite3.connect(file)) as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


def keeps_still(file: Path, witness: Witness) -> Why | None:
    engine = open_engine(f"sqlite:///{file}")
    try:
        still = stands_still(engine, witness, NOW)
        with Session(engine) as session:
            row = still_row(session)
            assert still is (row is not None)
            return row.still_why if row is not None else None
    finally:
        engine.dispose()


def test_a_copy_in_another_folder_keeps_still_and_the_original_goes_on(
    engine: Engine, file: Path, witness: Witness, tmp_path: Path
) -> None:
    mark(engine, witness)
    (tmp_path / "copy").mkdir()
    copy = Path(shutil.copy2(in_one_file(file), tmp_path / "copy" / file.name))
    shutil.copytree(str(witness.folder), tmp_path / "instance")
    assert keeps_still(copy, Witness(tmp_path / "instance")) is Why.COPIED
    assert keeps_still(file, witness) is None


def test_a_file_that_was_moved_keeps_still(engine: Engine, file: Path, witness: Witness) -> None:
    mark(engine, witness)
    engine.dispose()
    assert keeps_still(file.rename(file.with_name("moved.sqlite3")), witness) is Why.COPIED


def test_a_copy_that_takes_the_place_of_the_original_keeps_still(
    engine: Engine, file: Path, witness: Witness, tmp_path: Path
) -> None:
    mark(engine, witness)
    engine.dispose()
    copy = Path(shutil.copy2(in_one_file(file), tmp_path / "copy.sqlite3"))
    copy.replace(file)
    assert keeps_still(file, witness) is Why.COPIED


def test_a_copy_that_is_written_over_the_original_keeps_still_once_that_went_on(
    engine: Engine, file: Path, witness: Witness, tmp_path: Path
) -> None:
    mark(engine, witness)
    copy = shutil.copy2(in_one_file(file), tmp_path / "copy.sqlite3")
    mark(engine, witness)
    engine.dispose()
    shutil.copyfile(copy, in_one_file(file))
    assert keeps_still(file, witness) is Why.PUT_BACK


def test_a_database_that_is_new_in_an_old_folder_goes_on(
    engine: Engine, file: Path, witness: Witness, sqlite_template: Path
) -> None:
    mark(engine, witness)
    engine.dispose()
    in_one_file(file)
    shutil.copyfile(sqlite_template, file)
    assert keeps_still(file, witness) is None
