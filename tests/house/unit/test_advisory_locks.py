"""Locks of PostgreSQL that go by a number have one each: two that share it would wait for each other."""

import re
from pathlib import Path

REPO = Path(__file__).parents[3]
NUMBER = re.compile(r"^_\w+ = (5_137_020_\d{3})\b", re.MULTILINE)


def test_every_lock_by_number_has_a_number_of_its_own() -> None:
    sources = [*(REPO / "newsletter_service").rglob("*.py"), *(REPO / "scheduled_jobs").rglob("*.py")]
    numbers = [number for file in sources for number in NUMBER.findall(file.read_text("utf-8"))]
    assert len(numbers) >= 3
    assert len(numbers) == len(set(numbers))
