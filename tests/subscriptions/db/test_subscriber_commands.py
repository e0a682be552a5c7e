import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.subscriptions.commands import subscriber_commands
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.verification.rules import ClaimState
from tests.conftest import NOW
from tests.factories import make_segment, make_subscriber, make_suppression, make_topic

Stored = Callable[[], AbstractContextManager[Session]]
SECRET = "a-secret-that-only-tests-know-0123456789"
HEAD = "address,name,language,segments,topics\n"


@pytest.fixture(autouse=True)
def choices(stored: Stored) -> None:
    with stored() as session:
        make_segment(session, "politie")
        make_topic(session, "haven")


@pytest.fixture
def take(core: Flask, tmp_path: Path) -> Callable[..., Result]:
    """Import a table given as text."""

    def run(table: str, *options: str) -> Result:
        file = tmp_path / "readers.csv"
        file.write_text(table, encoding="utf-8")
        args = ["import", str(file), "--consent", "Intekenlijst congres 2026", *options]
        return core.test_cli_runner().invoke(subscriber_commands, args)

    return run


def test_readers_come_in_with_their_choices_and_the_proof_of_consent(
    take: Callable[..., Result], stored: Stored
) -> None:
    result = take(HEAD + "Anna@Gemeente.example,Anna Çelik,nl,politie,haven\nbob@gemeente.example,,en,,\n")
    assert result.output == "2 added, 0 known already, 0 want no mail, 0 not active.\n"
    with stored() as session:
        anna, bob = session.scalars(select(Subscriber).order_by(Subscriber.address))
        assert (anna.address, anna.name, anna.status) == ("anna@gemeente.example", "Anna Çelik", "active")
        assert [m.segment.slug for m in anna.memberships] == ["politie"]
        assert [topic.slug for topic in anna.topics] == ["haven"]
        assert anna.memberships[0].state == ClaimState.WAITING
        assert bob.language == "en"
        proofs = session.scalars(select(Consent)).all()
        assert {(p.step, p.note) for p in proofs} == {("imported", "Intekenlijst congres 2026")}


def test_one_bad_line_keeps_all_of_them_out_and_every_bad_line_is_named(
    take: Callable[..., Result], stored: Stored
) -> None:
    bad = "goed@gemeente.example,,nl,,\ngeen adres,,nl,,\nb@g.example,,fr,,\nc@g.example,,nl,brandweer,\n"
    result = take(HEAD + bad + "goed@gemeente.example,,nl,,\n")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.output.splitlines()[1:]] == [
        "line 3",
        "line 4",
        "line 5",
        "line 6",
    ]
    with stored() as session:
        assert session.scalars(select(Subscriber)).all() == []


def test_who_is_known_stays_as_they_are_and_who_wants_no_mail_stays_out(
    take: Callable[..., Result], stored: Stored
) -> None:
    with stored() as session:
        make_subscriber(session, "weg@gemeente.example", now=NOW, status="left")
        make_suppression(session, "nooit@gemeente.example", now=NOW, reason="asked")
    result = take(HEAD + "weg@gemeente.example,,nl,,\nnooit@gemeente.example,,nl,,\n")
    assert result.output == "0 added, 1 known already, 1 want no mail, 0 not active.\n"
    with stored() as session:
        assert session.scalars(select(Subscriber.status)).all() == ["left"]


def test_a_dry_run_changes_nothing(take: Callable[..., Result], stored: Stored) -> None:
    result = take(HEAD + "a@gemeente.example,,nl,,\n", "--dry-run")
    assert result.output == "1 would be added, 0 known already, 0 want no mail, 0 not active.\n"
    with stored() as session:
        assert session.scalars(select(Subscriber)).all() == []


def test_what_goes_out_can_come_in_again_and_holds_no_formula(app: Flask, stored: Stored) -> None:
    with stored() as session:
        make_subscriber(session, "anna@gemeente.example", now=NOW, name="=1+2")
    result = app.test_cli_runner().invoke(subscriber_commands, ["export"])
    assert result.exit_code == 0
    (row,) = csv.DictReader(io.StringIO(result.output.removeprefix("\ufeff")), delimiter=";")
    assert row["E-mailadres"] == "anna@gemeente.example"
    assert row["Naam"] == "'=1+2"
    assert row["Status"] == "actief"
