"""What machines are told at /healthz: whether anything needs a person, and what, for who has the token."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from newsletter_service.health import service
from newsletter_service.health.models import Trouble
from newsletter_service.health.rules import TroubleKind
from newsletter_service.health.service import Noted
from tests.conftest import NOW, Clock

Stored = Callable[[], AbstractContextManager[Session]]
TOKEN = "a-token-that-only-tests-know"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def with_token(app: Flask) -> None:
    app.extensions["newsletter"] = replace(app.extensions["newsletter"], metrics_token=TOKEN)


def note(stored: Stored, clock: Clock, error: str = "") -> None:
    """The scheduler notes what it did."""
    failing = clock.now if error else None
    with stored() as session:
        service.note_runs(session, [Noted("deliver", 1, clock.now, clock.now, failing, error)], clock.now)


def test_all_is_well_with_a_scheduler_that_speaks(client: FlaskClient, stored: Stored, clock: Clock) -> None:
    note(stored, clock)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    told = client.get("/healthz", headers=BEARER).json
    assert told is not None
    assert (told["ok"], told["database"], told["troubles"]) == (True, "ok", [])
    assert told["schema"]["found"] == told["schema"]["wanted"]
    assert told["scheduler"]["silent_seconds"] == 0


def test_a_scheduler_that_fell_silent_is_503_also_where_nobody_wrote_that_down(
    client: FlaskClient, stored: Stored, clock: Clock
) -> None:
    note(stored, clock)
    clock.move(minutes=3)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "trouble\n")
    told = client.get("/healthz", headers=BEARER).json
    assert told is not None
    assert told["scheduler"]["silent_seconds"] == 180
    assert [one["kind"] for one in told["troubles"]] == ["scheduler_silent"]
    assert client.get("/healthz/pages").text == "ok\n"


def test_one_that_was_never_started_has_two_minutes(client: FlaskClient, clock: Clock) -> None:
    clock.move(minutes=2)
    assert client.get("/healthz").status_code == 200
    clock.move(seconds=1)
    assert client.get("/healthz").status_code == 503


def test_trouble_is_503_and_named_only_for_who_has_the_token(
    client: FlaskClient, stored: Stored, clock: Clock
) -> None:
    note(stored, clock, "the server's certificate has expired")
    with stored() as session:
        session.add(Trouble(kind=TroubleKind.DISK, subject="", detail={"megabytes": 3}, began_at=NOW))
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = client.get("/healthz", headers=headers)
        assert (answer.status_code, answer.text) == (503, "trouble\n")
    told = client.get("/healthz", headers=BEARER)
    assert told.status_code == 503
    assert told.json is not None
    assert told.json["troubles"] == [{"kind": "disk", "subject": "", "since": NOW.isoformat()}]
    assert told.json["jobs"] == {"deliver": "the server's certificate has expired"}


def test_what_is_over_is_no_trouble(client: FlaskClient, stored: Stored) -> None:
    with stored() as session:
        over = NOW + timedelta(minutes=1)
        session.add(Trouble(kind=TroubleKind.DISK, subject="", detail={}, began_at=NOW, over_at=over))
    assert client.get("/healthz").status_code == 200


def test_a_database_of_another_version_is_503(client: FlaskClient, stored: Stored) -> None:
    with stored() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (503, "schema\n")
    told = client.get("/healthz", headers=BEARER).json
    assert told is not None
    assert told["schema"]["found"] == "0001"
    assert client.get("/healthz/pages").status_code == 503
