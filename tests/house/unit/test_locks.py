"""There are two locks: of what runs, for those who run it, and of that with all tools, for those who work on it."""

import re
from pathlib import Path

REPO = Path(__file__).parents[3]


def pinned(name: str) -> set[str]:
    return set(re.findall(r"^[a-z].*==[^ ]+", (REPO / name).read_text("utf-8"), re.MULTILINE))


def test_what_runs_has_the_versions_that_are_tested() -> None:
    runs = pinned("requirements.lock")
    assert len(runs) > 30
    assert runs <= pinned("requirements-dev.lock")


def test_who_runs_it_installs_no_tools() -> None:
    runs = {one.partition("==")[0] for one in pinned("requirements.lock")}
    assert runs & {"pip-audit", "mypy", "ruff", "pytest", "playwright", "uv", "honcho", "aiosmtpd"} == set()
