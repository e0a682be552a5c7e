"""How far sending is, for whoever started it: a bar in a terminal, elsewhere a plain line now and then."""

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
_NAMES = {Verdict.DEFER: "deferred", Verdict.FAIL: "failed", Verdict.REQUEUE: "put back"}


class Progress:
    """Adds up one run after the other, and has `show` show it.

    A run tells about once a second how far it is, and at its end its exact counts; `note` says what is waited for.
    """

    def __init__(self, show: Callable[["Progress"], None]) -> None:
        self._show = show
        self._before: Counter[Verdict] = Counter()
        self._now: Counter[Verdict] = Counter()
        self.open, self.rate, self.seconds_left, self.note = 0, 0.0, 0.0, ""
        self._kept_from = ""

    @property
    def total(self) -> Counter[Verdict]:
        """How many letters met each verdict, in all runs."""
        return self._before + self._now

    @property
    def done(self) -> int:
        """How many letters are through."""
        return sum(self.total[verdict] for verdict in _DONE_WITH)

    def running(self, snapshot: Snapshot) -> None:
        """Take in how far a run is."""
        self._now = snapshot.verdicts
        self.open, self.rate, self.seconds_left = snapshot.open, snapshot.rate, snapshot.seconds_left
        # A run that has only begun is one more attempt: what kept the one before from going on still stands.
        self.note = snapshot.note or ("" if snapshot.verdicts else self._kept_from)
        self._show(self)

    def ended(self, verdicts: Counter[Verdict], note: str = "") -> None:
        """Take in all that a run did; `note` says what kept it from doing more."""
        told = self.done
        self._before, self._now = self._before + verdicts, Counter()
        self.open = max(0, self.open - (self.done - told))
        self.rate, self.seconds_left, self.note = 0.0, 0.0, note
        self._kept_from = note
        self._show(self)

    def words(self) -> str:
        """What there is to say beside how many are through."""
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
    """What is used of click's bar."""

    length: int | None
    pos: int
    finished: bool
    current_item: str | None

    def render_progress(self) -> None: ...


@contextmanager
def progress() -> Iterator[Progress]:
    """What to tell; the terminal is left tidy after the block."""
    if not sys.stdout.isatty():
        yield Progress(_Lines(click.echo))
        return
    # As wide as the words leave room for: a line that is too long could not be drawn over, and would pile up.
    shown = click.progressbar(
        length=1, width=0, show_pos=True, show_eta=False, item_show_func=lambda words: words
    )
    with shown as bar:
        yield Progress(lambda now: _draw(bar, now))


def _draw(bar: _Bar, now: Progress) -> None:
    """Set rather than step: a full bar fills again when more comes up, and waiting is shown while nothing moves."""
    bar.pos, bar.length = now.done, now.done + now.open
    bar.finished = bar.pos >= bar.length
    bar.current_item = now.words()
    bar.render_progress()


class _Lines:
    """A line every ten seconds while something moves, and at once when what is waited for changes."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._next_at, self._note, self._done = time.monotonic() + _SECONDS_BETWEEN_LINES, "", 0

    def __call__(self, now: Progress) -> None:
        late = time.monotonic() >= self._next_at and now.done != self._done
        if not late and now.note == self._note:
            return
        self._next_at = time.monotonic() + _SECONDS_BETWEEN_LINES
        self._note, self._done = now.note, now.done
        self._write(f"{now.words() or 'going on'}; {now.open:,} to go")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
