"""`make seal` writes down what each migration says: it has run on somebody's data, and is never edited again."""

import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "newsletter_service" / "migrations" / "versions"
SEALS = FOLDER / "sealed.txt"
"""Lines as `sha256sum` writes and checks them."""

_NEW = "{name} is not sealed: run `make seal` and commit what that adds to {seals}."
_EDITED = (
    "{name} was edited after it was sealed. It has run on data by now: take the edit back, and write another. "
    "(If it never was on main: delete its line in {seals}, then run `make seal`.)"
)
_GONE = (
    "{name} is sealed but not there: databases say they are at it. "
    "(If it was renamed before it was on main: delete its line in {seals}, then run `make seal`.)"
)


def seals(listed: str) -> dict[str, str]:
    """The hash of each migration, by the name of its file."""
    return {name: digest for digest, name in (line.split() for line in listed.splitlines())}


def found(folder: Path) -> dict[str, str]:
    """The same of what lies in a folder."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("[0-9]*.py"))}


def faults(sealed: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """What is wrong, and what to do about it."""
    place = SEALS.relative_to(FOLDER.parents[2]).as_posix()
    told = [(name, _NEW) for name in there.keys() - sealed.keys()]
    told += [(name, _GONE) for name in sealed.keys() - there.keys()]
    told += [(name, _EDITED) for name in there.keys() & sealed.keys() if there[name] != sealed[name]]
    return [words.format(name=name, seals=place) for name, words in sorted(told)]


def seal() -> None:
    """Add what is new; ends with what is wrong, which adding does not mend."""
    sealed, there = seals(SEALS.read_text("utf-8")), found(FOLDER)
    added = {name: there[name] for name in sorted(there.keys() - sealed.keys())}
    with SEALS.open("a", encoding="utf-8") as file:
        file.writelines(f"{digest}  {name}\n" for name, digest in added.items())
    for name in added:
        print(f"{name} is sealed.")
    if wrong := faults(sealed | added, there):
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    seal()
