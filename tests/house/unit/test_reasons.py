"""Whoever asks a checker to look away says why, on the same line."""

import io
import re
import tokenize
from pathlib import Path

import pytest

REPO = Path(__file__).parents[3]
PRODUCT = ("newsletter_service", "scheduled_jobs", "*.py")
ASKS = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b")
WITH_A_REASON = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*|type: ignore\[[a-z, -]+\])  # \S.{4,}")


def asking(source: str) -> list[str]:
    """Comments that ask ruff or mypy to look away."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT and ASKS.match(token.string)]


def found_in(*places: str) -> list[str]:
    files = [
        file
        for place in places
        for file in (REPO.glob(place) if "*" in place else (REPO / place).rglob("*.py"))
    ]
    return [f"{file.relative_to(REPO)}: {one}" for file in files for one in asking(file.read_text("utf-8"))]


def test_every_line_that_is_not_checked_says_why() -> None:
    asked = found_in(*PRODUCT, "tests", "benchmarks")
    assert asked
    assert [one for one in asked if not WITH_A_REASON.search(one)] == []


def test_they_are_few() -> None:
    asked = found_in(*PRODUCT)
    assert sum("noqa" in one for one in asked) <= 20
    assert sum("type: ignore" in one for one in asked) <= 11


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa",
        "x = 1  # noqa: S105",
        "x = 1  # type: ignore  # no code",
        "x = 1  # noqa: S105 a word",
    ],
)
def test_a_line_without_a_code_or_a_reason_is_found(line: str) -> None:
    (one,) = asking(line)
    assert not WITH_A_REASON.search(one)


def test_a_line_with_both_is_good() -> None:
    (one,) = asking("x = 1  # type: ignore[misc]  # wrong on purpose")
    assert WITH_A_REASON.search(one)
