from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.service import add_letter, open_mailing
from newsletter_service.letters.values import PreparedLetter
from newsletter_service.services import Services
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf.service import allow_address
from newsletter_service.subscriptions.rules import UNDO_WITHIN, Choices, Status
from tests.conftest import NOW
from tests.factories import SUPPRESSION_KEY, make_segment, make_subscriber, make_suppression, make_topic
from tests.recipients import Recipient, add_deliveries


def steps(session: Session) -> list[str]:
    return list(session.scalars(select(Consent.step).order_by(Consent.id)))


def on_its_way_to(session: Session, *readers: Subscriber) -> None:
    mailing = open_mailing(session, NOW)
    letter = add_letter(session, mailing, PreparedLetter("nl", "Nieuws", b"", 0), NOW)
    rows = [Recipient(reader.id, reader.link_key, reader.address, reader.name) for reader in readers]
    add_deliveries(session, mailing, letter, rows, NOW)


def test_leaving_cancels_what_is_on_its_way_to_this_reader_and_nobody_else(session: Session) -> None:
    anna = make_subscriber(session, "anna@gemeente.example", now=NOW)
    bea = make_subscriber(session, "bea@gemeente.example", now=NOW)
    on_its_way_to(session, anna, bea)
    assert service.leave(session, anna, NOW)
    rows = session.execute(select(Delivery.address, Delivery.state).order_by(Delivery.id))
    assert [tuple(row) for row in rows] == [(anna.address, "cancelled"), (bea.address, "ready")]
    assert (anna.status, anna.left_at) == (Status.LEFT, NOW)


def test_leaving_twice_is_one_step(session: Session) -> None:
    anna = make_subscriber(session, now=NOW)
    assert service.leave(session, anna, NOW)
    assert not service.leave(session, anna, NOW + timedelta(hours=1))
    assert steps(session) == ["left"]
    assert anna.left_at == NOW


def test_who_leaves_after_mail_came_back_is_no_reader_once_the_address_may_be_mailed(
    session: Session,
) -> None:
    anna = make_subscriber(session, now=NOW)
    service.bounce_out(session, anna, NOW)
    assert service.leave(session, anna, NOW + timedelta(hours=1))
    assert not service.leave(session, anna, NOW + timedelta(hours=2))
    allow_address(
        session, Address(anna.address), SUPPRESSION_KEY, "Belde zelf", None, NOW + timedelta(days=1)
    )
    assert anna.status is Status.LEFT
    assert steps(session) == ["bounced", "left", "allowed"]


def test_coming_back_by_the_button_keeps_choices_and_links(session: Session, mail_context: Services) -> None:
    police = make_segment(session, "politie")
    anna = make_subscriber(session, now=NOW, segments=(police,), approved=(police,))
    service.leave(session, anna, NOW)
    assert service.undo_leave(session, anna, NOW + UNDO_WITHIN)
    assert (anna.status, anna.left_at) == (Status.ACTIVE, None)
    assert [membership.decided_at for membership in anna.memberships] == [NOW]
    assert steps(session) == ["left", "returned"]


def test_coming_back_takes_a_new_sign_up_after_a_month_and_for_who_is_not_to_be_mailed(
    session: Session, mail_context: Services
) -> None:
    late = make_subscriber(session, "laat@gemeente.example", now=NOW)
    never = make_subscriber(session, "nooit@gemeente.example", now=NOW)
    for reader in (late, never):
        service.leave(session, reader, NOW)
    make_suppression(session, never.address, now=NOW, reason="bounced")
    assert not service.undo_leave(session, late, NOW + UNDO_WITHIN + timedelta(seconds=1))
    assert not service.undo_leave(session, never, NOW)
    assert steps(session) == ["left", "left"]


def test_a_reader_who_never_left_has_nothing_to_undo(session: Session, mail_context: Services) -> None:
    assert not service.undo_leave(session, make_subscriber(session, now=NOW), NOW)
    assert steps(session) == []


def test_a_segment_that_is_given_up_and_chosen_again_keeps_its_check(session: Session) -> None:
    police, mayors = make_segment(session, "politie"), make_segment(session, "burgemeesters")
    topic = make_topic(session)
    anna = make_subscriber(session, now=NOW, segments=(police, mayors), approved=(police, mayors))
    service.change_preferences(
        session, anna, Choices("Anna", "en", frozenset({police.id}), frozenset({topic.id})), NOW
    )
    service.change_preferences(
        session, anna, Choices("Anna", "en", frozenset({police.id, mayors.id}), frozenset()), NOW
    )
    checks = {membership.segment.slug: membership.decided_at for membership in anna.memberships}
    assert checks == {"politie": NOW, "burgemeesters": NOW}
    assert (anna.name, anna.language, anna.topics) == ("Anna", "en", [])
