"""Two presses of one form at the same moment."""

import threading

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.staff.models import UsedForm, User
from newsletter_service.staff.rules import Role
from newsletter_service.staff.used_forms import made_before, note_made
from tests.conftest import NOW
from tests.staff_browser import make_staff

KEY = "een-sleutel-van-een-formulier"


def test_of_two_presses_at_once_the_second_learns_what_the_first_made(app: Flask, session: Session) -> None:
    user_id = make_staff(session, Role.COMMUNICATOR).id
    session.commit()
    first_looked, learned = threading.Event(), []

    def second() -> None:
        first_looked.wait()
        with app.app_context(), Session(db.engine) as mine:
            learned.append(made_before(mine, mine.get_one(User, user_id), KEY))

    thread = threading.Thread(target=second)
    thread.start()
    user = session.get_one(User, user_id)
    assert made_before(session, user, KEY) is None
    first_looked.set()
    thread.join(timeout=0.2)
    note_made(session, user, KEY, 7, NOW)
    session.commit()
    thread.join()
    assert learned == [7]


def test_a_key_is_good_for_one_person_only(session: Session) -> None:
    one = make_staff(session, Role.COMMUNICATOR, name="Ada Arends")
    other = make_staff(session, Role.COMMUNICATOR, name="Bo Bakker")
    note_made(session, one, KEY, 7, NOW)
    assert (made_before(session, one, KEY), made_before(session, other, KEY)) == (7, None)
    note_made(session, one, "", 8, NOW)
    assert session.scalars(select(UsedForm.made)).all() == [7]
