from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter_service.backups.rules import (
    BadBackup,
    Manifest,
    Member,
    is_due,
    made_at,
    name_of,
    outlived,
    refuse,
    what_will_not_work,
)

AT = datetime(2026, 11, 27, 3, 4, 5, tzinfo=UTC)
MANIFEST = Manifest(
    made_at=AT,
    version="1.2.3",
    schema="0028",
    dialect="sqlite",
    counts={"subscriber": 3},
    members={"database.sqlite3": Member(10, "0" * 64)},
    suppression_key="5",
    secret_keys=("1", "0"),
    with_keys=False,
)


def test_a_manifest_comes_back_as_it_was_written() -> None:
    assert Manifest.from_json(MANIFEST.to_json().encode()) == MANIFEST


@pytest.mark.parametrize(
    "written", [b"", b"{}", b"[]", b"\xff", MANIFEST.to_json().replace("size", "sighs").encode()]
)
def test_what_is_no_manifest_is_refused(written: bytes) -> None:
    with pytest.raises(BadBackup, match="no backup, or not a whole one"):
        Manifest.from_json(written)


def test_a_manifest_of_another_kind_asks_for_a_newer_version() -> None:
    with pytest.raises(BadBackup, match="install a newer one"):
        Manifest.from_json(MANIFEST.to_json().replace('"format": 1', '"format": 2').encode())


def test_an_older_backup_is_taken_and_a_newer_one_and_one_of_another_database_are_not() -> None:
    refuse(replace(MANIFEST, schema="0001"), "sqlite", "0028")
    refuse(MANIFEST, "sqlite", "0028")
    with pytest.raises(BadBackup, match="newer version"):
        refuse(replace(MANIFEST, schema="0029"), "sqlite", "0028")
    with pytest.raises(BadBackup, match="newsletter move"):
        refuse(MANIFEST, "postgresql", "0028")


@pytest.mark.parametrize(
    ("suppression_key", "secret_keys", "words"),
    [
        ("5", ["1", "0"], []),
        ("5", ["2", "1", "0"], []),
        ("5", ["1"], ["1 of SECRET_KEY_FALLBACKS"]),
        ("5", ["0"], ["SECRET_KEY of this backup"]),
        ("", ["1", "0"], ["suppression key of this backup"]),
        ("6", ["2"], ["suppression key of this backup", "SECRET_KEY of this backup"]),
    ],
)
def test_each_key_that_is_missing_is_said_with_what_will_not_work(
    suppression_key: str, secret_keys: list[str], words: list[str]
) -> None:
    lacks = what_will_not_work(MANIFEST, suppression_key, secret_keys)
    assert len(lacks) == len(words)
    assert all(word in lack for word, lack in zip(words, lacks, strict=True))


def test_a_name_tells_when_a_backup_was_made() -> None:
    assert name_of(AT, encrypted=True) == "newsletter-20261127T030405Z.tar.gz.age"
    for encrypted in (True, False):
        assert made_at(name_of(AT, encrypted=encrypted)) == AT
    assert made_at("newsletter-of-others.tar.gz") is None


ZONE = "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("names", "now", "due"),
    [
        ([], datetime(2026, 11, 27, 1, 59, tzinfo=UTC), False),
        ([], datetime(2026, 11, 27, 2, 0, tzinfo=UTC), True),
        ([], datetime(2026, 11, 27, 20, 0, tzinfo=UTC), True),
        (["newsletter-20261127T020001Z.tar.gz"], datetime(2026, 11, 27, 20, 0, tzinfo=UTC), False),
        (["newsletter-20261127T003000Z.tar.gz"], datetime(2026, 11, 27, 2, 0, tzinfo=UTC), True),
        (["newsletter-20261126T233000Z.tar.gz"], datetime(2026, 11, 27, 20, 0, tzinfo=UTC), True),
        (["something else"], datetime(2026, 11, 27, 2, 0, tzinfo=UTC), True),
    ],
)
def test_a_backup_is_due_once_a_night_from_three_on(names: list[str], now: datetime, due: bool) -> None:
    assert is_due(names, now, ZONE) is due


def test_backups_outlive_their_days_but_the_newest_one_never() -> None:
    names = [f"newsletter-202611{day:02}T020000Z.tar.gz.age" for day in (1, 12, 14, 20)]
    assert outlived([*names, "letter.txt"], 14, AT) == names[:2]
    assert outlived(names[:1], 14, AT) == []
