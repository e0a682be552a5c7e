"""What a name server answers, as pure values: the rules ask through `Dns`, whoever stands behind it."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, Protocol


class State(StrEnum):
    """Whether there are such records; FAILED says nothing about that."""

    FOUND = "found"
    NONE = "none"
    FAILED = "failed"


class Answer(NamedTuple):
    """The records of one name and type, as text; `secure` says that the resolver checked their signatures."""

    state: State
    values: tuple[str, ...] = ()
    secure: bool = False


NO_RECORDS = Answer(State.NONE)


class Dns(Protocol):
    """Asks for records."""

    def ask(self, name: str, kind: str) -> Answer:
        """Returns the records of `kind` (A, TXT, ...) at `name`, as zone files have them; texts are joined."""


class NoAnswer(Exception):
    """The name servers of `name` do not answer: nothing can be said of it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def records(dns: Dns, name: str, kind: str) -> tuple[str, ...]:
    """Returns the records, none where there are none; raises NoAnswer where nobody answers."""
    answer = dns.ask(name, kind)
    if answer.state is State.FAILED:
        raise NoAnswer(name)
    return answer.values


def addresses(dns: Dns, name: str) -> tuple[str, ...]:
    """Returns the addresses of a host, of both kinds; raises NoAnswer."""
    return records(dns, name, "A") + records(dns, name, "AAAA")


def tagged(dns: Dns, name: str, mark: str) -> tuple[str, ...]:
    """Returns the TXT records at `name` that begin with `mark`, such as v=spf1; raises NoAnswer."""
    return tuple(text for text in records(dns, name, "TXT") if _begins(text, mark))


def _begins(text: str, mark: str) -> bool:
    begin = text[: len(mark)].lower()
    return begin == mark.lower() and text[len(mark) : len(mark) + 1] in ("", " ", ";")


def upwards(domain: str, top: str) -> Iterator[str]:
    """Yields `domain` and the domains above it, up to `top`."""
    labels = domain.split(".")
    for first in range(len(labels)):
        name = ".".join(labels[first:])
        yield name
        if name == top:
            return
