"""A short run of every part of `make bench`: all rows are there, and every letter arrived, or it fails by itself."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace

import pytest

from benchmarks import compare, far, together
from benchmarks.growth import growth
from benchmarks.report import Row
from benchmarks.waiting import waiting
from tests.required import missing

LETTERS = 1_000
FEW = 32
IN_BRIEF = 1


@pytest.fixture(autouse=True)
def _servers() -> None:
    for program in ("smtp-sink", "smtp-source", "postfix"):
        if shutil.which(program, path="/usr/sbin") is None:
            missing(f"{program} (Debian's package postfix) is not installed")


def plausible(rows: Iterable[Row]) -> dict[str, Row]:
    """The rows by their names; each has figures that something was measured for.

    They are differences of two runs: with a thousand letters on a busy machine they may well be below zero.
    """
    found = {row.name: row for row in rows}
    for row in found.values():
        assert row.letters_per_second != 0, row
        assert row.cpu_us_per_letter != 0, row
        assert 1 < row.peak_mb < 200, row
    return found


def test_senders_are_compared_on_both_databases_with_and_without_limits() -> None:
    manner = replace(compare.MANNER, idle_runs=IN_BRIEF)
    rows = plausible(compare.compare(1, LETTERS, FEW, manner))
    assert list(rows) == [
        "smtp-source",
        "newsletter-sqlite",
        "newsletter-postgresql",
        "smtplib",
        "aiosmtplib",
        "newsletter-sqlite-limited",
        "newsletter-postgresql-limited",
    ]
    assert rows["smtp-source"].ratio == 1
    assert all(row.ratio for row in rows.values())


def test_servers_far_away_are_measured_with_each_of_their_extensions() -> None:
    if os.geteuid() != 0:
        missing("Postfix starts only as root")
    letters = {
        "far-chunking": LETTERS,
        "far-postfix": LETTERS,
        "far-pipelining": LETTERS // 4,
        "far-smtplib": FEW,
    }
    rows = plausible(far.far(1, letters, replace(far.MANNER, idle_runs=IN_BRIEF)))
    assert list(rows) == list(letters)
    assert not any(row.ratio for row in rows.values())


def test_ever_more_senders_share_the_letters_of_one_database() -> None:
    rows = plausible(together.together(1, LETTERS // 4, (1, 2), together.MANNER))
    assert list(rows) == ["senders-1", "senders-2"]


def test_growth_is_followed_in_releasing_and_sending_on_both_databases(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sizes = {LETTERS // 2: 1, LETTERS: 1}
    rows = plausible(growth(sizes, replace(compare.MANNER, idle_runs=IN_BRIEF)))
    assert list(rows) == [
        f"{what}-{size}{database}"
        for database in ("", "-postgresql")
        for size in sizes
        for what in ("release", "send")
    ]
    noted = capsys.readouterr().out
    for name in (f"release-{LETTERS}: ", f"release-{LETTERS}-postgresql: "):
        assert name in noted


def test_a_worker_that_was_there_before_many_letters_came_is_measured() -> None:
    assert list(plausible(waiting(1, LETTERS))) == ["waiting"]
