"""`make letters`: one letter of each kind in a folder (LETTERS=instance/letters), and what the checks say of each."""

import os
import shutil
import sys
from pathlib import Path

import click

from newsletter_service.letters.mime.reading import html_of, text_of
from tests.every_letter.checks import TEXT_BROWSERS, as_text, spam_scores, verdict
from tests.every_letter.kinds import ADDRESSES_OF_PICTURES, Kind, every_kind, pictures


def main() -> int:
    """Write all down and look at each; 0 if nothing is wrong."""
    folder = Path(os.environ.get("LETTERS") or "instance/letters")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pictures().items():
        (folder / name).write_bytes(content)
    for program in ("spamassassin", *TEXT_BROWSERS):
        if shutil.which(program) is None:
            click.echo(f"{program} is not installed: its part is left out.")
    kinds = every_kind()
    scores = spam_scores(kinds)
    found = sum(_written_and_checked(kind, spam, folder) for kind, spam in zip(kinds, scores, strict=True))
    click.echo(f"Letters are in {folder}; {found} faults.")
    return 1 if found else 0


def _written_and_checked(kind: Kind, spam: float | None, folder: Path) -> int:
    """How many faults were found."""
    (folder / f"{kind.name}.eml").write_bytes(kind.message)
    html = html_of(kind.message)
    (folder / f"{kind.name}.html").write_text(ADDRESSES_OF_PICTURES.sub(r"\1", html), encoding="utf-8")
    (folder / f"{kind.name}.txt").write_text(text_of(kind.message), encoding="utf-8")
    for browser, shown in as_text(kind):
        (folder / f"{kind.name}.{browser}.txt").write_text(shown, encoding="utf-8")
    seen = verdict(kind, spam)
    points = "" if seen.spam is None else f"  SpamAssassin {seen.spam:+.1f}"
    click.echo(
        f"{kind.name:<25}{kind.html_size / 1000:6.1f} kB{points}  {'wrong' if seen.faults else 'right'}"
    )
    for fault in seen.faults:
        click.echo(f"    {fault}")
    return len(seen.faults)


if __name__ == "__main__":
    sys.exit(main())
