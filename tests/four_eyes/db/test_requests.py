"""What needs a second person waits for one: never for who asked, and for exactly what they saw."""

import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import SegmentDomain
from newsletter_service.db import db
from newsletter_service.delivery.models import Delivery
from newsletter_service.errors import NotAllowed
from newsletter_service.registry.four_eyes import service as acts
from newsletter_service.services import Services
from newsletter_service.staff.four_eyes import service
from newsletter_service.staff.four_eyes.models import ActRequest
from newsletter_service.staff.four_eyes.rules import GRANTED_FOR, OPEN_FOR, Act, RequestState
from newsletter_service.staff.four_eyes.service import NobodyElse, Overtaken
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.domains.service import what_changes
from newsletter_service.subscriptions.erasing.scrubbing import ERASED
from newsletter_service.subscriptions.lists import service as lists
from newsletter_service.subscriptions.lists.models import SubscriberList
from newsletter_service.subscriptions.lists.rules import ListState
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW
from tests.factories import make_newsletter, make_organisation, make_segment, make_subscriber
from tests.staff_browser import make_staff

WHAT = what_changes("politie", "politie.example", subdomains=True, listed=True)


@pytest.fixture
def mail_context(app: Flask) -> Services:
    parts: Services = app.extensions["newsletter"]
    return parts


@pytest.fixture
def one(session: Session) -> User:
    make_newsletter(session)
    make_organisation(session)
    make_segment(session)
    make_staff(session, Role.COMMUNICATOR, name="Cor Communicatie")
    return make_staff(session, Role.ADMINISTRATOR, name="Eén Beheer")


@pytest.fixture
def other(session: Session, one: User) -> User:
    return make_staff(session, Role.ADMINISTRATOR, name="Ander Beheer")


def need(session: Session, act: Act, by: User) -> None:
    service.set_needed(session, {act: True}, by, NOW)


def asked(session: Session, context: Services, by: User) -> ActRequest:
    need(session, Act.DOMAINS, by)
    request = service.ask_first(session, context.links, Act.DOMAINS, WHAT, by, NOW)
    assert request is not None
    session.commit()
    return request


def test_nothing_needs_a_second_person_until_that_is_set(
    session: Session, mail_context: Services, one: User
) -> None:
    assert service.ask_first(session, mail_context.links, Act.DOMAINS, WHAT, one, NOW) is None
    need(session, Act.DOMAINS, one)
    need(session, Act.DOMAINS, one)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "setting")).all()
    assert actions == ["setting.four_eyes_on"]


def test_a_colleague_with_the_role_is_mailed_and_does_it_by_accepting(
    session: Session, mail_context: Services, one: User, other: User
) -> None:
    request = asked(session, mail_context, one)
    assert session.scalars(select(Delivery.address)).all() == ["ander.beheer@redactie.example"]
    assert session.scalars(select(SegmentDomain)).all() == []
    acts.accept(session, mail_context, request.id, request.hash, other, NOW)
    session.commit()
    assert [row.domain for row in session.scalars(select(SegmentDomain))] == ["politie.example"]
    done = session.scalars(select(AuditEntry).where(AuditEntry.action.like("%domain_listed"))).one()
    accepted = session.scalars(select(AuditEntry).where(AuditEntry.action == "request.accept")).one()
    assert (done.actor_id, accepted.actor_id, accepted.detail["hash"]) == (one.id, other.id, request.hash)


def test_who_asked_never_accepts_nor_does_somebody_without_the_role(
    session: Session, mail_context: Services, one: User, other: User
) -> None:
    request = asked(session, mail_context, one)
    communicator = session.scalars(select(User).where(User.name == "Cor Communicatie")).one()
    for nobody in (one, communicator):
        with pytest.raises(NotAllowed):
            acts.accept(session, mail_context, request.id, request.hash, nobody, NOW)
        with pytest.raises(NotAllowed):
            service.decline(session, mail_context.links, request.id, nobody, NOW)
        assert not service.may_decide(request, nobody, NOW)
    assert service.may_decide(request, other, NOW)
    with pytest.raises(NotAllowed):
        service.withdraw(session, request.id, other, NOW)


def test_what_somebody_asked_who_may_not_do_it_any_more_is_not_accepted(
    session: Session, mail_context: Services, one: User, other: User
) -> None:
    request = asked(session, mail_context, one)
    one.active = False
    session.commit()
    with pytest.raises(Overtaken):
        acts.accept(session, mail_context, request.id, request.hash, other, NOW)
    one.active, one.roles = True, []
    session.commit()
    with pytest.raises(Overtaken):
        acts.accept(session, mail_context, request.id, request.hash, other, NOW)
    assert session.scalars(select(SegmentDomain)).all() == []


def test_what_was_declined_taken_back_or_is_too_old_is_not_accepted_any_more(
    session: Session, mail_context: Services, one: User, other: User
) -> None:
    request = asked(session, mail_context, one)
    with pytest.raises(Overtaken):
        acts.accept(session, mail_context, request.id, "0" * 64, other, NOW)
    with pytest.raises(Overtaken):
        acts.accept(session, mail_context, request.id, request.hash, other, NOW + OPEN_FOR)
    service.withdraw(session, request.id, one, NOW)
    with pytest.raises(Overtaken):
        acts.accept(session, mail_context, request.id, request.hash, other, NOW)
    again = service.ask(session, mail_context.links, Act.DOMAINS, WHAT, one, NOW)
    service.decline(session, mail_context.links, again.id, other, NOW)
    with pytest.raises(Overtaken):
        acts.accept(session, mail_context, again.id, again.hash, other, NOW)
    assert session.scalars(select(SegmentDomain)).all() == []


def test_asking_the_same_twice_is_one_request_and_one_mail(
    session: Session, mail_context: Services, one: User, other: User
) -> None:
    first = asked(session, mail_context, one)
    assert asked(session, mail_context, one).id == first.id
    assert len(session.scalars(select(Delivery)).all()) == 1
    assert other.id not in {row.asked_by_id for row in service.open_requests(session, NOW)}


def test_two_who_ask_for_the_same_have_a_request_each_and_may_accept_the_other_s(
    session: Session, mail_context: Services, one: User, other: User
) -> None:
    first, second = asked(session, mail_context, one), asked(session, mail_context, other)
    assert (first.asked_by_id, second.asked_by_id) == (one.id, other.id)
    assert service.may_decide(first, other, NOW)
    assert service.may_decide(second, one, NOW)
    assert not service.may_decide(second, other, NOW)


def test_where_nobody_else_could_accept_that_is_said_instead(
    session: Session, mail_context: Services, one: User
) -> None:
    need(session, Act.DOMAINS, one)
    with pytest.raises(NobodyElse):
        service.ask_first(session, mail_context.links, Act.DOMAINS, WHAT, one, NOW)


def test_erasing_is_bound_to_the_person_and_done_in_the_name_of_who_asked(
    session: Session, mail_context: Services, one: User
) -> None:
    head = make_staff(session, Role.HEAD, organisation="noord", name="Noor Noord")
    communicator = session.scalars(select(User).where(User.name == "Cor Communicatie")).one()
    anna = make_subscriber(session, "anna@gemeente.example", name="Anna", now=NOW)
    assert not acts.is_second_today(session, head, NOW)
    need(session, Act.ERASE, one)
    what = acts.what_is_erased(anna, "Brief van Anna, anna@gemeente.example")
    assert what["reason"] == "Brief van …, …"
    request = service.ask(session, mail_context.links, Act.ERASE, what, head, NOW)
    assert acts.is_second_today(session, head, NOW)
    acts.accept(session, mail_context, request.id, request.hash, communicator, NOW)
    session.commit()
    assert session.scalars(select(Subscriber)).all() == []
    erased = session.scalars(select(AuditEntry).where(AuditEntry.action == "subscriber.erase")).one()
    assert erased.actor_id == head.id
    assert acts.is_second_today(session, head, NOW)
    assert not acts.is_second_today(session, head, NOW + timedelta(days=2))
    gone = service.ask(session, mail_context.links, Act.ERASE, what, head, NOW)
    with pytest.raises(Overtaken):
        acts.accept(session, mail_context, gone.id, gone.hash, communicator, NOW)


def test_what_was_accepted_for_somebody_to_do_is_done_once_and_within_a_day(
    session: Session, mail_context: Services, one: User
) -> None:
    head = make_staff(session, Role.HEAD, organisation="noord", name="Noor Noord")
    communicator = session.scalars(select(User).where(User.name == "Cor Communicatie")).one()
    need(session, Act.EXPORT, one)
    for late in (timedelta(), GRANTED_FOR):
        request = service.ask(session, mail_context.links, Act.EXPORT, {}, head, NOW)
        acts.accept(session, mail_context, request.id, request.hash, communicator, NOW)
        assert not service.use_grant(session, Act.EXPORT, communicator, NOW)
        assert service.use_grant(session, Act.EXPORT, head, NOW + late) is not bool(late)
        assert not service.use_grant(session, Act.EXPORT, head, NOW + late)
        assert request.state is (RequestState.ACCEPTED if late else RequestState.USED)


def test_a_list_is_taken_in_as_it_was_checked_when_that_was_asked(
    session: Session, mail_context: Services, one: User
) -> None:
    head = make_staff(session, Role.HEAD, organisation="noord", name="Noor Noord")
    communicator = session.scalars(select(User).where(User.name == "Cor Communicatie")).one()
    handed_in = SubscriberList(
        key="k", file_name="lezers.csv", by_id=head.id, handed_in_at=NOW, state=ListState.CHECKED,
        outcome={"added": 3},
    )  # fmt: skip
    session.add(handed_in)
    session.flush()
    need(session, Act.IMPORT, one)
    what = lists.what_is_taken_in(session, handed_in.id)
    assert what is not None
    request = service.ask(session, mail_context.links, Act.IMPORT, what, head, NOW)
    handed_in.outcome = {"added": 400}
    session.flush()
    with pytest.raises(Overtaken):
        acts.accept(session, mail_context, request.id, request.hash, communicator, NOW)
    handed_in.outcome = {"added": 3}
    session.flush()
    acts.accept(session, mail_context, request.id, request.hash, communicator, NOW)
    assert (handed_in.state, handed_in.by_id) == (ListState.APPROVED, head.id)


def test_of_two_readers_whom_one_person_erases_at_the_same_moment_one_is_the_second(
    app: Flask, session: Session, one: User
) -> None:
    number, found = one.id, list[bool]()
    session.commit()

    def erase(own: Session) -> None:
        me = own.get_one(User, number)
        found.append(acts.is_second_today(own, me, NOW + timedelta(seconds=1)))
        record(own, me, ERASED, "subscriber", 0, NOW)

    def beside() -> None:
        with app.app_context(), Session(db.engine) as own, own.begin():
            erase(own)

    with Session(db.engine) as own, own.begin():
        erase(own)
        other = threading.Thread(target=beside)
        other.start()
        time.sleep(0.2)
    other.join()
    assert found == [False, True]
