"""Words that docs/glossary.md has others for do not come back: not in names, not in what operators read."""

import re
from pathlib import Path

import pytest

REPO = Path(__file__).parents[3]
FOLDERS = ("newsletter_service", "scheduled_jobs", "benchmarks")
SOURCES = [
    *(
        path
        for folder in ("newsletter_service", "scheduled_jobs", "benchmarks")
        for path in (REPO / folder).rglob("*.py")
    ),
    REPO / "README.md",
    REPO / "CONTRIBUTING.md",
]
OLD_SCHEMAS = REPO / "newsletter_service" / "migrations" / "versions"
RETIRED = (
    "Clerk", "Desk", "Errand", "Pulse", "RollCall", "Breadth", "Press", "Parts", "Outbox", "Pacer", "DomainRest",
    "call_roll", "come_forward", "come-forward", "let_nobody_leave", "heeds", "bury", "strikes", "doubts",
    "doubtful", "strays",
    "Asked", "ReaderView", "reader_view", "import_readers", "reader_id", "reader_key", "find_reader",
    "active_readers", "rests_until",
)  # fmt: skip


def uses(word: str) -> list[str]:
    pattern = re.compile(rf"\b{word}\b")
    return [
        f"{path.relative_to(REPO)}:{number}"
        for path in SOURCES
        if OLD_SCHEMAS not in path.parents
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("word", RETIRED)
def test_a_word_that_was_retired_does_not_come_back(word: str) -> None:
    assert uses(word) == []


def test_a_word_that_is_in_use_is_found() -> None:
    assert uses("subscriber_id") != []
