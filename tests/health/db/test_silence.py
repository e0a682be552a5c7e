"""A process beside the scheduler sees that it is silent, and tells administrators itself: one mail each."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.health import service
from newsletter_service.health.models import JobRun, Trouble
from newsletter_service.health.rules import TroubleKind
from newsletter_service.health.service import Noted
from newsletter_service.health.watching import SilenceWatch
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from tests.conftest import CLOSED_PORT, NOW, Clock
from tests.factories import make_newsletter
from tests.smtp_server import RecordingServer
from tests.staff_browser import make_staff

PAGE = "https://nieuwsbrief.example/redactie/toestand"


@pytest.fixture
def config(app: Flask, session: Session, smtp: RecordingServer) -> DeliveryConfig:
    """What a process has to watch with; a scheduler has just spoken."""
    make_newsletter(session)
    make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer")
    make_staff(session, Role.ADMINISTRATOR, name="Ad Beheer")
    service.note_runs(session, [Noted("deliver", 1, NOW, NOW, None, "")], NOW)
    session.commit()
    config: DeliveryConfig = app.extensions["newsletter"].delivery
    return config


def look(watch: SilenceWatch, clock: Clock, *, minutes: float) -> None:
    """Let it look every half minute, for so long."""
    for _ in range(int(2 * minutes)):
        clock.move(seconds=30)
        watch.look()


def test_of_a_scheduler_that_speaks_nothing_is_said(
    config: DeliveryConfig, session: Session, clock: Clock, smtp: RecordingServer
) -> None:
    watch = SilenceWatch(config, PAGE)
    for _ in range(20):
        look(watch, clock, minutes=1.5)
        service.note_runs(session, [Noted("deliver", 1, clock.now, clock.now, None, "")], clock.now)
        session.commit()
    assert smtp.received == []
    assert session.scalars(select(Trouble)).all() == []


def test_each_administrator_hears_of_silence_once_however_many_processes_see_it(
    config: DeliveryConfig, session: Session, clock: Clock, smtp: RecordingServer
) -> None:
    watches = [SilenceWatch(config, PAGE) for _ in range(3)]
    for _ in range(20):
        clock.move(seconds=30)
        for watch in watches:
            watch.look()
    assert sorted(one.recipient for one in smtp.received) == [
        "ad.beheer@redactie.example",
        "bo.beheer@redactie.example",
    ]
    message = smtp.received[0].message
    assert message["Subject"] == "De planner werkt niet"
    assert PAGE in smtp.received[0].content.decode().replace("=\r\n", "")
    (trouble,) = service.open_troubles(session)
    assert (trouble.kind, trouble.told_at is not None) == (TroubleKind.SCHEDULER_SILENT, True)
    assert session.scalars(select(AuditEntry.action)).all() == ["health.trouble_told"]
    assert session.scalars(select(Delivery)).all() == []


def test_a_scheduler_that_was_never_started_is_missed_too(
    config: DeliveryConfig, session: Session, clock: Clock, smtp: RecordingServer
) -> None:
    session.delete(session.get_one(JobRun, "deliver"))
    session.commit()
    watch = SilenceWatch(config, PAGE)
    look(watch, clock, minutes=2)
    assert smtp.received == []
    look(watch, clock, minutes=1)
    assert len(smtp.received) == 2


def test_where_the_server_is_away_it_is_told_when_that_is_back(
    config: DeliveryConfig, session: Session, clock: Clock, smtp: RecordingServer
) -> None:
    away = SilenceWatch(replace(config, server=replace(config.server, port=CLOSED_PORT)), PAGE)
    look(away, clock, minutes=10)
    assert smtp.received == []
    (trouble,) = service.open_troubles(session)
    assert trouble.told_at is None
    session.rollback()
    watch = SilenceWatch(config, PAGE)
    look(watch, clock, minutes=5)
    assert len(smtp.received) == 2


def test_a_machine_that_slept_is_not_taken_for_one_whose_scheduler_did(
    config: DeliveryConfig, session: Session, clock: Clock, smtp: RecordingServer
) -> None:
    watch = SilenceWatch(config, PAGE)
    look(watch, clock, minutes=1)
    clock.move(hours=9)
    service.note_runs(session, [Noted("deliver", 1, clock.now, clock.now, None, "")], clock.now)
    session.commit()
    look(watch, clock, minutes=1)
    assert smtp.received == []


def test_the_first_look_after_a_long_sleep_is_not_believed(
    config: DeliveryConfig, session: Session, clock: Clock, smtp: RecordingServer
) -> None:
    watch = SilenceWatch(config, PAGE)
    clock.move(hours=9)
    watch.look()
    assert session.scalars(select(Trouble)).all() == []
    session.rollback()
    assert clock.now - NOW > timedelta(hours=8)


def test_whatever_goes_wrong_at_one_look_it_looks_again_and_the_log_says_so_once(
    config: DeliveryConfig, clock: Clock, smtp: RecordingServer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = False

    def odd_clock() -> datetime:
        if broken:
            raise ArithmeticError("no such hour")
        return clock()

    watch = SilenceWatch(replace(config, clock=odd_clock), PAGE)
    clock.move(minutes=4)
    watch.look()
    broken = True
    look(watch, clock, minutes=2)
    assert caplog.text.count("ArithmeticError: no such hour") == 1
    broken = False
    watch.look()
    assert len(smtp.received) == 2
