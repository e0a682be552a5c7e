"""What waits for something, and each of that in a transaction of its own: one that fails takes no other along."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from newsletter_service.db import reading, unit_of_work

T = TypeVar("T")


def each(
    which: Callable[[Session, datetime], Sequence[T]],
    do: Callable[[Session, T, datetime], bool],
    now: datetime,
) -> int:
    """Returns the number of those of `which` for which there was something to `do`."""
    with reading() as session:
        found = which(session, now)
    done = 0
    for one in found:
        with unit_of_work() as session:
            done += do(session, one, now)
    return done
