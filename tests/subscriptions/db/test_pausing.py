from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.errors import Invalid
from newsletter_service.services import Services
from newsletter_service.subscriptions import service as subscriptions
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import COMMAND, Step
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.pausing.rules import end_of_pause
from newsletter_service.subscriptions.pausing.service import end_due, pause, resume
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.signing_up import service as signing_up
from newsletter_service.subscriptions.verification import notices
from tests.conftest import NOW
from tests.factories import make_segment, make_subscriber

BACK = date(2026, 12, 24)
END = end_of_pause(BACK)


@pytest.fixture
def reader(session: Session) -> Subscriber:
    police = make_segment(session)
    return make_subscriber(session, now=NOW, segments=(police,), approved=(police,))


def steps(session: Session) -> list[tuple[str, str, object]]:
    rows = session.scalars(select(Consent).order_by(Consent.id))
    return [(row.step, row.actor or "", row.at) for row in rows]


def test_a_pause_is_a_step_of_consent_and_ending_it_early_another(
    session: Session, reader: Subscriber
) -> None:
    assert pause(session, reader, BACK, NOW)
    assert reader.paused_until == END
    assert resume(session, reader, NOW + timedelta(days=1))
    assert not resume(session, reader, NOW + timedelta(days=2))
    assert reader.paused_until is None
    assert steps(session) == [("paused", "reader", NOW), ("resumed", "reader", NOW + timedelta(days=1))]
    assert session.scalars(select(Consent.detail).order_by(Consent.id)).first() == {"until": "2026-12-24"}


def test_a_pause_that_ends_by_itself_is_written_down_at_its_end_and_once(
    session: Session, reader: Subscriber
) -> None:
    pause(session, reader, BACK, NOW)
    assert end_due(session, END - timedelta(seconds=1)) == 0
    assert end_due(session, END + timedelta(hours=5)) == 1
    assert end_due(session, END + timedelta(hours=6)) == 0
    assert steps(session)[1:] == [("resumed", "job", END)]


def test_only_readers_pause_and_only_until_a_day_to_come(session: Session, reader: Subscriber) -> None:
    with pytest.raises(Invalid):
        pause(session, reader, NOW.date(), NOW)
    subscriptions.leave(session, reader, NOW)
    assert not pause(session, reader, BACK, NOW)
    assert reader.paused_until is None


def test_leaving_ends_a_pause_so_that_who_comes_back_reads_on(session: Session, reader: Subscriber) -> None:
    pause(session, reader, BACK, NOW)
    subscriptions.leave(session, reader, NOW)
    subscriptions.undo_leave(session, reader, NOW)
    assert (reader.status, reader.paused_until) == ("active", None)


def test_a_pause_outlives_mail_that_came_back(session: Session, reader: Subscriber) -> None:
    pause(session, reader, BACK, NOW)
    subscriptions.bounce_out(session, reader, NOW)
    assert end_due(session, END + timedelta(hours=5)) == 0
    subscriptions.come_back(session, reader, (Step.ALLOWED, COMMAND, ""), NOW)
    assert (reader.status, reader.paused_until) == ("active", END)
    assert end_due(session, END + timedelta(hours=5)) == 1


def test_who_signs_up_again_after_a_bounce_asks_for_letters_and_no_pause(
    session: Session, reader: Subscriber, mail_context: Services
) -> None:
    pause(session, reader, BACK, NOW)
    subscriptions.bounce_out(session, reader, NOW)
    choices = Choices(name="", language="nl", segment_ids=frozenset(), topic_ids=frozenset())
    signing_up.sign_up(session, mail_context, Address(reader.address), choices, "nl", NOW)
    subscriptions.confirm(session, mail_context, reader, "nl", NOW, session.get_one(Renewal, reader.id))
    assert reader.status == "active"
    assert reader.paused_until is None


def test_nobody_is_asked_about_a_function_or_loses_it_during_a_pause(
    session: Session, reader: Subscriber, mail_context: Services
) -> None:
    reader.memberships[0].until = END - timedelta(days=1)
    pause(session, reader, BACK, NOW)
    assert notices.coming_to_an_end(session, END - timedelta(hours=1)) == []
    assert not notices.ask_or_end(session, mail_context, reader.id, END - timedelta(hours=1))
    assert reader.memberships[0].state == "verified"
    assert notices.coming_to_an_end(session, END) == [reader.id]
    assert notices.ask_or_end(session, mail_context, reader.id, END)
