"""The second factor: each code once, also at the same time; and resetting it for somebody else."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.errors import NotAllowed
from newsletter_service.services import services
from newsletter_service.staff.access.models import StaffSession
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from newsletter_service.staff.second_factor import service
from newsletter_service.staff.second_factor.passkeys import NewKey, OldKey
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.conftest import NOW
from tests.factories import SUPPRESSION_KEY, make_newsletter
from tests.staff_browser import make_staff

CODES = ["aaaa-bbbb-cccc", "dddd-eeee-ffff"]
CHALLENGE = "een-vraag-van-tweeendertig-teken"


@pytest.fixture
def sam(session: Session) -> User:
    """Somebody with an app, a passkey and recovery codes."""
    make_newsletter(session)
    user = make_staff(session, Role.COMMUNICATOR)
    service.add_app(session, user, "a secret", 100, NOW)
    service.add_passkey(session, user, NewKey(b"id", b"key", 0), "telefoon", NOW)
    service.keep_codes(session, SUPPRESSION_KEY, user, CODES, NOW)
    session.commit()
    return user


def by_app(session: Session, user_id: int) -> bool:
    return service.use_app(session, user_id, "a secret", 101)


def by_code(session: Session, user_id: int) -> bool:
    return service.use_recovery_code(session, SUPPRESSION_KEY, user_id, "AAAA BBBB CCCC", NOW)


def by_passkey(session: Session, user_id: int) -> bool:
    return service.use_passkey(session, user_id, OldKey(b"id", b"key", 1), CHALLENGE, NOW)


@pytest.mark.parametrize("use", [by_app, by_code, by_passkey])
def test_of_two_at_the_same_time_with_one_code_one_gets_in(
    app: Flask, session: Session, sam: User, use: Callable[[Session, int], bool]
) -> None:
    user_id, both, got_in = sam.id, threading.Barrier(2), []
    session.commit()

    def come() -> None:
        with app.app_context(), Session(db.engine) as own:
            both.wait(PATIENCE_SECONDS)
            got_in.append(use(own, user_id))
            own.commit()

    threads = [threading.Thread(target=come) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert sorted(got_in) == [False, True]


def test_a_code_of_before_the_last_is_used_no_more(session: Session, sam: User) -> None:
    assert not service.use_app(session, sam.id, "a secret", 100)
    assert not service.use_app(session, sam.id, "another secret", 105)
    assert service.use_app(session, sam.id, "a secret", 105)


def test_recovery_codes_end_with_the_last_thing_they_are_for(session: Session, sam: User) -> None:
    service.remove_app(session, sam, NOW)
    assert service.codes_left(session, sam.id) == 2
    service.remove_passkey(session, sam, 1, NOW)
    assert (service.codes_left(session, sam.id), service.has_any(session, sam.id)) == (0, False)


def test_nobody_removes_the_passkey_of_somebody_else(session: Session, sam: User) -> None:
    other = make_staff(session, Role.ADMINISTRATOR, name="Ad Beheer")
    service.remove_passkey(session, other, 1, NOW)
    assert len(service.passkeys_of(session, sam.id)) == 1


def test_another_administrator_resets_and_all_are_told_who_did_it(session: Session, sam: User) -> None:
    bea = make_staff(session, Role.ADMINISTRATOR, name="Bea Beheer")
    make_staff(session, Role.ADMINISTRATOR, name="Cor Beheer")
    session.add(StaffSession(user=sam, key_hash="x", started_at=NOW))
    session.flush()
    service.reset(session, services().links, sam.id, bea, NOW)
    assert not service.has_any(session, sam.id)
    assert session.scalars(select(StaffSession)).all() == []
    told = session.execute(
        select(Delivery.address, Letter.words)
        .join(Letter, Letter.id == Delivery.letter_id)
        .order_by(Delivery.id)
    ).all()
    assert [address for address, _words in told] == [
        "bea.beheer@redactie.example",
        "cor.beheer@redactie.example",
        "sam.sanders@redactie.example",
    ]
    assert "Bea Beheer heeft de tweede stap van Sam Sanders" in told[1][1]["paragraphs"][0]
    assert "Bea Beheer heeft de tweede stap van uw account" in told[2][1]["paragraphs"][0]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_id, entry.subject_id) == ("account.second_factor_reset", bea.id, sam.id)


def test_nobody_resets_their_own(session: Session, sam: User) -> None:
    bea = make_staff(session, Role.ADMINISTRATOR, name="Bea Beheer")
    with pytest.raises(NotAllowed):
        service.reset(session, services().links, bea.id, bea, NOW)
    with pytest.raises(NotAllowed):
        service.reset(session, services().links, bea.id, sam, NOW)
