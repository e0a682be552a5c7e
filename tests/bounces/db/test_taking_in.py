"""What comes back changes who is written to, once, and only for who it is about."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.reading import read
from newsletter_service.bounces.rules import Effect
from newsletter_service.bounces.service import forget_old, take_in, take_in_refusals
from newsletter_service.delivery.models import Delivery, Suppression
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.services import Services
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.service import undo_leave
from tests.bounces.db.conftest import Comes, make_delivery, message_about
from tests.bounces.samples import sample
from tests.conftest import NOW
from tests.factories import make_subscriber

DAY = timedelta(days=1)


def steps(session: Session) -> list[tuple[str, str]]:
    return [(row.step, row.source) for row in session.scalars(select(Consent).order_by(Consent.id))]


def reasons(session: Session) -> list[str]:
    return list(session.scalars(select(Suppression.reason)))


def test_a_hard_bounce_ends_the_subscription_and_keeps_the_address_off_all_mail(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    waiting = make_delivery(session, anna, state="ready")
    assert comes("postfix_unknown", make_delivery(session, anna)) is Effect.STOPPED
    session.expire_all()
    assert anna.status == "left"
    assert waiting.state == "cancelled"
    assert reasons(session) == ["bounced"]
    assert steps(session) == [("bounced", "mail")]


def test_the_same_message_counts_once(
    session: Session, anna: Subscriber, comes: Comes, wired: Services
) -> None:
    delivery = make_delivery(session, anna)
    assert comes("unsubscribe", delivery) is Effect.UNSUBSCRIBED
    assert undo_leave(session, anna, NOW)
    assert comes("unsubscribe", delivery) is Effect.KNOWN
    assert anna.status == "active"
    assert comes("postfix_unknown", delivery) is Effect.STOPPED
    assert comes("postfix_unknown", delivery) is Effect.KNOWN
    assert len(session.scalars(select(Bounce)).all()) == 2


def test_the_reader_is_the_one_of_the_seal_and_not_the_one_that_the_text_names(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    bob = make_subscriber(session, "bob@gemeente.example", now=NOW)
    assert comes("postfix_unknown", make_delivery(session, bob)) is Effect.STOPPED
    assert (anna.status, bob.status) == ("active", "left")


def test_the_message_id_tells_where_the_address_is_lost(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    assert comes("arf_without_sender", make_delivery(session, anna)) is Effect.STOPPED
    assert reasons(session) == ["complained"]
    assert steps(session) == [("complained", "mail")]


def test_a_forged_or_foreign_message_changes_nothing(
    session: Session, anna: Subscriber, wired: Services
) -> None:
    delivery = make_delivery(session, anna)
    for sender in (f"b+{delivery.id}-{'0' * 20}@bounces.nieuwsbrief.example", "bounces@elders.example"):
        assert take_in(session, wired, read(sample("postfix_unknown", sender)), NOW) is Effect.FOREIGN
    unknown = Delivery(id=delivery.id + 1000)
    assert take_in(session, wired, read(message_about("postfix_unknown", unknown)), NOW) is Effect.FOREIGN
    assert anna.status == "active"
    assert session.scalars(select(Bounce)).all() == []


@pytest.mark.parametrize(
    "name", ["out_of_office_exchange", "postfix_delayed", "relayed", "ordinary", "arf_not_spam", "receipt"]
)
def test_what_is_no_bounce_leaves_no_trace(
    session: Session, anna: Subscriber, comes: Comes, name: str
) -> None:
    assert comes(name, make_delivery(session, anna)) is Effect.IGNORED
    assert anna.status == "active"
    assert session.scalars(select(Bounce)).all() == []


@pytest.mark.parametrize("name", ["exchange_online_policy", "unknown_but_refused_for_policy"])
def test_a_refusal_for_policy_is_noted_and_stops_nobody(
    session: Session, anna: Subscriber, comes: Comes, name: str
) -> None:
    assert comes(name, make_delivery(session, anna)) is Effect.NOTED
    assert (anna.status, reasons(session)) == ("active", [])


def test_soft_bounces_of_three_editions_over_a_fortnight_add_up(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    effects = []
    for days in (0, 7, 14):
        at = NOW + days * DAY
        effects.append(comes("gmail_full", make_delivery(session, anna, at=at), at))
    assert effects == [Effect.NOTED, Effect.NOTED, Effect.STOPPED]
    assert reasons(session) == ["bounced"]


def test_an_edition_that_arrived_starts_the_count_again(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    for days in (0, 7, 14, 21):
        delivery = make_delivery(session, anna, at=NOW + days * DAY)
        if days != 14:
            assert comes("gmail_full", delivery, NOW + days * DAY) is Effect.NOTED
    assert anna.status == "active"


def test_soft_bounces_of_notices_do_not_add_up(session: Session, anna: Subscriber, comes: Comes) -> None:
    for days in (0, 7, 14):
        assert (
            comes("gmail_full", make_delivery(session, anna, notice=True), NOW + days * DAY) is Effect.NOTED
        )
    assert anna.status == "active"


def test_who_never_confirmed_is_forgotten_with_what_came_back(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    carla = make_subscriber(session, "carla@gemeente.example", now=NOW, status="pending")
    assert comes("qmail_unknown", make_delivery(session, carla, notice=True)) is Effect.STOPPED
    session.expire_all()
    assert session.scalars(select(Subscriber.address)).all() == ["anna@gemeente.example"]
    assert session.scalars(select(Bounce)).all() == []
    assert reasons(session) == ["bounced"]


def test_a_bounce_of_an_earlier_subscription_says_nothing_of_this_one(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    earlier = make_delivery(session, anna, subscriber_key="abcdefghijkl")
    assert comes("postfix_unknown", earlier) is Effect.NOTED
    assert comes("unsubscribe", earlier) is Effect.NOTED
    assert anna.status == "active"
    assert comes("arf_abuse", earlier) is Effect.STOPPED


def test_mail_to_staff_suppresses_nobody(session: Session, anna: Subscriber, comes: Comes) -> None:
    assert comes("postfix_unknown", make_delivery(session, None, notice=True)) is Effect.NOTED
    assert reasons(session) == []


@pytest.mark.parametrize(
    ("code", "status", "text", "stopped", "verdict"),
    [
        (550, "5.1.1", "5.1.1 no such user", True, "hard"),
        (550, "", "no such user here", True, "hard"),
        (552, "5.2.2", "5.2.2 mailbox full", False, "soft"),
        (554, "5.7.1", "5.7.1 blocked", False, "policy"),
        (550, "5.1.1", "5.1.1 blocked for its reputation", False, "policy"),
        (451, "4.7.1", "4.7.1 later", False, "soft"),
    ],
)
def test_a_refusal_in_the_dialogue_counts_the_same_way(
    session: Session,
    anna: Subscriber,
    wired: Services,
    code: int,
    status: str,
    text: str,
    stopped: bool,
    verdict: str,
) -> None:
    reply: dict[str, Any] = {
        "reply_code": code,
        "reply_status": status,
        "reply_text": text,
        "give_up_at": NOW + 2 * DAY,
    }
    make_delivery(session, anna, state="failed", **reply)
    assert take_in_refusals(session, NOW) == 1
    assert take_in_refusals(session, NOW) == 0
    assert session.scalars(select(Bounce.verdict)).all() == [verdict]
    assert (anna.status == "left") is stopped


def test_a_letter_given_up_after_days_of_refusals_proves_no_dead_address(
    session: Session, anna: Subscriber, wired: Services
) -> None:
    reply: dict[str, Any] = {
        "reply_code": 550,
        "reply_status": "5.1.1",
        "reply_text": "5.1.1 your sender is unknown",
    }
    make_delivery(session, anna, state="failed", **reply)
    take_in_refusals(session, NOW)
    assert session.scalars(select(Bounce.verdict)).all() == ["soft"]
    assert anna.status == "active"


def test_a_refusal_counts_no_more_once_the_letter_went_after_all(
    session: Session, anna: Subscriber, comes: Comes, wired: Services
) -> None:
    full: dict[str, Any] = {
        "reply_code": 552,
        "reply_status": "5.2.2",
        "reply_text": "5.2.2 full",
        "give_up_at": NOW + 99 * DAY,
    }
    rows = [make_delivery(session, anna, at=NOW + days * DAY, state="failed", **full) for days in (-1, 6)]
    assert take_in_refusals(session, NOW) + take_in_refusals(session, NOW + 6 * DAY) == 2
    rows[1].state = DeliveryState.SENT
    assert (
        comes("gmail_full", make_delivery(session, anna, at=NOW + 14 * DAY), NOW + 14 * DAY) is Effect.NOTED
    )


def test_headers_are_forgotten_after_a_month_and_hold_no_text_of_the_letter(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    comes("gmail_full", make_delivery(session, anna))
    (bounce,) = session.scalars(select(Bounce))
    assert "Subject: Delivery Status Notification (Failure)" in bounce.headers
    assert "Mailbox full" not in bounce.headers
    assert "@" not in bounce.reason
    forget_old(session, NOW + 31 * DAY)
    session.expire_all()
    assert bounce.headers == ""
    forget_old(session, NOW + 401 * DAY)
    assert session.scalars(select(Bounce)).all() == []


def test_a_moment_is_kept_with_what_came_back(session: Session, anna: Subscriber, comes: Comes) -> None:
    at: datetime = NOW + DAY
    comes("exim_full", make_delivery(session, anna), at)
    (bounce,) = session.scalars(select(Bounce))
    assert (bounce.at, bounce.status, bounce.source) == (at, "5.2.2", "message")
