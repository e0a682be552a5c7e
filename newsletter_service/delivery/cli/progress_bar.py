"""The progress of sending: a bar in a terminal, elsewhere a line every ten seconds."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.setup import Snapshot

_SECONDS_BETWEEN_LINES = 10.0
_DONE_WITH = (Verdict.SENT, Verdict.FAIL)
_NAMES = {Verdict.DEFER: "deferred", Verdict.FAIL: "failed", Verdict.REQUEUE: "requeued"}


class Progress:
    """Adds up one run after the other, and has `show` display it.

    A run reports about once a second how far it is, and at its end its exact counts; `note` is what it waits for.
    """

    def __init__(self, show: Callable[["Progress"], None]) -> None:
        self._show = show
        self._before: Counter[Verdict] = Counter()
        self._now: Counter[Verdict] = Counter()
        self.open, self.rate, self.seconds_left, self.note = 0, 0.0, 0.0, ""
        self._stopped_by = ""

    @property
    def total(self) -> Counter[Verdict]:
        """The number of letters by verdict, in all runs."""
        return self._before + self._now

    @property
    def done(self) -> int:
        """The number of letters that were sent or have failed."""
        return sum(self.total[verdict] for verdict in _DONE_WITH)

    def running(self, snapshot: Snapshot) -> None:
        """Takes in how far a run is."""
        self._now = snapshot.verdicts
        self.open, self.rate, self.seconds_left = snapshot.open, snapshot.rate, snapshot.seconds_left
        # A run that has only begun is one more attempt: what stopped the one before still holds.
        self.note = snapshot.note or ("" if snapshot.verdicts else self._stopped_by)
        self._show(self)

    def ended(self, verdicts: Counter[Verdict], note: str = "") -> None:
        """Takes in all that a run did; `note` is what stopped it."""
        before = self.done
        self._before, self._now = self._before + verdicts, Counter()
        self.open = max(0, self.open - (self.done - before))
        self.rate, self.seconds_left, self.note = 0.0, 0.0, note
        self._stopped_by = note
        self._show(self)

    def words(self) -> str:
        """The counts by verdict, what is waited for, or the speed and the time left."""
        total = self.total
        said = [
            f"{_NAMES.get(verdict, verdict)} {total[verdict]:,}"
            for verdict in Verdict
            if total[verdict] and verdict is not Verdict.UNREACHABLE
        ]
        if self.note:
            said.append(f"waiting: {self.note}")
        elif self.rate:
            said += [f"{self.rate:,.0f}/s", f"about {_duration(self.seconds_left)} left"]
        return ", ".join(said)


class _Bar(Protocol):
    """What is used of click's progress bar."""

    length: int | None
    pos: int
    finished: bool
    current_item: str | None

    def render_progress(self) -> None: ...


@contextmanager
def progress() -> Iterator[Progress]:
    """Yields a Progress that is displayed; the terminal is left in order after the block."""
    if not sys.stdout.isatty():
        yield Progress(_Lines(click.echo))
        return
    # As wide as the words leave room for: a line that is too long could not be redrawn.
    shown = click.progressbar(
        length=1, width=0, show_pos=True, show_eta=False, item_show_func=lambda words: words
    )
    with shown as bar:
        yield Progress(lambda now: _draw(bar, now))


def _draw(bar: _Bar, now: Progress) -> None:
    """Sets position and length: a full bar goes on when more becomes due, and shows what is waited for."""
    bar.pos, bar.length = now.done, now.done + now.open
    bar.finished = bar.pos >= bar.length
    bar.current_item = now.words()
    bar.render_progress()


class _Lines:
    """Prints a line every ten seconds while letters go out, and whenever what is waited for changes."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._next_at, self._note, self._done = time.monotonic() + _SECONDS_BETWEEN_LINES, "", 0

    def __call__(self, now: Progress) -> None:
        late = time.monotonic() >= self._next_at and now.done != self._done
        if not late and now.note == self._note:
            return
        self._next_at = time.monotonic() + _SECONDS_BETWEEN_LINES
        self._note, self._done = now.note, now.done
        self._write(f"{now.words() or 'working'}; {now.open:,} to go")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
