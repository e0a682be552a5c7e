"""The door under attack: passwords that cost much, and guessers that never stop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import func, select

from newsletter_service.db import db
from newsletter_service.delivery.models import Delivery
from newsletter_service.demo.load import PASSWORD, STAFF
from newsletter_service.staff.access import service
from newsletter_service.staff.models import AuditEntry
from scheduled_jobs import deliver
from tests.attack.server import Server, Visitor

DOOR = "/redactie/inloggen"
HEAD = STAFF[0].email
MARKS = "e" + "\u0301\u0316" * 62_000  # 248 kB in UTF-8

pytestmark = pytest.mark.alone


def token_of(server: Server) -> tuple[str, str]:
    """A cookie and its token, as anybody gets them."""
    visitor = Visitor(server)
    visitor.keep(server.ask("GET", DOOR))
    return visitor.cookie, visitor.token


def guess(server: Server, email: str, password: str, known: tuple[str, str]) -> int:
    cookie, token = known
    fields = {"csrf_token": token, "email": email, "password": password}
    return server.post(DOOR, fields, {"Cookie": cookie}).status


@pytest.mark.parametrize("email", [HEAD, "niemand@maasdelta.example"])
@pytest.mark.parametrize("password", [MARKS, MARKS[:1_000], "x" * 7_000])
def test_a_huge_password_is_refused_in_less_than_a_second(server: Server, email: str, password: str) -> None:
    known = token_of(server)
    begun = monotonic()
    assert guess(server, email, password, known) in (200, 413)
    assert monotonic() - begun < 1


def test_a_huge_name_is_refused_in_less_than_a_second(server: Server) -> None:
    fields = {"address": "lang@gemeente.example", "language": "nl", "name": "a\u0316\u0300" * 3_500}
    begun = monotonic()
    assert server.post("/aanmelden", fields).status == 422
    assert monotonic() - begun < 1


@contextmanager
def ten_guessers(server: Server) -> Iterator[list[int]]:
    """Ten who try one password after the other, at accounts that exist and others, for as long as the block runs."""
    known, stop, answers = token_of(server), threading.Event(), list[int]()

    def go_on(number: int) -> None:
        email = STAFF[number % len(STAFF)].email if number % 2 else f"nummer-{number}@maasdelta.example"
        while not stop.is_set():
            answers.append(guess(server, email, f"een gok van nummer {number}", known))

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def sign_ups(server: Server, seconds: float) -> list[float]:
    """How long each sign-up took, one after the other for so long."""
    took: list[float] = []
    ends = monotonic() + seconds
    while monotonic() < ends:
        begun = monotonic()
        fields = {"address": f"nieuw-{len(took)}@gemeente-voorbeeld.example", "language": "nl"}
        assert server.post("/aanmelden", fields).status == 200
        took.append(monotonic() - begun)
    return took


def slow_ones(took: list[float]) -> float:
    """What 19 of 20 were quicker than."""
    return quantiles(took, n=20)[-1]


def test_ten_guessers_stop_neither_sign_ups_nor_the_delivery_job_nor_a_head(
    server: Server, inside: Flask
) -> None:
    own = Visitor(server).sign_in(HEAD, PASSWORD)
    undisturbed = slow_ones(sign_ups(server, 3))
    with ten_guessers(server) as answers:
        took = sign_ups(server, 20)
        with inside.app_context():
            deliver.run()
            waiting = select(func.count()).where(Delivery.state == "ready")
            assert db.session.scalar(waiting) == 0
            db.session.remove()
        own.sign_in(HEAD, PASSWORD)
    # On a machine that has other things to do as well, both are slower.
    assert slow_ones(took) < max(0.5, 5 * undisturbed)
    assert set(answers) <= {200, 429, 503}
    assert answers.count(429) > answers.count(200)
    with inside.app_context():
        tried = select(func.count()).where(AuditEntry.action == service.FAILED)
        assert (db.session.scalar(tried) or 0) >= answers.count(200)
        db.session.remove()
