"""Versions of the service to go up from and back to: the tree at hand, and the one before its newest migration."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.operating.machine import ROOT, Failed

_MIGRATIONS = "newsletter_service/migrations/versions"


def before_the_newest_migration(folder: Path) -> Path:
    """The last commit before our last migrations were added, with its wheel in `dist`."""
    commit = next(_with_fewer(_migrations("HEAD")), None)
    if commit is None:
        raise Failed("the history holds no version with a migration less: nothing was upgraded")
    tree = folder / "before"
    tree.mkdir()
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x"], cwd=tree, input=packed, check=True)
    offline = ("--quiet", "--offline", "--no-build-isolation", "--python", sys.executable)
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", *offline, "--out-dir", tree / "dist", tree], check=True)
    return tree


def _with_fewer(ours: list[str]) -> Iterator[str]:
    """Commits, the newest first, just before others that changed migrations: what a change begins may not be whole."""
    for commit in filter(None, _git("log", "--first-parent", "--format=%P", "--", _MIGRATIONS)):
        theirs = _migrations(commit)
        if len(theirs) < len(ours) and theirs == ours[: len(theirs)]:
            yield commit


def _migrations(commit: str) -> list[str]:
    names = _git("ls-tree", "--name-only", f"{commit}:{_MIGRATIONS}")
    return sorted(name for name in names if name.endswith(".py") and name != "__init__.py")


def _git(*command: str) -> list[str]:
    done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
