"""Very many rows at once: each is what it would be alone, whatever the server's clock, and no error shows one."""

from collections.abc import Sequence
from typing import cast

import pytest
from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from newsletter_service.clock import moment_text
from newsletter_service.db import add_rows
from newsletter_service.sequences import next_numbers
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW
from tests.factories import make_subscriber

TABLE = cast(Table, Subscriber.__table__)
NAMES = ("id", "address", "address_hmac", "domain", "name", "language", "status", "link_key", "asked_at")


def row(number: int, address: str, key: str, name: str = "Anna") -> tuple[str | int | None, ...]:
    return (number, address, "0" * 64, "b.example", name, "nl", "active", key, moment_text(NOW))


def add_all(session: Session, rows: Sequence[tuple[str | int | None, ...]]) -> None:
    add_rows(session, TABLE, NAMES, rows)


def test_moments_and_odd_texts_come_in_as_they_are(session: Session) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
    names = ["tab\there", "back\\slash \\N", "line\nend", "", "quote'\"", "é ő 字"]
    add_all(session, [row(n, f"a{n}@b.example", f"{n:012}", name) for n, name in enumerate(names, 1)])
    session.commit()
    found = session.scalars(select(Subscriber).order_by(Subscriber.id)).all()
    assert [one.name for one in found] == names
    assert {one.asked_at for one in found} == {NOW}


def test_numbers_are_nobody_elses_before_and_after(session: Session) -> None:
    first = make_subscriber(session, "eerst@b.example", now=NOW).id
    session.delete(session.get_one(Subscriber, first))
    session.flush()
    numbers = [*next_numbers(session.connection(), TABLE.name, 3)]
    add_all(session, [row(number, f"a{number}@b.example", f"{number:012}") for number in numbers])
    session.commit()
    last = make_subscriber(session, "later@b.example", now=NOW).id
    assert len({first, *numbers, last}) == 5
    assert min(numbers) > first


def test_an_error_of_many_rows_shows_none_of_them(session: Session) -> None:
    with pytest.raises(Exception, match=r"(?i)unique constraint") as caught:
        add_all(session, [row(1, "geheim@b.example", "k" * 12), row(2, "geheim@b.example", "l" * 12)])
    assert "geheim" not in f"{caught.value!r} {caught.value}"
    session.rollback()
