"""Changes of address: both are asked, and what the reader is to us stays."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.delivery.models import Delivery, Suppression
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.suppressions import is_suppressed
from newsletter_service.links.tokens import Holder
from newsletter_service.links.urls import ANSWER_CHANGE_WITHIN
from newsletter_service.services import Services
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions import service as subscriptions
from newsletter_service.subscriptions.address_changes import service
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.address_changes.rules import OBJECT_WITHIN
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import DormantCheck, Subscriber
from newsletter_service.subscriptions.on_behalf.service import erase_address
from newsletter_service.subscriptions.renewing import service as renewing
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.signing_up import service as signing_up
from tests.bounces.db.conftest import make_delivery
from tests.conftest import NOW
from tests.factories import (
    SUPPRESSION_KEY,
    make_segment,
    make_subscriber,
    make_suppression,
    make_topic,
)
from tests.staff_browser import make_staff

OLD, NEW = "anna@gemeente.example", "anna@politie.example"
LATER = NOW + timedelta(hours=1)


@dataclass
class Change:
    """A change that was asked for, with what it is done by."""

    session: Session
    mail_context: Services
    reader: Subscriber

    @property
    def row(self) -> AddressChange | None:
        return service.change_of(self.session, self.reader)

    def ask(self, new: str = NEW, staff_id: int | None = None) -> bool:
        return service.ask(self.session, self.mail_context, self.reader, Address(new), NOW, staff_id)

    def new_agrees(self) -> bool:
        assert self.row is not None
        return service.agree_at_new(self.session, self.mail_context, self.row, LATER)

    def old_agrees(self) -> bool:
        assert self.row is not None
        return service.agree_at_old(self.session, self.mail_context, self.row, LATER)


@pytest.fixture
def mayors(session: Session) -> Segment:
    make_segment(session, "politie", domains=("politie.example",))
    return make_segment(session, "burgemeesters")


@pytest.fixture
def change(session: Session, mail_context: Services, mayors: Segment) -> Change:
    reader = make_subscriber(
        session,
        OLD,
        now=NOW,
        name="Anna",
        segments=(mayors,),
        approved=(mayors,),
        topics=(make_topic(session, "haven"),),
    )
    session.expire_all()
    return Change(session, mail_context, reader)


def written_to(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(Delivery).where(Delivery.mailing_id.is_(None)).order_by(Delivery.id))
    return [(row.address, row.letter.subject) for row in rows]


def steps(session: Session, address: str) -> list[str]:
    mine = Consent.address_hmac == address_hmac(address, SUPPRESSION_KEY)
    return list(session.scalars(select(Consent.step).where(mine).order_by(Consent.id)))


def test_both_addresses_are_asked_and_neither_letter_holds_what_was_typed(
    session: Session, change: Change
) -> None:
    assert change.ask()
    assert written_to(session) == [
        (NEW, "Bevestig uw nieuwe e-mailadres voor Veilig Verbonden"),
        (OLD, "Klopt uw nieuwe e-mailadres voor Veilig Verbonden?"),
    ]
    rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
    for row in rows:
        assert "anna" not in str(row.letter.words)
        assert "politie.example" not in str(row.letter.words)
    assert [row.subscriber_key for row in rows] == [None, change.reader.link_key]
    assert change.reader.address == OLD


@pytest.mark.parametrize("new_first", [True, False])
def test_once_both_agree_the_reader_moves_with_name_choices_and_consent(
    session: Session, change: Change, new_first: bool
) -> None:
    reader, number, key = change.reader, change.reader.id, change.reader.link_key
    change.ask()
    first, second = (
        (change.new_agrees, change.old_agrees) if new_first else (change.old_agrees, change.new_agrees)
    )
    assert not first()
    assert reader.address == OLD
    assert second()
    assert (reader.id, reader.address, reader.domain) == (number, NEW, "politie.example")
    assert reader.address_hmac == address_hmac(NEW, SUPPRESSION_KEY)
    assert (reader.name, reader.status, reader.confirmed_at) == ("Anna", "active", NOW)
    assert [topic.slug for topic in reader.topics] == ["haven"]
    assert reader.search == "anna anna@politie.example"
    assert reader.link_key != key, "links in the old mailbox must not work any more"
    assert change.row is None
    assert steps(session, NEW)[0] == "moved"
    assert "moved" in steps(session, OLD)


def test_what_a_person_verified_waits_again_and_the_new_domain_proves_what_it_proves(
    session: Session, change: Change, mayors: Segment
) -> None:
    police = session.scalars(select(Segment).where(Segment.slug == "politie")).one()
    subscriptions.change_preferences(
        session, change.reader, Choices("Anna", "nl", frozenset({mayors.id, police.id}), frozenset()), NOW
    )
    change.ask()
    change.new_agrees()
    change.old_agrees()
    states = {one.segment.slug: one.state for one in change.reader.memberships}
    assert states == {"burgemeesters": "waiting", "politie": "verified"}
    assert session.scalars(select(DormantCheck)).all() == []
    details = session.scalars(select(Consent.detail).where(Consent.step == "reopened")).all()
    assert details == [{"segment": "burgemeesters"}]


def test_letters_on_their_way_go_to_the_new_address_also_from_a_worker_that_had_claimed_them(
    session: Session, change: Change
) -> None:
    claimed = make_delivery(session, change.reader, state="claimed", lease_holder="worker")
    deferred = make_delivery(session, change.reader, state="deferred", attempts=1)
    handed = make_delivery(session, change.reader, state="claimed", lease_holder="worker", handed_at=NOW)
    sent = make_delivery(session, change.reader)
    change.ask()
    change.new_agrees()
    change.old_agrees()
    for row in (claimed, deferred, handed, sent):
        session.refresh(row)
    moved = [(row.address, row.domain, row.lease_holder, row.state) for row in (claimed, deferred)]
    assert moved == [(NEW, "politie.example", None, "ready"), (NEW, "politie.example", None, "deferred")]
    assert claimed.subscriber_key == change.reader.link_key
    assert [(row.address, row.state) for row in (handed, sent)] == [(OLD, "claimed"), (OLD, "sent")]


def test_no_list_brings_the_old_address_back_but_its_owner_may_sign_up(
    session: Session, change: Change, mail_context: Services
) -> None:
    change.ask()
    change.new_agrees()
    change.old_agrees()
    kept = session.scalars(select(Suppression)).one()
    assert (kept.scope, kept.reason) == ("imports", "moved")
    assert not is_suppressed(session, kept.address_hmac)
    assert kept.address_hmac == address_hmac(OLD, SUPPRESSION_KEY)
    change.ask(OLD)
    change.new_agrees()
    change.old_agrees()
    assert change.reader.address == OLD
    assert [row.address_hmac for row in session.scalars(select(Suppression))] == [
        address_hmac(NEW, SUPPRESSION_KEY)
    ]


def test_an_address_that_wants_no_mail_gets_none_and_never_becomes_a_readers(
    session: Session, change: Change
) -> None:
    make_suppression(session, NEW, now=NOW)
    assert change.ask()
    assert [address for address, _subject in written_to(session)] == [OLD]
    assert not change.new_agrees()
    assert not change.old_agrees()
    assert change.reader.address == OLD
    assert change.row is None


@pytest.mark.parametrize("status", ["active", "left"])
def test_an_address_that_is_somebodys_hears_so_and_nothing_changes(
    session: Session, change: Change, status: str
) -> None:
    other = make_subscriber(session, NEW, now=NOW, status=status)
    other.confirmed_at = NOW
    assert change.ask()
    assert written_to(session) == [
        (NEW, "Dit e-mailadres is al bekend bij Veilig Verbonden"),
        (OLD, "Klopt uw nieuwe e-mailadres voor Veilig Verbonden?"),
    ]
    change.new_agrees()
    assert not change.old_agrees()
    assert (change.reader.address, other.address) == (OLD, NEW)


def test_a_sign_up_that_nobody_confirmed_gives_way(session: Session, change: Change) -> None:
    make_subscriber(session, NEW, now=NOW, status="pending")
    change.ask()
    assert written_to(session)[0] == (NEW, "Bevestig uw nieuwe e-mailadres voor Veilig Verbonden")
    change.new_agrees()
    assert change.old_agrees()
    assert session.scalars(select(Subscriber.address)).all() == [NEW]


def test_a_refusal_ends_it_and_so_does_another_wish_or_leaving(session: Session, change: Change) -> None:
    change.ask()
    assert change.row is not None
    service.refuse(session, change.row, NOW)
    assert change.row is None
    change.ask()
    before = change.row
    assert before is not None
    key = before.link_key
    change.ask("anna@elders.example")
    assert change.row is not None
    assert (change.row.new_address, change.row.link_key == key) == ("anna@elders.example", False)
    change.new_agrees()
    subscriptions.leave(session, change.reader, LATER)
    assert not change.old_agrees()
    assert (change.reader.address, change.reader.status) == (OLD, "left")


@pytest.mark.parametrize("ends", ["taken back", "refused", "left", "another wish", "erased"])
def test_no_letter_to_a_new_address_outlives_the_wish(session: Session, change: Change, ends: str) -> None:
    change.ask()
    assert change.row is not None
    match ends:
        case "taken back":
            service.withdraw(session, change.reader, LATER)
        case "refused":
            service.refuse(session, change.row, LATER)
        case "left":
            subscriptions.leave(session, change.reader, LATER)
        case "another wish":
            change.ask("anna@elders.example")
        case "erased":
            erase_address(session, Address(OLD), SUPPRESSION_KEY, "Belde zelf", None, LATER)
    on_its_way = select(Delivery.address).where(Delivery.settled_at.is_(None))
    assert NEW not in session.scalars(on_its_way).all()


def test_a_reader_may_try_a_few_times_a_day(change: Change) -> None:
    assert [change.ask(f"anna{number}@elders.example") for number in range(5)] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_staff_move_who_lost_the_old_mailbox_unless_it_objects_within_three_days(
    session: Session, change: Change, mail_context: Services
) -> None:
    samira = make_staff(session, Role.COMMUNICATOR)
    change.ask(staff_id=samira.id)
    assert written_to(session)[1] == (OLD, "Uw e-mailadres voor Veilig Verbonden verandert")
    assert not change.new_agrees()
    assert service.due(session, NOW + OBJECT_WITHIN - timedelta(seconds=1)) == []
    assert service.due(session, NOW + OBJECT_WITHIN) == [change.reader.id]
    assert service.finish(session, mail_context, change.reader.id, NOW + OBJECT_WITHIN)
    assert change.reader.address == NEW
    step = session.scalars(select(Consent).where(Consent.step == "moved")).first()
    assert step is not None
    assert (step.actor, step.staff_id) == ("staff", samira.id)


def test_who_was_lost_because_mail_came_back_is_a_reader_again_at_the_new_address(
    session: Session, change: Change
) -> None:
    samira = make_staff(session, Role.COMMUNICATOR)
    subscriptions.bounce_out(session, change.reader, NOW)
    assert not change.ask()
    assert change.ask(staff_id=samira.id)
    assert [address for address, _subject in written_to(session)] == [NEW]
    assert change.new_agrees()
    assert (change.reader.address, change.reader.status, change.reader.left_at) == (NEW, "active", None)
    assert is_suppressed(session, address_hmac(OLD, SUPPRESSION_KEY))
    assert not is_suppressed(session, change.reader.address_hmac)


def test_a_sign_up_that_waits_at_the_old_address_says_nothing_of_who_moved_away(
    session: Session, change: Change, mail_context: Services
) -> None:
    subscriptions.bounce_out(session, change.reader, NOW)
    nothing = Choices(name="", language="nl", segment_ids=frozenset(), topic_ids=frozenset())
    signing_up.sign_up(session, mail_context, Address(OLD), nothing, "nl", NOW)
    key = session.get_one(Renewal, change.reader.id).link_key
    change.ask(staff_id=make_staff(session, Role.COMMUNICATOR).id)
    assert change.new_agrees()
    assert renewing.find(session, Holder(key)) is None


def test_a_change_that_the_job_finds_too_late_and_cannot_be_ends(
    session: Session, change: Change, mail_context: Services
) -> None:
    change.ask(staff_id=make_staff(session, Role.COMMUNICATOR).id)
    change.new_agrees()
    make_subscriber(session, NEW, now=NOW)
    assert not service.finish(session, mail_context, change.reader.id, NOW + ANSWER_CHANGE_WITHIN)
    assert (change.row, change.reader.address) == (None, OLD)


def test_nobody_who_left_by_wish_is_moved(session: Session, change: Change) -> None:
    subscriptions.leave(session, change.reader, NOW)
    assert not change.ask(staff_id=make_staff(session, Role.COMMUNICATOR).id)


def test_what_nobody_answers_in_time_is_forgotten(
    session: Session, change: Change, mail_context: Services
) -> None:
    change.ask()
    change.new_agrees()
    assert service.due(session, NOW + ANSWER_CHANGE_WITHIN - timedelta(seconds=1)) == []
    assert service.due(session, NOW + ANSWER_CHANGE_WITHIN) == [change.reader.id]
    assert not service.finish(session, mail_context, change.reader.id, NOW + ANSWER_CHANGE_WITHIN)
    assert change.row is None
    assert change.reader.address == OLD


@pytest.mark.parametrize("is_reader", [True, False])
def test_nobodys_wish_to_move_keeps_an_address_that_is_erased(
    session: Session, change: Change, is_reader: bool
) -> None:
    assert change.ask()
    if is_reader:
        make_subscriber(session, NEW, now=NOW)
    erase_address(session, Address(NEW), SUPPRESSION_KEY, "Belde zelf", None, NOW)
    session.expire_all()
    assert change.row is None
    assert NEW not in session.scalars(select(Delivery.address)).all()
