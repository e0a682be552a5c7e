"""Figures at /metrics: for Prometheus with the token and for administrators, for nobody else."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Source, Verdict
from newsletter_service.delivery.models import Delivery, Worker
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.service import add_letter, open_mailing, write_notice
from newsletter_service.health.models import Trouble
from newsletter_service.health.rules import TroubleKind
from newsletter_service.health.service import Noted, note_runs
from newsletter_service.letters.values import PreparedLetter
from newsletter_service.services import Services
from newsletter_service.staff.access.service import FAILED
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record
from tests.conftest import NOW, Clock
from tests.factories import make_newsletter, make_subscriber
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
LETTER = PreparedLetter("nl", "Welkom", b"", 0)
TOKEN = "a-token-that-only-tests-know"


@pytest.fixture(autouse=True)
def with_token(app: Flask, stored: Stored) -> None:
    wired: Services = app.extensions["newsletter"]
    app.extensions["newsletter"] = replace(wired, metrics_token=TOKEN)
    with stored() as session:
        make_newsletter(session)
        make_subscriber(session, "lezer@gemeente.example", now=NOW)
        session.add(Worker(id="a", host="een", process_id=1, pace=12, started_at=NOW, seen_at=NOW))
        write_notice(session, LETTER, "lezer@gemeente.example", NOW)
        make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer")
        make_staff(session, Role.COMMUNICATOR, name="Marieke Midden")


def figures(text: str) -> dict[str, float]:
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_with_the_token_all_figures_are_read(client: FlaskClient) -> None:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.mimetype == "text/plain"
    assert answer.headers["Cache-Control"] == "no-store"
    found = figures(answer.text)
    assert found["newsletter_workers"] == 1
    assert found["newsletter_letters_per_second"] == 12
    assert found["newsletter_subscribers active"] == 1
    assert found["newsletter_mailings_paused"] == 0
    assert found["newsletter_letters_open ready"] == 1
    assert found["newsletter_worker_silent_seconds"] == 0
    assert found[f"newsletter_build_info {version('newsletter-service')}"] == 1
    assert "gemeente" not in answer.text


def test_a_sender_that_fell_silent_shows(client: FlaskClient, stored: Stored) -> None:
    with stored() as session:
        session.add(
            Worker(id="b", host="twee", process_id=2, started_at=NOW, seen_at=NOW - timedelta(seconds=90))
        )
    found = figures(client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text)
    assert (found["newsletter_workers"], found["newsletter_worker_silent_seconds"]) == (1, 90)


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer \xe9"]
)
def test_without_it_there_is_nothing(client: FlaskClient, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}
    assert client.get("/metrics", headers=headers).status_code == 404
    assert client.get("/metrics", headers=headers).headers["Cache-Control"] == "no-store"


def test_without_a_token_set_an_empty_one_opens_nothing(app: Flask, client: FlaskClient) -> None:
    app.extensions["newsletter"] = replace(app.extensions["newsletter"], metrics_token="")
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_administrators_see_them_in_a_browser_and_other_staff_do_not(client: FlaskClient) -> None:
    browser = StaffBrowser(client, "bo.beheer@redactie.example")
    assert "newsletter_workers" in browser.get("/metrics").text
    client.post("/redactie/uitloggen", data={"csrf_token": browser.token})
    assert StaffBrowser(client, "marieke.midden@redactie.example").get("/metrics").status_code == 404


def test_what_healthz_goes_by_and_what_comes_back_are_figures_too(
    app: Flask, client: FlaskClient, stored: Stored, clock: Clock
) -> None:
    with stored() as session:
        mailing = open_mailing(session, NOW)
        letter = add_letter(session, mailing, LETTER, NOW)
        for number in range(4):
            session.add(sent_to(f"lezer{number}@gemeente.example", mailing.id, letter.id))
        session.add(bounce(Verdict.HARD, 1))
        session.add(bounce(Verdict.COMPLAINT, 2))
        note_runs(session, [Noted("deliver", 1, NOW, NOW, NOW, "no")], NOW)
        session.add(Trouble(kind=TroubleKind.DISK, subject="", detail={}, began_at=NOW))
        record(session, None, FAILED, "account", 0, NOW)
    clock.move(seconds=90)
    found = figures(client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text)
    assert found["newsletter_scheduler_silent_seconds"] == 90
    assert found["newsletter_edition_overdue_seconds"] == 0
    assert found["newsletter_troubles disk"] == 1
    assert found["newsletter_job_failing deliver"] == 1
    assert found["newsletter_sign_in_failures"] == 1
    assert found["newsletter_bounce_ratio"] == 0.25
    assert found["newsletter_complaint_ratio"] == 0.25


def sent_to(address: str, mailing_id: int, letter_id: int) -> Delivery:
    times = {"created_at": NOW, "next_attempt_at": NOW, "give_up_at": NOW, "settled_at": NOW}
    return Delivery(
        mailing_id=mailing_id,
        letter_id=letter_id,
        address=address,
        domain="gemeente.example",
        state=DeliveryState.SENT,
        **times,
    )


def bounce(verdict: Verdict, delivery_id: int) -> Bounce:
    return Bounce(
        delivery_id=delivery_id,
        verdict=verdict,
        status="",
        reason="",
        source=Source.MESSAGE,
        at=NOW,
        headers="",
    )
