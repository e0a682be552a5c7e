"""Prose drifts: each file and folder of this repo that a page of it names is there."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MADE = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()}
TREE = [
    f"/{path.relative_to(ROOT).as_posix()}"
    for top in sorted(ROOT.iterdir())
    if top.name not in MADE | {".git"}
    for path in (top, *sorted(top.rglob("*")))
]
PAGES = sorted(path for path in TREE if path.endswith(".md"))

_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_IN_CODE = re.compile(r"`([^`\n]+)`")
_A_PATH = re.compile(r"\.?\w[\w.{},-]*(?:/[\w.{},-]*)+|[\w-]+\.(?:py|md|toml|json|lock|html|mjml|css|js|po)")
_LINK = re.compile(r"\]\((?!\w+:|#)([^)#]+)")


def named_in(text: str) -> set[str]:
    """The paths that a page names in code, braces written out, but for what is made while it runs."""
    words = _IN_CODE.findall(_FENCED.sub("", text))
    paths = {path for word in words if _A_PATH.fullmatch(word) for path in _spelled_out(word)}
    return {path.strip("/") for path in paths if path.partition("/")[0] not in MADE}


def _spelled_out(path: str) -> Iterator[str]:
    parts = re.split(r"\{([^}]*)\}", path)
    return map("".join, product(*(part.split(",") if at % 2 else [part] for at, part in enumerate(parts))))


def is_there(path: str) -> bool:
    """Whether a file or folder bears this name, or the end of its full one."""
    return any(whole.endswith(f"/{path}") for whole in TREE)


def test_a_path_is_known_by_its_looks() -> None:
    text = "`a/b.py`, `web/`, `t/{x,y}`, `rules.py`, not `/aanmelden`, `SMTP`, `instance/x`, `http://a`\n```\n`c/d`\n```\n"
    assert named_in(text) == {"a/b.py", "web", "t/x", "t/y", "rules.py"}
    assert is_there("newsletter_service/settings.py")
    assert is_there("settings.py")
    assert not is_there("ettings.py")


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page[1:]).read_text("utf-8")
    assert [path for path in sorted(named_in(text)) if not is_there(path)] == []
    links = [(ROOT / page[1:]).parent / link for link in _LINK.findall(_IN_CODE.sub("", text))]
    assert [link for link in links if not link.exists()] == []


def test_each_decision_has_a_number_of_its_own_and_says_it() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert len(set(numbers)) == len(numbers)
    assert [page.read_text("utf-8").partition(".")[0] for page in pages] == [
        f"# {number}" for number in numbers
    ]
