"""What is looked at in a finished letter: our own rules, and those of the programs that are on this machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

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
_SCORE = re.compile(r"\((-?[\d.]+) points")


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a letter, and its points by SpamAssassin; programs that are not installed find nothing."""

    faults: tuple[str, ...]
    spam: float | None


def verdict(kind: Kind) -> Verdict:
    """Look at a letter in every way there is on this machine."""
    spam = spam_score(kind)
    found = [*own_faults(kind), *_glued(kind)]
    if spam is not None and spam > 0:
        found.append(f"SpamAssassin gives it {spam} points")
    return Verdict(tuple(found), spam)


def as_text(kind: Kind) -> Iterator[tuple[str, str]]:
    """The letter as each text browser on this machine shows it, by the browser's name."""
    for name, command in TEXT_BROWSERS.items():
        if shutil.which(name):
            yield name, _run(command, html_of(kind.message).encode())


def spam_score(kind: Kind) -> float | None:
    """What SpamAssassin makes of a letter without asking anybody; None if it is not installed."""
    if shutil.which("spamassassin") is None:
        return None
    report = _run(["spamassassin", "--local", "--test-mode"], kind.message)
    return float(_SCORE.findall(report)[-1])


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
