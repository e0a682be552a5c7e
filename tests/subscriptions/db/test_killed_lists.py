"""A process that takes a list in is killed on the way: nobody came in, and the next one takes in everybody."""

import multiprocessing
from io import BytesIO

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.core import create_core
from newsletter_service.db import unit_of_work
from newsletter_service.services import services
from newsletter_service.settings import Settings
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.importing.rules import Answers, Proof
from newsletter_service.subscriptions.lists import service
from newsletter_service.subscriptions.lists.folder import Folder, new_folder_key
from newsletter_service.subscriptions.models import Subscriber
from scheduled_jobs import take_in_lists
from tests.chaos.waiting import PATIENCE_SECONDS, until
from tests.conftest import NOW
from tests.staff_browser import make_staff

READERS = 20_000


def take_in(settings: Settings) -> None:
    """What the scheduler does, in a process of its own."""
    core = create_core(settings, lambda: NOW)
    with core.app_context():
        take_in_lists.run()


def approved_list(core: Flask) -> Folder:
    """A list that waits to be taken in."""
    text = "\n".join(["email;naam", *(f"lezer{n}@b.example;Lezer {n}" for n in range(READERS))])
    with core.app_context():
        folder = Folder(services().instance_dir, new_folder_key())
        folder.keep_upload(BytesIO(text.encode()))
        with unit_of_work() as session:
            sam = session.scalars(select(User)).one()
            number = service.hand_in(session, folder.key, "lezers.csv", sam, NOW).id
        take_in_lists.run()
        with unit_of_work() as session:
            service.answer(session, number, ["address", "name"], Answers(Proof("vakje")))
        take_in_lists.run()
        with unit_of_work() as session:
            service.approve(session, number, session.scalars(select(User)).one(), NOW)
    return folder


def test_who_is_killed_while_taking_in_leaves_nobody_and_the_next_takes_in_all(
    core: Flask, settings: Settings, session: Session, newsletter: None
) -> None:
    make_staff(session, Role.COMMUNICATOR, name="Samira Haddad")
    session.commit()
    folder = approved_list(core)
    process = multiprocessing.get_context("spawn").Process(target=take_in, args=(settings,))
    process.start()
    until(lambda: folder.progress()[0] > READERS and folder.progress()[1] == 2 * READERS)
    process.kill()
    process.join(PATIENCE_SECONDS)
    count = select(func.count()).select_from(Subscriber)
    assert session.scalar(count) == 0
    session.rollback()
    with core.app_context():
        assert take_in_lists.run() == "took in list 1"
    assert session.scalar(count) == READERS
    assert [one.name for one in folder.path.iterdir()] == ["report.jsonl"]
