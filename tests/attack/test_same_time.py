"""Who asks a form about an address learns by the clock no better than by a coin whether it is a reader's."""

import random
from collections.abc import Sequence
from itertools import count
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy import select

from newsletter_service.db import db
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from tests.attack.server import Server

PAIRS = 200
NO_BETTER_THAN = 0.55
ROUNDS = 4
"""A coin guesses one round in six this well; that it does so in all of these is one chance in a thousand."""
_networks = count()


@pytest.fixture
def readers(inside: Flask) -> Sequence[str]:
    with inside.app_context():
        query = select(Subscriber.address).where(Subscriber.status == Status.ACTIVE).order_by(Subscriber.id)
        found = db.session.scalars(query.limit(PAIRS)).all()
        db.session.remove()
    assert len(found) == PAIRS
    return found


def seconds(server: Server, form: str, address: str) -> float:
    number = next(_networks)
    headers = {"X-Forwarded-For": f"198.{18 + number // 65536}.{number // 256 % 256}.{number % 256}"}
    began = perf_counter()
    answer = server.post(form, {"address": address, "language": "nl"}, headers)
    took = perf_counter() - began
    assert answer.status in (200, 302), answer.body
    return took


def guessed(server: Server, form: str, readers: Sequence[str]) -> float:
    """The share of pairs, a reader and somebody unknown, that the better of two guessers gets right by the clock."""
    slower = 0
    for place, address in enumerate(readers):
        unknown = f"onbekend{place}@{address.rpartition('@')[2]}"
        first_known = random.random() < 0.5
        pair = [address, unknown] if first_known else [unknown, address]
        times = dict(zip(pair, (seconds(server, form, one) for one in pair), strict=True))
        slower += times[address] > times[unknown]
    return max(slower, PAIRS - slower) / PAIRS


@pytest.mark.parametrize("form", ["/aanmelden", "/link-kwijt"])
def test_two_hundred_pairs_tell_a_guesser_no_more_than_a_coin(
    server: Server, readers: Sequence[str], form: str
) -> None:
    shares = []
    for _round in range(ROUNDS):
        shares.append(guessed(server, form, readers))
        if shares[-1] <= NO_BETTER_THAN:
            return
    pytest.fail(f"right in {shares} of the pairs")
