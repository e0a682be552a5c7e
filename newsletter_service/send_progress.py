"""How far sending is, for whoever started it: a bar in a terminal, elsewhere a plain line now and then."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.sender import Snapshot

_SECONDS_BETWEEN_LINES = 10.0


class Report(Protocol):
    """Is told about once a second how far a run is."""

    def __call__(self, snapshot: Snapshot) -> None:
        """Show it."""


@contextmanager
def progress() -> Iterator[Report]:
    """What to tell; the terminal is left tidy after the block."""
    if not sys.stdout.isatty():
        yield _Lines(click.echo)
        return
    with click.progressbar(length=1, show_pos=True, item_show_func=lambda words: words) as bar:
        told = _Told()

        def show(snapshot: Snapshot) -> None:
            total = told.add(snapshot)
            bar.length = total + snapshot.open
            bar.update(total - bar.pos, told.words(snapshot))

        yield show


class _Told:
    """Adds up one run after the other."""

    def __init__(self) -> None:
        self._before: Counter[Verdict] = Counter()
        self._now: Counter[Verdict] = Counter()

    def add(self, snapshot: Snapshot) -> int:
        """How many letters have met a verdict, in all runs."""
        if snapshot.verdicts.total() < self._now.total():  # another run has begun
            self._before += self._now
        self._now = snapshot.verdicts
        return self._before.total() + self._now.total()

    def words(self, snapshot: Snapshot) -> str:
        """What there is to say beside the bar."""
        total = self._before + self._now
        said = [f"{verdict.value} {total[verdict]:,}" for verdict in Verdict if total[verdict]]
        if snapshot.rate:
            said.append(f"{snapshot.rate:,.0f}/s")
        if snapshot.note:
            said.append(f"waiting: {snapshot.note}")
        return ", ".join(said)


class _Lines:
    """A line every ten seconds, and at once when sending begins or ends to wait for something."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write, self._told = write, _Told()
        self._next_at, self._note = time.monotonic() + _SECONDS_BETWEEN_LINES, ""

    def __call__(self, snapshot: Snapshot) -> None:
        self._told.add(snapshot)
        if time.monotonic() < self._next_at and snapshot.note == self._note:
            return
        self._next_at, self._note = time.monotonic() + _SECONDS_BETWEEN_LINES, snapshot.note
        left = f", about {snapshot.seconds_left:,.0f} s left" if snapshot.seconds_left else ""
        self._write(f"{self._told.words(snapshot)}; {snapshot.open:,} to go{left}")
