"""A lost password: the same answer for every address, a link that works once and not for long."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.budgets.models import BudgetUse
from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.links.tokens import ExpiredToken, Purpose
from newsletter_service.services import services
from newsletter_service.staff.choosing import service
from newsletter_service.staff.choosing.models import PasswordRequest
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from scheduled_jobs import answer_forms
from tests.conftest import NOW
from tests.factories import make_newsletter
from tests.staff_browser import make_staff

NETWORK = "192.0.2.0"


@pytest.fixture
def sam(session: Session) -> User:
    make_newsletter(session)
    user = make_staff(session, Role.COMMUNICATOR)
    session.commit()
    return user


def ask(session: Session, email: str, network: str = NETWORK) -> timedelta:
    waits = service.ask(session, services(), email, network, NOW)
    session.commit()
    return waits


def links(session: Session) -> list[str]:
    written = session.scalars(select(Letter.words).order_by(Letter.id)).all()
    return [words["action"]["url"] for words in written if words]


def test_who_asks_gets_a_link_for_an_hour_and_only_if_there_is_an_account(
    app: Flask, session: Session, sam: User
) -> None:
    for email in (sam.email, "niemand@noord.example"):
        assert ask(session, email) == timedelta()
    assert answer_forms.run() == "forms: 2 answered"
    (link,) = links(session)
    token = link.rpartition("/")[2]
    assert session.scalars(select(Delivery.address)).one() == sam.email
    holder = services().tokens.read(Purpose.LOST, token, NOW + timedelta(minutes=59))
    session.expire_all()
    assert holder.key == sam.link_key
    with pytest.raises(ExpiredToken):
        services().tokens.read(Purpose.LOST, token, NOW + timedelta(hours=1))


def test_asking_writes_as_much_for_every_address(session: Session, sam: User) -> None:
    found = []
    for number, email in enumerate((sam.email, "niemand@noord.example")):
        ask(session, email, f"192.0.{number}.0")
        found.append(
            (
                len(session.scalars(select(PasswordRequest)).all()),
                len(session.scalars(select(BudgetUse)).all()),
            )
        )
    assert found == [(1, 3), (2, 5)]


def test_a_mailbox_gets_as_many_as_of_other_forms_and_the_answer_stays_the_same(
    app: Flask, session: Session, sam: User
) -> None:
    for _time in range(5):
        assert ask(session, sam.email) == timedelta()
    answer_forms.run()
    assert len(links(session)) == 3
    assert session.scalars(select(PasswordRequest)).all() == []


def test_a_network_that_asks_and_asks_has_to_wait(session: Session, sam: User) -> None:
    waits = [ask(session, f"iemand{number}@noord.example") for number in range(40)]
    assert waits[0] == timedelta()
    assert waits[-1] > timedelta()


@pytest.mark.parametrize("closed", [True, False])
def test_a_closed_account_gets_no_link(app: Flask, session: Session, sam: User, closed: bool) -> None:
    sam.active = not closed
    session.commit()
    ask(session, sam.email)
    answer_forms.run()
    assert len(links(session)) == (0 if closed else 1)


def test_all_links_lead_nowhere_once_one_was_used(app: Flask, session: Session, sam: User) -> None:
    for _time in range(2):
        ask(session, sam.email)
    answer_forms.run()
    session.expire_all()
    holders = [services().tokens.read(Purpose.LOST, link.rpartition("/")[2], NOW) for link in links(session)]
    assert [service.behind(session, holder) for holder in holders] == [sam, sam]
    service.choose(session, services(), sam, "a hash", NOW)
    assert [service.behind(session, holder) for holder in holders] == [None, None]
