"""The machine for one test alone: those in processes beside it wait until it is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_SH, LOCK_UN, flock
from pathlib import Path


@contextmanager
def turn(gate: Path, room: Path, *, alone: bool) -> Iterator[None]:
    """A test's turn, by locks on two files that all processes share.

    Who is to be alone keeps the gate shut while those who are in the room leave it, so that it is not kept waiting
    by ever more of them.
    """
    how = LOCK_EX if alone else LOCK_SH
    with gate.open() as outer, room.open() as inner:
        flock(outer, how)
        flock(inner, how)
        flock(outer, LOCK_UN)
        yield
