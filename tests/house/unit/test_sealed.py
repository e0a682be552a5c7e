"""Migrations that have run on data are never edited again; who adds one seals it."""

from tests.house.sealed import FOLDER, SEALS, faults, found, seals

HASH, OTHER = "0" * 64, "1" * 64


def test_every_migration_says_what_it_said_when_it_was_sealed() -> None:
    there = found(FOLDER)
    assert len(there) > 20
    assert faults(seals(SEALS.read_text("utf-8")), there) == []


def test_one_that_was_edited_one_that_is_new_and_one_that_is_gone_are_told_apart() -> None:
    sealed = {"0001_a.py": HASH, "0002_b.py": HASH, "0003_c.py": HASH}
    edited, gone, new = faults(sealed, {"0001_a.py": HASH, "0002_b.py": OTHER, "0004_d.py": HASH})
    assert edited.startswith("0002_b.py was edited after it was sealed.")
    assert gone.startswith("0003_c.py is sealed but not there")
    assert new.startswith("0004_d.py is not sealed: run `make seal`")


def test_sealed_lines_are_those_of_sha256sum() -> None:
    assert seals(f"{HASH}  0001_a.py\n{OTHER}  0002_b.py\n") == {"0001_a.py": HASH, "0002_b.py": OTHER}
