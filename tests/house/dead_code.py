"""Finds code that only tests use, or nothing: vulture, told what templates use and what is looked up late.

What a framework calls by name, and columns that are kept for people to look up, are listed in `pyproject.toml`.
"""

import re
import sys
from pathlib import Path

from jinja2 import Environment, nodes
from vulture import Vulture
from vulture.config import make_config

TEMPLATES = Path("templates")
TO_RESOLVE = re.compile(r'"[a-z_.]+:([a-z_]+)"')


def names_in_templates(folder: Path) -> set[str]:
    """Return every name that a template in `folder` reads, alone or of something else."""
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    found: set[str] = set()
    for file in folder.rglob("*.*"):
        tree = environment.parse(file.read_text(encoding="utf-8"))
        found |= {node.name for node in tree.find_all(nodes.Name)}
        found |= {node.attr for node in tree.find_all(nodes.Getattr)}
    return found


def names_to_resolve(paths: list[str]) -> set[str]:
    """Return every name that the code in `paths` looks up when it is needed: "package.module:name"."""
    files = (
        file for path in paths for file in (Path(path).rglob("*.py") if Path(path).is_dir() else [Path(path)])
    )
    return {name for file in files for name in TO_RESOLVE.findall(file.read_text(encoding="utf-8"))}


def unused() -> list[str]:
    """Return what nothing uses, one line each."""
    config = make_config([])
    finder = Vulture(ignore_names=config["ignore_names"], ignore_decorators=config["ignore_decorators"])
    finder.scavenge(config["paths"], exclude=config["exclude"])
    finder.used_names |= names_in_templates(TEMPLATES) | names_to_resolve(config["paths"])
    return [one.get_report() for one in finder.get_unused_code(min_confidence=60, sort_by_size=False)]


if __name__ == "__main__":
    lines = unused()
    print("\n".join(lines) or "Everything is used.")
    sys.exit(bool(lines))
