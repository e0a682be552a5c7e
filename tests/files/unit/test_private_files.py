import stat
from pathlib import Path

import pytest

from newsletter_service.files.private import NotPrivate, NotWritable, private_database, private_folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_is_made_for_the_service_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "instance"
    private_folder(folder)
    assert mode(folder) == 0o700


def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private_folder(tmp_path)
    assert mode(tmp_path) == 0o700


def test_a_folder_that_is_everybodys_is_left_alone_and_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with pytest.raises(NotPrivate, match="not ours to close"):
        private_folder(tmp_path)
    assert mode(tmp_path) == 0o1777


def test_a_database_elsewhere_is_closed_with_what_lies_beside_it(tmp_path: Path) -> None:
    names = [tmp_path / f"other.sqlite3{end}" for end in ("", "-wal", "-shm")]
    for name in names:
        name.touch()
        name.chmod(0o644)
    private_database(f"sqlite:///{names[0]}")
    private_database("postgresql+psycopg://db.example/newsletter")
    assert [mode(name) for name in names] == [0o600] * 3


def test_a_database_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name, why in (
        (tmp_path / "nowhere" / "x.db", f"there is no folder {tmp_path / 'nowhere'}"),
        (tmp_path / "file" / "x.db", "there is no folder"),
        (tmp_path, "is no file"),
    ):
        with pytest.raises(NotWritable, match=r"^DATABASE_URL: ") as caught:
            private_database(f"sqlite:///{name}")
        assert why in str(caught.value)
    private_database(f"sqlite:///{tmp_path / 'new.db'}?timeout=5")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "instance"):
        with pytest.raises(NotWritable, match=r"^INSTANCE_DIR: .* cannot be made"):
            private_folder(folder)
