"""What is looked at in a finished letter: our own rules, and those of the programs that are on this machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter_service.letters.mime.reading import html_of, text_of
from tests.every_letter.kinds import Kind
from tests.every_letter.outlook import faults as outlook_faults

HEAVY = 60_000
"""Bytes that a letter of twelve items stays under, far from where mail programs cut it off."""
TEXT_BROWSERS = {
    "w3m": ["w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-cols", "76"],
    "lynx": ["lynx", "-dump", "-stdin", "-assume_charset=utf-8", "-display_charset=utf-8", "-width=76"],
}
_NUMBER_OF_LINK = re.compile(r"\[\d+\]")
_SCORE = re.compile(r"^X-Spam-Status: \w+, score=([-\d.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a letter, and its points by SpamAssassin; programs that are not installed find nothing."""

    faults: tuple[str, ...]
    spam: float | None


def verdict(kind: Kind, spam: float | None) -> Verdict:
    """Look at a letter in every way there is on this machine, beside the points it got."""
    found = [*own_faults(kind), *_glued(kind)]
    if spam is not None and spam > 0:
        found.append(f"SpamAssassin gives it {spam} points")
    return Verdict(tuple(found), spam)


def as_text(kind: Kind) -> Iterator[tuple[str, str]]:
    """The letter as each text browser on this machine shows it, by the browser's name."""
    for name, command in TEXT_BROWSERS.items():
        if shutil.which(name):
            yield name, _run(command, html_of(kind.message).encode())


def spam_scores(kinds: Sequence[Kind]) -> list[float | None]:
    """What SpamAssassin makes of each letter without asking anybody; None if it is not installed.

    It is started once for all of them: starting takes it far longer than reading a letter.
    """
    if shutil.which("spamassassin") is None:
        return [None for _ in kinds]
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number:03}.eml" for number in range(len(kinds))]
        for file, kind in zip(files, kinds, strict=True):
            file.write_bytes(kind.message)
        report = _run(["spamassassin", "--local", "--test-mode", *map(str, files)], b"")
    scores = _SCORE.findall(report)
    assert len(scores) == len(kinds), report
    return [float(score) for score in scores]


def own_faults(kind: Kind) -> Iterator[str]:
    """What our own rules say of a letter."""
    yield from outlook_faults(html_of(kind.message))
    if kind.html_size > HEAVY:
        yield f"HTML of {kind.html_size} bytes, more than {HEAVY}"
    if not text_of(kind.message).strip():
        yield "no text"


def _glued(kind: Kind) -> Iterator[str]:
    """Links that a text browser shows without a blank before or behind them."""
    labels = re.findall(r"<a [^<>]*>([^<>]+)</a>", html_of(kind.message))
    for name, shown in as_text(kind):
        words = f" {' '.join(_NUMBER_OF_LINK.sub('', shown).split())} "
        for label in labels:
            wanted = " ".join(unescape(label).split())
            if not re.search(rf"[\s(“]{re.escape(wanted)}[\s.,:;)”]", words):
                yield f"{wanted!r} is glued to its neighbour in {name}"


def _run(command: list[str], content: bytes) -> str:
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    return done.stdout.decode("utf-8", errors="replace")
