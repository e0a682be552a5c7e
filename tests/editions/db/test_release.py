from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.service import pause_mailing
from newsletter_service.editions import service
from newsletter_service.editions.composing.sign_offs import sign_off
from newsletter_service.editions.models import Edition, Exclusion
from newsletter_service.editions.releasing.service import finish_due, release, release_due
from newsletter_service.editions.rules import BRAKE, Empty, ReleaseRule, TooLate, Unsigned, WrongState
from newsletter_service.editions.service import Statement, edition_numbered, statement
from newsletter_service.services import Services
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.models import Subscriber
from tests.editions.db.conftest import CLOSES, COLLECTING, SENDS, House
from tests.factories import make_item, make_segment, make_subscriber, make_suppression, make_topic


def letters(session: Session, edition: Edition) -> list[Letter]:
    return list(
        session.scalars(select(Letter).where(Letter.mailing_id == edition.mailing_id).order_by(Letter.id))
    )


def mailed(session: Session, edition: Edition) -> dict[str, Delivery]:
    rows = session.scalars(select(Delivery).where(Delivery.mailing_id == edition.mailing_id))
    return {row.address: row for row in rows}


def notices(session: Session) -> list[str]:
    return list(
        session.scalars(select(Letter.subject).where(Letter.mailing_id.is_(None)).order_by(Letter.id))
    )


def settle(session: Session, edition: Edition, *states: str) -> None:
    """Give the edition's deliveries these states, in the order of their addresses."""
    rows = sorted(mailed(session, edition).values(), key=lambda row: row.address)
    for row, state in zip(rows, states, strict=True):
        row.state = DeliveryState(state)
        row.settled_at = None if state in ("ready", "deferred") else SENDS
    session.flush()


def simple_edition(house: House, readers: int = 1) -> Edition:
    for number in range(readers):
        make_subscriber(house.session, f"lezer{number}@gemeente.example", now=COLLECTING)
    make_item(house.session, house.north, now=COLLECTING, title="Open dag")
    return house.composed()


def test_every_reader_gets_exactly_the_items_that_are_for_them(session: Session, house: House) -> None:
    police, mayors = (
        make_segment(session, "politie", ("politie.example",)),
        make_segment(session, "burgemeesters"),
    )
    drugs, fraud = make_topic(session, "drugs"), make_topic(session, "fraude")
    general = make_item(session, house.north, now=COLLECTING, title="Voor allen", waiting=timedelta(days=4))
    make_item(
        session, house.south, now=COLLECTING, title="Alleen geverifieerd", segments=(police,), restricted=True
    )
    make_item(session, house.north, now=COLLECTING, title="Burgemeestersdiner", segments=(mayors,))
    make_item(session, house.south, now=COLLECTING, title="Drugsmonitor", topics=(drugs,))
    expected = {
        "agent@politie.example": {"Voor allen", "Alleen geverifieerd", "Drugsmonitor"},
        "agent@thuis.example": {"Voor allen", "Drugsmonitor"},
        "bm@gemeente.example": {"Voor allen", "Burgemeestersdiner"},
        "gast@gemeente.example": {"Voor allen", "Drugsmonitor"},
        "vertrouwd@thuis.example": {"Voor allen", "Alleen geverifieerd", "Drugsmonitor"},
    }
    make_subscriber(session, "agent@politie.example", now=COLLECTING, segments=(police,))
    make_subscriber(session, "agent@thuis.example", now=COLLECTING, segments=(police,))
    make_subscriber(session, "bm@gemeente.example", now=COLLECTING, segments=(mayors,), topics=(fraud,))
    make_subscriber(session, "gast@gemeente.example", now=COLLECTING)
    make_subscriber(
        session, "vertrouwd@thuis.example", now=COLLECTING, segments=(police,), approved=(police,)
    )
    make_subscriber(session, "nieuw@gemeente.example", now=COLLECTING, status="pending")
    make_subscriber(session, "weg@gemeente.example", now=COLLECTING, status="left")
    edition = house.composed()
    release(session, house.mail_context, edition, house.communicator, SENDS)
    titles = [item.item.title for item in edition.placements]
    got = {
        address: {title for title in titles if title.encode() in row.letter.skeleton}
        for address, row in mailed(session, edition).items()
    }
    assert got == expected
    assert general.state == "sent"
    assert len(letters(session, edition)) == 3
    assert edition.intended == 5


def test_readers_who_may_see_the_same_share_one_letter_per_language(session: Session, house: House) -> None:
    edition = simple_edition(house, readers=3)
    make_subscriber(session, "reader@gemeente.example", now=COLLECTING, language="en")
    release(session, house.mail_context, edition, house.communicator, SENDS)
    assert sorted(letter.language for letter in letters(session, edition)) == ["en", "nl"]
    assert len(mailed(session, edition)) == 4


def test_the_row_of_a_reader_carries_what_fills_the_letter(session: Session, house: House) -> None:
    make_item(session, house.north, now=COLLECTING)
    reader = make_subscriber(session, "lezer@gemeente.example", now=COLLECTING, name="Noor van ’t Hoff")
    edition = house.composed()
    release(session, house.mail_context, edition, None, SENDS)
    row = mailed(session, edition)["lezer@gemeente.example"]
    assert (row.subscriber_id, row.subscriber_key, row.name, row.state) == (
        reader.id,
        reader.link_key,
        "Noor van ’t Hoff",
        "ready",
    )


def test_a_reader_for_whom_nothing_is_left_is_written_down_with_the_reason(
    session: Session, house: House
) -> None:
    police = make_segment(session)
    make_item(session, house.north, now=COLLECTING, segments=(police,))
    make_subscriber(session, "agent@politie.example", now=COLLECTING, segments=(police,))
    left_out = make_subscriber(session, "gast@gemeente.example", now=COLLECTING)
    bounced = make_subscriber(session, "Stuk@Gemeente.example", now=COLLECTING, segments=(police,))
    make_suppression(session, bounced.address, now=COLLECTING, reason="bounce")
    edition = house.composed()
    release(session, house.mail_context, edition, None, SENDS)
    reasons = {row.subscriber_id: row.reason for row in session.scalars(select(Exclusion))}
    assert reasons == {left_out.id: "nothing_visible", bounced.id: "suppressed"}
    assert statement(session, edition) == Statement(intended=3, excluded=2, open=1)
    assert statement(session, edition).adds_up


def test_releasing_twice_sends_once(session: Session, house: House) -> None:
    edition = simple_edition(house)
    release(session, house.mail_context, edition, house.communicator, SENDS)
    with pytest.raises(WrongState):
        release(session, house.mail_context, edition, house.communicator, SENDS)
    assert release_due(session, house.mail_context, SENDS) == []
    assert len(mailed(session, edition)) == 1


def test_two_who_release_at_the_same_moment_send_once(app: Flask, session: Session, house: House) -> None:
    number = simple_edition(house, readers=20).number
    session.commit()

    def press_the_button(_who: int) -> str:
        with app.app_context(), Session(db.engine) as mine:
            try:
                release(mine, house.mail_context, edition_numbered(mine, number), None, SENDS)
                mine.commit()
            except WrongState:
                return "too late"
            return "released"

    with ThreadPoolExecutor(4) as people:
        outcomes = sorted(people.map(press_the_button, range(4)))
    assert outcomes == ["released", "too late", "too late", "too late"]
    session.expire_all()
    assert (
        session.scalar(select(func.count()).select_from(Delivery).where(Delivery.mailing_id.is_not(None)))
        == 20
    )


def test_an_edition_goes_out_by_itself_at_its_time(session: Session, house: House) -> None:
    edition = simple_edition(house)
    assert release_due(session, house.mail_context, SENDS - timedelta(seconds=1)) == []
    assert release_due(session, house.mail_context, SENDS) == [edition]
    assert (edition.state, edition.released_at) == ("sending", SENDS)


def test_what_found_no_room_has_been_passed_over_once_the_edition_is_out(
    session: Session, house: House
) -> None:
    items = [
        make_item(session, house.north, now=COLLECTING, title=title, waiting=timedelta(days=9 - number))
        for number, title in enumerate(("Appels", "Boerderij", "Chemie", "Dijken", "Energie"))
    ]
    late = make_item(
        session, house.south, now=COLLECTING, title="Later", not_before=SENDS + timedelta(days=2)
    )
    edition = house.composed()
    assert [item.passed_over for item in items] == [0, 0, 0, 0, 0]
    release_due(session, house.mail_context, SENDS)
    session.expire_all()
    assert [(item.state, item.passed_over) for item in items[3:]] == [("sent", 0), ("queued", 1)]
    assert (late.state, late.passed_over) == ("queued", 0)
    assert edition.state == "sending"


def test_under_the_rule_for_both_an_unsigned_edition_is_held_and_staff_are_told(
    session: Session, house: House
) -> None:
    house.calendar.release_rule = ReleaseRule.BOTH
    edition = simple_edition(house)
    sign_off(session, edition, house.head_north, CLOSES)
    told = len(notices(session))
    with pytest.raises(Unsigned) as refused:
        release(session, house.mail_context, edition, house.communicator, SENDS)
    assert refused.value.missing == (house.south.id,)
    release_due(session, house.mail_context, SENDS)
    assert (edition.state, edition.held_from, edition.hold_reason) == ("held", "composed", "unsigned")
    assert "Editie 1 wordt vastgehouden" in notices(session)[told:]
    assert len(notices(session)) == told + 3
    sign_off(session, edition, house.head_south, SENDS)
    release(session, house.mail_context, edition, house.communicator, SENDS)
    assert (edition.state, edition.held_from, edition.hold_reason) == ("sending", None, None)


def test_under_the_rule_for_both_a_signed_edition_goes_out(session: Session, house: House) -> None:
    house.calendar.release_rule = ReleaseRule.BOTH
    edition = simple_edition(house)
    for head in (house.head_north, house.head_south):
        sign_off(session, edition, head, CLOSES)
    release_due(session, house.mail_context, SENDS)
    assert edition.state == "sending"


def test_an_edition_that_is_more_than_six_hours_late_is_held(session: Session, house: House) -> None:
    edition = simple_edition(house)
    late = SENDS + BRAKE + timedelta(minutes=1)
    release_due(session, house.mail_context, late)
    assert (edition.state, edition.hold_reason) == ("held", "late")
    assert "Editie 1 wordt vastgehouden" in notices(session)
    with pytest.raises(TooLate):
        service.resume(session, edition, house.communicator, late)
    service.resume(session, edition, house.communicator, late, sends_at=late + timedelta(hours=1))
    release_due(session, house.mail_context, late + timedelta(hours=1))
    assert edition.state == "sending"


def test_an_empty_edition_is_held(session: Session, house: House) -> None:
    edition = house.composed()
    with pytest.raises(Empty):
        release(session, house.mail_context, edition, house.communicator, SENDS)
    release_due(session, house.mail_context, SENDS)
    assert (edition.state, edition.hold_reason) == ("held", "empty")


def test_an_edition_that_makes_no_good_letter_is_held_and_leaves_nothing_behind(
    session: Session, house: House
) -> None:
    make_subscriber(session, now=COLLECTING)
    item = make_item(session, house.north, now=COLLECTING)
    edition = house.composed()
    edition.introduction = "&" * 20_000
    release_due(session, house.mail_context, SENDS)
    assert (edition.state, edition.hold_reason, edition.mailing_id) == ("held", "unprintable", None)
    assert (edition.released_at, edition.intended, item.state) == (None, None, "queued")


def test_an_edition_is_sent_once_nothing_is_open_and_its_statement_adds_up(
    session: Session, house: House
) -> None:
    edition = simple_edition(house, readers=5)
    release_due(session, house.mail_context, SENDS)
    settle(session, edition, "sent", "failed", "cancelled", "uncertain", "deferred")
    assert finish_due(session, house.mail_context, SENDS) == []
    assert statement(session, edition) == Statement(
        5, sent=1, failed=1, cancelled=1, uncertain=1, open=1, deferred=1
    )
    settle(session, edition, "sent", "failed", "cancelled", "uncertain", "sent")
    assert finish_due(session, house.mail_context, SENDS + timedelta(hours=1)) == [edition]
    assert (edition.state, edition.sent_at) == ("sent", SENDS + timedelta(hours=1))
    assert statement(session, edition).adds_up


def test_an_edition_that_delivery_paused_is_held_until_somebody_goes_on(
    session: Session, house: House
) -> None:
    edition = simple_edition(house)
    release_due(session, house.mail_context, SENDS)
    assert edition.mailing is not None
    pause_mailing(session, edition.mailing, "550 5.7.1 Wij nemen u niet aan", SENDS)
    assert finish_due(session, house.mail_context, SENDS) == []
    assert (edition.state, edition.held_from, edition.hold_reason) == ("held", "sending", "paused")
    assert edition.mailing.pause_reason == "550 5.7.1 Wij nemen u niet aan"
    assert "Editie 1 wordt vastgehouden" in notices(session)
    service.resume(session, edition, house.communicator, SENDS + BRAKE * 2)
    assert (edition.state, edition.mailing.paused_at) == ("sending", None)


def test_holding_a_running_edition_pauses_its_letters(session: Session, house: House) -> None:
    edition = simple_edition(house)
    release_due(session, house.mail_context, SENDS)
    service.hold(session, edition, house.communicator, SENDS, "Verkeerde datum in bericht 1")
    assert edition.mailing is not None
    assert (edition.state, edition.mailing.pause_reason) == ("held", "Verkeerde datum in bericht 1")
    assert (edition.hold_reason, edition.hold_words) == (None, "Verkeerde datum in bericht 1")
    service.resume(session, edition, house.communicator, SENDS)
    assert (edition.state, edition.mailing.paused_at, edition.hold_words) == ("sending", None, "")


def test_cancelling_a_running_edition_stops_what_has_not_gone_yet(session: Session, house: House) -> None:
    edition = simple_edition(house, readers=3)
    release_due(session, house.mail_context, SENDS)
    settle(session, edition, "sent", "ready", "deferred")
    assert service.cancel(session, edition, house.communicator, SENDS) == 2
    session.expire_all()
    assert edition.state == "cancelled"
    assert statement(session, edition) == Statement(3, sent=1, cancelled=2)


def test_readers_who_come_after_the_release_wait_for_the_next_edition(session: Session, house: House) -> None:
    edition = simple_edition(house)
    release_due(session, house.mail_context, SENDS)
    make_subscriber(session, "later@gemeente.example", now=SENDS)
    assert statement(session, edition) == Statement(1, open=1)


def test_a_withdrawn_item_is_not_released(session: Session, house: House) -> None:
    edition = simple_edition(house)
    gone = make_item(session, house.south, now=COLLECTING, title="Toch maar niet", state="withdrawn")
    release_due(session, house.mail_context, SENDS)
    assert gone.state == "withdrawn"
    assert edition.state == "sending"


def test_the_letter_says_the_day_it_really_goes_out(session: Session, house: House) -> None:
    edition = simple_edition(house)
    release(session, house.mail_context, edition, house.communicator, CLOSES + timedelta(hours=1))
    assert b"24 november 2026" in letters(session, edition)[0].skeleton


def test_the_path_of_an_edition_is_in_the_audit_trail(session: Session, house: House) -> None:
    edition = simple_edition(house)
    service.hold(session, edition, house.communicator, CLOSES, "Even wachten")
    service.resume(session, edition, house.communicator, CLOSES)
    release_due(session, house.mail_context, SENDS)
    settle(session, edition, "sent")
    finish_due(session, house.mail_context, SENDS)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [f"edition.{move}" for move in ("close", "hold", "resume", "release", "finish")]


def test_a_large_readership_is_written_down_in_few_statements(
    session: Session, house: House, mail_context: Services
) -> None:
    edition = simple_edition(house, readers=1)
    rows = [
        {
            "address": f"p{number}@gemeente.example",
            "address_hmac": f"{number:064}",
            "domain": "gemeente.example",
            "status": "active",
            "asked_at": COLLECTING,
            "name": "",
            "language": "nl",
        }
        for number in range(3000)
    ]
    session.execute(insert(Subscriber), rows)
    release(session, mail_context, edition, None, SENDS)
    assert statement(session, edition) == Statement(3001, open=3001)
