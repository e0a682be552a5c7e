"""Odd requests to every route, by everybody: refused or answered, never an error of ours, and soon."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests.attack.odd import Odd, odd_requests
from tests.attack.server import Server, Visitor

SEED = 20261126
EACH = {"anybody": 3, "signed in": 3}
AT_ONCE = 4
SECONDS_FOR_EACH = 0.0175
"""On average, of the server's own: what others on the machine take does not count."""
SIGNS_OUT = "/redactie/uitloggen"


def answered(visitor: Visitor, odd: Odd) -> tuple[int, str]:
    """The status, and a line that says what was asked."""
    asked = f"{visitor.name}: {odd.method} {odd.target[:200]} {odd.headers.get('Content-Type', '')} {odd.body[:200]!r}"
    try:
        answer = visitor.server.ask(odd.method, odd.target, odd.body, {**odd.headers, **visitor.headers})
    except ConnectionError:
        return 0, asked  # refused before it was even a request; the log tells whether it was more than that
    return answer.status, asked


def all_odd(app: Flask, visitors: Sequence[Visitor]) -> list[tuple[Visitor, Odd]]:
    chance = random.Random(SEED)
    return [
        (visitor, odd)
        for visitor in visitors
        for odd in odd_requests(app, chance, EACH["signed in" if visitor.headers else "anybody"])
        if not odd.target.startswith(SIGNS_OUT)
    ]


def wrong(answers: Sequence[tuple[int, str]]) -> list[str]:
    return [f"{status} {asked}" for status, asked in answers if status >= 500 and status != 501]


def test_odd_requests_are_refused_or_answered_but_never_our_mistake(
    inside: Flask, server: Server, visitors: list[Visitor]
) -> None:
    requests = all_odd(inside, visitors)
    assert len(requests) > 700
    before = server.cpu_seconds
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda one: answered(*one), requests))
    assert wrong(answers) == []
    assert server.cpu_seconds - before < SECONDS_FOR_EACH * len(requests)
    assert server.ask("GET", "/healthz/pages").body == "ok\n"


@pytest.mark.parametrize(
    "first", [b"\x00\xff\xfe", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"PRI * HTTP/2.0\r\n\r\n"]
)
def test_what_is_no_request_at_all_ends_the_connection_and_nothing_else(server: Server, first: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(first + b"\r\n\r\n")
        assert connection.recv(9) in (b"HTTP/1.1 ", b"")
