"""Records which files of ours something passes through: by all calls, or by those calls that carry it."""

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import newsletter_service

_PACKAGE = str(Path(newsletter_service.__file__).parent) + "/"
_DEEP = 4


class Step(NamedTuple):
    """A call within one of our files; `outside` names the function of a library written in C that was called."""

    file: str
    function: str
    outside: str = ""


@dataclass(frozen=True)
class Walk:
    """The files passed through, in their order; a file that follows itself counts once."""

    files: Sequence[str]

    @property
    def entered(self) -> int:
        """The number of different files."""
        return len(set(self.files))

    @property
    def returns(self) -> int:
        """The number of returns to a file that was left before."""
        return len(self.files) - self.entered


def walk_of(steps: Sequence[Step], *, furniture: tuple[str, ...] = ()) -> Walk:
    """The walk of these steps, without the files and folders that are `furniture`."""
    files: list[str] = []
    for step in steps:
        if not step.file.startswith(furniture or "\0") and (not files or files[-1] != step.file):
            files.append(step.file)
    return Walk(files)


@contextmanager
def recording(address: str = "") -> Iterator[list[Step]]:
    """The steps of this thread and of all that are started while the context lasts.

    With an `address` only calls that carry it: in an argument, or in what they return. Calls to the outside are always
    noted.
    """
    steps: list[Step] = []
    events = ("call", "return") if address else ("call",)

    def note(frame: FrameType, event: str, what: object) -> None:
        code = frame.f_code
        if not code.co_filename.startswith(_PACKAGE):
            return
        outside = getattr(what, "__name__", "?") if event == "c_call" else ""
        carries = event in events and (not address or _carries(_seen(frame, event, what), address))
        if outside or carries:
            steps.append(Step(code.co_filename.removeprefix(_PACKAGE), code.co_name, outside))

    with _profiling(note):
        yield steps


@contextmanager
def _profiling(note: Callable[[FrameType, str, object], None]) -> Iterator[None]:
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def _seen(frame: FrameType, event: str, what: object) -> object:
    """What a call is given, without the object it belongs to, or what it gives back."""
    if event == "return":
        return what
    code = frame.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return tuple(frame.f_locals.get(name) for name in names if name != "self")


def _carries(value: object, address: str, depth: int = _DEEP) -> bool:
    """Whether an address stands in a value: a text, bytes, or a collection or dataclass of such."""
    if isinstance(value, str):
        return address in value
    if isinstance(value, bytes):
        return address.encode() in value
    if depth == 0:
        return False
    if isinstance(value, Mapping):
        return any(_carries(one, address, depth - 1) for one in value.values())
    if isinstance(value, (tuple, list, set, frozenset, deque)):
        return any(_carries(one, address, depth - 1) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return any(_carries(getattr(value, field.name), address, depth - 1) for field in fields(value))
    return False
