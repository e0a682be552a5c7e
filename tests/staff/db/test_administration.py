"""What administrators do to accounts; never is there nobody left who can."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery.models import Letter
from newsletter_service.errors import Conflict, Invalid, NotAllowed
from newsletter_service.services import services
from newsletter_service.staff.access.models import StaffSession
from newsletter_service.staff.accounts import service
from newsletter_service.staff.accounts.making import NewUser
from newsletter_service.staff.accounts.rules import AccountState
from newsletter_service.staff.accounts.service import Change, LastAdministrator
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.conftest import NOW
from tests.factories import make_newsletter, make_organisation
from tests.staff_browser import make_staff

INVITED = NewUser("nieuw@noord.example", "Nienke Nieuw", None, [Role.HEAD], "noord")


@pytest.fixture
def bea(session: Session) -> User:
    """An administrator; there is a newsletter and an organisation."""
    make_newsletter(session)
    make_organisation(session)
    return make_staff(session, Role.ADMINISTRATOR, name="Bea Beheer")


def entries(session: Session, action: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def administrators(session: Session) -> list[str]:
    session.expire_all()
    return [
        user.name
        for user in service.everybody(session)
        if user.active and Role.ADMINISTRATOR in {row.name for row in user.roles}
    ]


def test_who_is_invited_gets_a_mail_with_a_link_and_cannot_sign_in_before(
    session: Session, bea: User
) -> None:
    user = service.invite(session, services().links, INVITED, bea, NOW)
    assert service.standing(user) is AccountState.INVITED
    words = session.scalars(select(Letter.words)).one()
    assert words is not None
    assert "Bea Beheer nodigt u uit" in words["paragraphs"][0]
    assert words["action"]["url"].startswith("https://nieuwsbrief.example/redactie/uitnodiging/")
    (entry,) = entries(session, "account.invite")
    assert (entry.actor_id, entry.subject_id, entry.detail["roles"]) == (bea.id, user.id, ["head"])
    assert "nieuw@" not in str(entry.detail)


def test_an_address_is_invited_once_and_again_only_while_its_owner_did_not_answer(
    session: Session, bea: User
) -> None:
    user = service.invite(session, services().links, INVITED, bea, NOW)
    with pytest.raises(Conflict):
        service.invite(session, services().links, INVITED, bea, NOW)
    first = user.link_key
    service.invite_again(session, services().links, user.id, bea, NOW)
    assert user.link_key == first
    user.password = "something"
    with pytest.raises(Conflict):
        service.invite_again(session, services().links, user.id, bea, NOW)


def test_a_change_is_written_down_with_before_and_after(session: Session, bea: User) -> None:
    user = make_staff(session, Role.COMMUNICATOR)
    service.change(session, user.id, Change(user.name, [Role.HEAD], 1), bea, NOW)
    (entry,) = entries(session, "account.change")
    assert entry.detail == {
        "changed": ["organisation_id", "roles"],
        "organisation_id": [None, 1],
        "roles": [["communicator"], ["head"]],
    }
    service.change(session, user.id, Change(user.name, [Role.HEAD], 1), bea, NOW)
    assert len(entries(session, "account.change")) == 1


def test_a_head_needs_an_organisation(session: Session, bea: User) -> None:
    user = make_staff(session, Role.COMMUNICATOR)
    with pytest.raises(Invalid):
        service.change(session, user.id, Change(user.name, [Role.HEAD], None), bea, NOW)


def test_closing_ends_all_sessions_and_opening_lets_in_again(session: Session, bea: User) -> None:
    user = make_staff(session, Role.COMMUNICATOR)
    session.add(StaffSession(user=user, key_hash="x", started_at=NOW))
    session.flush()
    service.close(session, user.id, bea, NOW)
    assert service.standing(user) is AccountState.CLOSED
    assert session.scalars(select(StaffSession)).all() == []
    service.reopen(session, services().links, user.id, bea, NOW)
    assert service.standing(user) is AccountState.OPEN
    assert [len(entries(session, f"account.{act}")) for act in ("close", "reopen")] == [1, 1]


def test_the_last_administrator_is_neither_closed_nor_demoted(session: Session, bea: User) -> None:
    with pytest.raises(LastAdministrator):
        service.close(session, bea.id, bea, NOW)
    with pytest.raises(LastAdministrator):
        service.change(session, bea.id, Change(bea.name, [Role.COMMUNICATOR], None), bea, NOW)
    with pytest.raises(LastAdministrator):
        service.close(session, bea.id, None, NOW)


def test_an_administrator_who_is_only_invited_or_closed_is_no_other(session: Session, bea: User) -> None:
    new = NewUser("tweede@noord.example", "Tweede", None, [Role.ADMINISTRATOR])
    invited = service.invite(session, services().links, new, bea, NOW)
    with pytest.raises(LastAdministrator):
        service.close(session, bea.id, bea, NOW)
    invited.password = "something"
    session.flush()
    service.close(session, bea.id, bea, NOW)
    with pytest.raises(LastAdministrator):
        service.close(session, invited.id, None, NOW)


def test_who_is_no_administrator_any_more_changes_nothing(session: Session, bea: User) -> None:
    other = make_staff(session, Role.ADMINISTRATOR)
    service.change(session, other.id, Change(other.name, [Role.COMMUNICATOR], None), bea, NOW)
    with pytest.raises(NotAllowed):
        service.close(session, bea.id, other, NOW)


def _demote(session: Session, user_id: int, by: User) -> object:
    return service.change(session, user_id, Change("Iemand", [Role.COMMUNICATOR], None), by, NOW)


def _close(session: Session, user_id: int, by: User) -> object:
    return service.close(session, user_id, by, NOW)


@pytest.mark.parametrize(("first", "second"), [(_close, _close), (_demote, _demote), (_close, _demote)])
@pytest.mark.parametrize("themselves", [False, True])
def test_two_administrators_at_the_same_time_do_not_leave_none(
    app: Flask,
    session: Session,
    bea: User,
    first: Callable[[Session, int, User], object],
    second: Callable[[Session, int, User], object],
    themselves: bool,
) -> None:
    """Each acts on the other, or each on themselves: one of both comes too late."""
    ids = [bea.id, make_staff(session, Role.ADMINISTRATOR).id]
    session.commit()
    both, refused = threading.Barrier(2), []

    def act(by_id: int, whom: int, how: Callable[[Session, int, User], object]) -> None:
        with app.app_context(), Session(db.engine) as own:
            both.wait(PATIENCE_SECONDS)
            by = own.get_one(User, by_id)
            try:
                how(own, whom, by)
                own.commit()
            except (LastAdministrator, NotAllowed) as error:
                refused.append(type(error))

    whom = ids if themselves else ids[::-1]
    threads = [
        threading.Thread(target=act, args=each) for each in zip(ids, whom, (first, second), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert len(refused) == 1
    assert len(administrators(session)) == 1
