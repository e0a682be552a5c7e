"""Who is at the terminal that this process was started from, if it is a command."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

NAME_LENGTH = 80
_somebody: ContextVar[str] = ContextVar("somebody at a terminal", default="")


def terminal_user() -> str:
    """The system user whose command this is; "" in pages and scheduled jobs."""
    return _somebody.get()


@contextmanager
def at_terminal() -> Iterator[None]:
    """What the block does is done by the system user of this process."""
    token = _somebody.set(system_user())
    try:
        yield
    finally:
        _somebody.reset(token)


def system_user() -> str:
    """The name of the system user, and of who became that user by sudo."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # containers may run as a number that has no name
        name = f"uid {number}"
    before = os.environ.get("SUDO_USER", "")
    return (f"{before} as {name}" if before and before != name else name)[:NAME_LENGTH]
