"""The disk is full while a list comes in: nobody came in, it is said in one sentence, and the next try takes in all."""

import errno
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from newsletter_service.db import db, unit_of_work
from newsletter_service.services import services
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.importing.rules import Answers, Proof
from newsletter_service.subscriptions.lists import service
from newsletter_service.subscriptions.lists.folder import Folder, new_folder_key
from newsletter_service.subscriptions.lists.models import SubscriberList
from newsletter_service.subscriptions.lists.rules import ListState
from newsletter_service.subscriptions.models import Subscriber
from scheduled_jobs import take_in_lists
from tests.conftest import NOW
from tests.full_disk import DEVICE, no_room_for
from tests.staff_browser import StaffBrowser, make_staff
from tests.workbooks import save_workbook

READERS = 600
TABLE = "\n".join(["email;naam", *(f"lezer{n}@b.example;Lezer {n}" for n in range(READERS))])
FULL = "De schijf van de server is vol. Er is niets ingelezen"


@pytest.fixture(autouse=True)
def _samira(session: Session, newsletter: None) -> None:
    make_staff(session, Role.COMMUNICATOR, name="Samira Haddad")
    session.commit()


@pytest.fixture
def in_core(core: Flask) -> Iterator[None]:
    with core.app_context():
        yield


def handed_in(file: bytes = TABLE.encode()) -> Folder:
    folder = Folder(services().instance_dir, new_folder_key())
    folder.keep_upload(BytesIO(file))
    with unit_of_work() as session:
        service.hand_in(session, folder.key, "lezers.csv", session.scalars(select(User)).one(), NOW)
    return folder


def approved() -> Folder:
    """A list that waits to be taken in."""
    folder = handed_in()
    take_in_lists.run()
    with unit_of_work() as session:
        service.answer(session, 1, ["address", "name"], Answers(Proof("vakje")))
    take_in_lists.run()
    with unit_of_work() as session:
        service.approve(session, 1, session.scalars(select(User)).one(), NOW)
    return folder


def long_ago(note: Path) -> None:
    """The job looks again after a minute."""
    os.utime(note, (0, 0))


def readers(session: Session) -> int:
    with session.begin():
        return session.scalar(select(func.count()).select_from(Subscriber)) or 0


def standing(session: Session) -> tuple[ListState, int]:
    with session.begin():
        one = session.scalars(select(SubscriberList)).one()
        return one.state, one.tries


def test_a_database_without_room_takes_in_nobody_and_the_next_try_takes_in_all(
    app: Flask, session: Session, in_core: None
) -> None:
    folder = approved()
    samira = StaffBrowser(app.test_client(), "samira.haddad@redactie.example")
    with no_room_for(db.engine, "subscriber"):
        assert take_in_lists.run() == "list 1 waits: the disk is full"
        assert take_in_lists.run() == ""
    assert readers(session) == 0
    assert standing(session) == (ListState.APPROVED, 0)
    assert FULL in samira.get("/redactie/lezers/lijsten/1").text
    long_ago(folder.path / "full-disk")
    assert take_in_lists.run() == "took in list 1"
    assert readers(session) == READERS
    assert [one.name for one in folder.path.iterdir()] == ["report.jsonl"]


def test_where_the_report_has_no_room_nobody_comes_in_either(session: Session, in_core: None) -> None:
    folder = approved()
    report = folder.path / "report.new"
    report.symlink_to(DEVICE)
    assert take_in_lists.run() == "list 1 waits: the disk is full"
    assert readers(session) == 0
    report.unlink()
    long_ago(folder.path / "full-disk")
    assert take_in_lists.run() == "took in list 1"
    assert len([*folder.report()]) == READERS


def test_a_workbook_whose_text_has_no_room_is_read_later_and_not_called_damaged(
    session: Session, in_core: None, tmp_path: Path
) -> None:
    save_workbook(tmp_path / "a.xlsx", {"Lezers": [["email"], ["anna@b.example"]]})
    folder = handed_in((tmp_path / "a.xlsx").read_bytes())
    text = folder.path / "table.csv.new"
    text.symlink_to(DEVICE)
    assert take_in_lists.run() == "list 1 waits: the disk is full"
    assert standing(session) == (ListState.HANDED_IN, 0)
    text.unlink(missing_ok=True)
    long_ago(folder.path / "full-disk")
    assert take_in_lists.run() == "looked at list 1"


def test_of_an_upload_that_does_not_fit_nothing_is_kept(in_core: None, tmp_path: Path) -> None:
    folder = Folder(tmp_path, "abc")
    folder.path.mkdir(parents=True)
    (folder.path / "upload").symlink_to(DEVICE)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        folder.keep_upload(BytesIO(TABLE.encode()))
    assert not folder.path.exists()


def test_who_hands_a_list_in_is_told_that_the_disk_is_full(app: Flask, in_core: None) -> None:
    samira = StaffBrowser(app.test_client(), "samira.haddad@redactie.example")
    with app.app_context():
        engine = db.engine
    with no_room_for(engine, "subscriber_list"):
        answers = (hand_in(samira) for _time in range(100))  # in what room SQLite still has some fit
        answer = next(one for one in answers if one.status_code != 303)
    assert answer.status_code == 507
    assert "De schijf van de server is vol" in answer.text


def hand_in(who: StaffBrowser) -> TestResponse:
    return who.post("/redactie/lezers/lijsten", file=(BytesIO(b"email\nanna@b.example"), "lezers.csv"))
