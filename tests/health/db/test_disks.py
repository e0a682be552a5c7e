"""Each machine sees its own disk run full: administrators hear of it once, by its name, and once when it is over."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery.models import Letter
from newsletter_service.health import service
from newsletter_service.health.disks import DiskWatch, disk_watch
from newsletter_service.health.rules import Disk, TroubleKind
from newsletter_service.staff.rules import Role
from scheduled_jobs.watch_health import Watch
from tests.conftest import NOW, Clock
from tests.set_up import set_up_region
from tests.smtp_server import RecordingServer
from tests.staff_browser import make_staff

Stored = Callable[[], AbstractContextManager[Session]]
PAGE = "https://nieuwsbrief.example/redactie/toestand"
GB = 1024**3


class Machine:
    """One whose disk is as full as it is said to be, with as many processes as one likes."""

    def __init__(self, app: Flask, name: str) -> None:
        with app.app_context():
            self._engine = db.engine
        self.name, self.free = name, 50 * GB

    def look(self, clock: Clock, *, processes: int = 2) -> str:
        for _ in range(processes - 1):
            self._watch().look(clock.now)
        return self._watch().look(clock.now)

    def _watch(self) -> DiskWatch:
        return DiskWatch(self._engine, lambda: [Disk(self.free, 100 * GB)], PAGE, self.name)


@pytest.fixture(autouse=True)
def administrator(stored: Stored) -> None:
    with stored() as session:
        set_up_region(session, NOW)
        make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer")


def subjects(stored: Stored) -> list[str]:
    with stored() as session:
        return list(session.scalars(select(Letter.subject).order_by(Letter.id)))


def test_it_is_told_once_for_each_machine_and_once_when_it_is_over(
    app: Flask, stored: Stored, clock: Clock
) -> None:
    one, other = Machine(app, "web1.example"), Machine(app, "web2.example")
    assert one.look(clock) == ""
    one.free = other.free = GB - 1
    for _ in range(100):
        clock.move(seconds=30)
        one.look(clock)
        other.look(clock)
    assert subjects(stored) == [f"Een schijf van web{number}.example is bijna vol" for number in (1, 2)]
    one.free = GB + 1  # not yet enough to be believed
    assert one.look(clock) == ""
    one.free = 2 * GB
    assert one.look(clock, processes=1) == "over: disk web1.example"
    assert subjects(stored)[2:] == ["Voorbij: Een schijf van web1.example is bijna vol"]
    with stored() as session:
        (left,) = service.open_troubles(session)
        assert (left.subject, left.detail["megabytes"]) == ("web2.example", 1023)


def test_the_scheduler_does_not_end_what_another_machine_says_until_that_is_gone_for_a_week(
    app: Flask, stored: Stored, clock: Clock, smtp: RecordingServer
) -> None:
    other = Machine(app, "web2.example")
    other.free = GB // 2
    other.look(clock)
    clock.move(days=6)
    with app.app_context():
        assert "disk" not in Watch().run()
    clock.move(days=2)
    with app.app_context():
        Watch().run()
    with stored() as session:
        assert TroubleKind.DISK not in {one.kind for one in service.open_troubles(session)}
    assert not any(subject.startswith("Voorbij") for subject in subjects(stored))


def test_what_is_looked_at_is_the_disk_of_the_data(app: Flask, tmp_path: Path, clock: Clock) -> None:
    with app.app_context():
        watch = disk_watch(db.engine, tmp_path, PAGE)
        size = shutil.disk_usage(tmp_path).total
        assert {disk.size for disk in watch.disks()} == {size}
        assert len(watch.disks()) == (2 if db.engine.dialect.name == "sqlite" else 1)
