"""Guessers whom no budget slows down, for each guess comes from another network at another account."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from time import monotonic

import pytest

from tests.attack.server import Server, Visitor
from tests.chaos.fleet import SCHEDULER, Fleet
from tests.chaos.waiting import until
from tests.smtp_server import RecordingServer

DOOR = "/redactie/inloggen"
GUESSERS = 10
SECONDS = 8.0
NOT_STOPPED = 15.0
"""Seconds that no sign-up may take, were the machine ever so busy: what holds the database's lock is given up then."""


@pytest.fixture
def scheduler(
    server: Server, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The one that sends, as it runs for real."""
    fleet = Fleet(environment, tmp_path_factory.mktemp("scheduler"), iter(["127.0.0.1"]))
    fleet.start(SCHEDULER)
    yield
    fleet.stop()
    assert fleet.died == [], fleet.last_words()


@contextmanager
def guessers(server: Server) -> Iterator[list[int]]:
    """Ten at once, for as long as the block runs; what they are told."""
    visitor, stop, answers, numbers = Visitor(server), threading.Event(), list[int](), count()
    visitor.keep(server.ask("GET", DOOR))

    def go_on() -> None:
        while not stop.is_set():
            number = next(numbers)
            network = f"198.{18 + number % 2}.{number // 256 % 256}.{number % 256}"
            fields = {"email": f"n{number}@maasdelta.example", "password": "een gok die lang genoeg is"}
            headers = {"Cookie": visitor.cookie, "X-Forwarded-For": network}
            answers.append(server.post(DOOR, {"csrf_token": visitor.token, **fields}, headers).status)

    threads = [threading.Thread(target=go_on) for _ in range(GUESSERS)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def sign_ups(server: Server, of: str, seconds: float) -> dict[str, float]:
    """Addresses that signed up one after the other, and how long each took."""
    took: dict[str, float] = {}
    ends = monotonic() + seconds
    while (began := monotonic()) < ends:
        address = f"{of}{len(took)}@gemeente.example"
        assert server.post("/aanmelden", {"address": address, "language": "nl"}).status == 200
        took[address] = monotonic() - began
    return took


def test_guessers_from_everywhere_keep_neither_readers_nor_letters_waiting(
    server: Server, scheduler: None, mail_server: RecordingServer
) -> None:
    with guessers(server) as answers:
        took = sign_ups(server, "tijdens", SECONDS)
        last = list(took)[-1]
        until(lambda: mail_server.to(last))
    assert len(answers) > GUESSERS
    assert set(answers) <= {200, 429, 503}
    assert max(took.values()) < NOT_STOPPED
