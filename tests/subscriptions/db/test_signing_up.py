import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.suppressions import CameBack, came_back, is_suppressed
from newsletter_service.languages import Language
from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.links.tokens import Holder
from newsletter_service.links.urls import CONFIRM_WITHIN
from newsletter_service.services import Services
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import Place, Step
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.rules import Choices, Status
from newsletter_service.subscriptions.service import find_subscriber
from newsletter_service.subscriptions.signing_up import service as signing_up
from tests.conftest import NOW
from tests.factories import make_segment, make_subscriber, make_suppression, make_topic
from tests.letters_made import mail_of

ANNA = Address("anna@gemeente.example")
NOTHING_CHOSEN = Choices(name="", language="nl", segment_ids=frozenset(), topic_ids=frozenset())
CONFIRM = "Bevestig uw aanmelding voor Veilig Verbonden"
ALREADY = "U ontvangt Veilig Verbonden al"
LINK = "Uw link voor Veilig Verbonden"
DAY = timedelta(days=1)

Written = Callable[[], list[str]]


def sign_up(
    session: Session,
    mail_context: Services,
    choices: Choices = NOTHING_CHOSEN,
    now: datetime = NOW,
    read_in: Language = "nl",
) -> None:
    signing_up.sign_up(session, mail_context, ANNA, choices, read_in, now)


def reader(session: Session) -> Subscriber:
    return session.scalars(select(Subscriber).where(Subscriber.address == ANNA.text)).one()


def steps(session: Session) -> list[tuple[str, str]]:
    return [
        (row.step, row.wording.words if row.wording else "")
        for row in session.scalars(select(Consent).order_by(Consent.id))
    ]


def test_consent_is_kept_as_it_was_read_step_by_step(session: Session, mail_context: Services) -> None:
    sign_up(session, mail_context, read_in="en")
    assert service.confirm(session, mail_context, reader(session), "nl", NOW + DAY)
    asked, confirmed = session.scalars(select(Consent).order_by(Consent.id)).all()
    assert (asked.step, asked.source, asked.at) == (Step.ASKED, Place.SIGN_UP, NOW)
    assert (confirmed.step, confirmed.source, confirmed.at) == (Step.CONFIRMED, Place.CONFIRM, NOW + DAY)
    assert asked.wording != confirmed.wording
    for row in (asked, confirmed):
        assert row.wording
        assert "Veilig Verbonden" in row.wording.words
        assert row.wording_version
        assert row.privacy_version
    assert (reader(session).status, reader(session).confirmed_at) == (Status.ACTIVE, NOW + DAY)


def test_the_choices_of_the_last_form_count_until_somebody_confirms(
    session: Session, mail_context: Services
) -> None:
    police, youth = make_segment(session, "politie"), make_topic(session, "jeugd")
    sign_up(session, mail_context, Choices("Ann", "nl", frozenset({police.id}), frozenset()))
    sign_up(session, mail_context, Choices("Anna", "en", frozenset(), frozenset({youth.id, 9999})))
    anna = reader(session)
    assert (anna.name, anna.language, anna.memberships) == ("Anna", "en", [])
    assert [topic.slug for topic in anna.topics] == ["jeugd"]


def test_a_sign_up_of_a_reader_changes_nothing_of_theirs(
    session: Session, mail_context: Services, written: Written
) -> None:
    make_subscriber(session, ANNA.text, now=NOW, name="Anna")
    sign_up(session, mail_context, Choices("Een ander", "en", frozenset(), frozenset()))
    assert (reader(session).name, reader(session).language, reader(session).status) == (
        "Anna",
        "nl",
        Status.ACTIVE,
    )
    assert written() == [ALREADY]
    assert steps(session) == []


def test_a_suppressed_address_is_neither_mailed_nor_kept(
    session: Session, mail_context: Services, written: Written
) -> None:
    make_suppression(session, ANNA.text, now=NOW, reason="asked")
    sign_up(session, mail_context)
    signing_up.request_link(session, mail_context, ANNA, NOW)
    assert written() == []
    assert session.scalars(select(Subscriber)).all() == []


def test_from_the_fourth_mail_in_a_day_on_nothing_changes_at_all(
    session: Session, mail_context: Services, written: Written
) -> None:
    for minute in range(5):
        choices = Choices(f"Naam {minute}", "nl", frozenset(), frozenset())
        sign_up(session, mail_context, choices, NOW + timedelta(minutes=minute))
    signing_up.request_link(session, mail_context, ANNA, NOW + timedelta(minutes=6))
    signing_up.confirm_again(session, mail_context, reader(session), NOW + timedelta(minutes=7))
    assert written() == [CONFIRM] * 3
    assert reader(session).name == "Naam 2"
    assert len(steps(session)) == 3
    sign_up(session, mail_context, NOTHING_CHOSEN, NOW + timedelta(days=1, seconds=1))
    assert len(written()) == 4


@pytest.mark.parametrize("text", ["Kijk op https://kwaad.example", "Anna <b>Vries</b>", "Gratis geld"])
def test_nothing_that_a_visitor_typed_stands_in_a_mail_to_an_unconfirmed_address(
    session: Session, mail_context: Services, text: str
) -> None:
    sign_up(session, mail_context, Choices(text, "nl", frozenset(), frozenset()))
    (row,) = session.scalars(select(Delivery)).all()
    assert row.name == ""
    message = mail_of(row.letter)
    assert text not in f"{text_of(message)} {html_of(message)} {row.letter.subject}"
    assert "/niet-ik/" in text_of(message)


def renewal(session: Session) -> Renewal:
    return session.scalars(select(Renewal)).one()


def stored_of(session: Session, person: Subscriber) -> dict[str, object]:
    """All that is stored about somebody, by table and column."""
    session.refresh(person)
    columns = {column.key: getattr(person, column.key) for column in Subscriber.__mapper__.columns}
    return columns | {
        "segments": [membership.segment_id for membership in person.memberships],
        "topics": [topic.id for topic in person.topics],
        "consent": steps(session),
        "suppressed": is_suppressed(session, person.address_hmac),
    }


def test_who_left_and_signs_up_anew_starts_with_new_links(session: Session, mail_context: Services) -> None:
    anna = make_subscriber(session, ANNA.text, now=NOW)
    before = anna.link_key
    service.leave(session, anna, NOW)
    sign_up(session, mail_context, now=NOW + DAY)
    new = renewal(session)
    assert service.confirm(session, mail_context, anna, "nl", NOW + 2 * DAY, new)
    assert find_subscriber(session, Holder(before)) is None
    found = find_subscriber(session, Holder(new.link_key))
    assert found is not None
    assert (found.status, found.left_at) == (Status.ACTIVE, None)


@pytest.mark.parametrize("ended", ["left", "bounced"])
def test_a_strangers_sign_up_changes_nothing_that_is_stored_about_who_is_gone(
    session: Session, mail_context: Services, written: Written, ended: str
) -> None:
    police, youth = make_segment(session, "politie"), make_topic(session, "jeugd")
    anna = make_subscriber(session, ANNA.text, now=NOW, name="Anna", segments=(police,), topics=(youth,))
    if ended == "left":
        service.leave(session, anna, NOW)
    else:
        service.bounce_out(session, anna, NOW, status="5.1.1")
    before = stored_of(session, anna)
    for name in ("Een ander", "Nog een ander"):
        sign_up(session, mail_context, Choices(name, "en", frozenset(), frozenset()), NOW + DAY)
    assert stored_of(session, anna) == before
    assert len(written()) == 2
    service.purge_stale(session, NOW + 9 * DAY)
    assert stored_of(session, anna) == before
    assert session.scalars(select(Renewal)).all() == []


def test_who_left_may_still_take_that_back_whatever_a_stranger_filled_in(
    session: Session, mail_context: Services
) -> None:
    anna = make_subscriber(session, ANNA.text, now=NOW, name="Anna")
    service.leave(session, anna, NOW)
    sign_up(session, mail_context, Choices("Een ander", "en", frozenset(), frozenset()), NOW + DAY)
    assert service.undo_leave(session, anna, NOW + DAY)
    new = renewal(session)
    assert not service.confirm(session, mail_context, anna, "nl", NOW + DAY, new)
    assert (anna.name, anna.status) == ("Anna", Status.ACTIVE)


def test_a_renewal_counts_as_it_was_asked_with_the_words_that_were_read(
    session: Session, mail_context: Services
) -> None:
    youth = make_topic(session, "jeugd")
    anna = make_subscriber(session, ANNA.text, now=NOW, name="Anna")
    service.leave(session, anna, NOW)
    chosen = Choices("Anna de Vries", "en", frozenset(), frozenset({youth.id}), "Gemeente")
    sign_up(session, mail_context, chosen, NOW + DAY, read_in="en")
    assert service.confirm(session, mail_context, anna, "nl", NOW + 2 * DAY, renewal(session))
    assert (anna.name, anna.language, anna.organisation) == ("Anna de Vries", "en", "Gemeente")
    assert [topic.slug for topic in anna.topics] == ["jeugd"]
    _left, asked, confirmed = session.scalars(select(Consent).order_by(Consent.id)).all()
    assert (asked.step, asked.at, confirmed.step) == (Step.ASKED, NOW + DAY, Step.CONFIRMED)
    assert asked.wording is not None
    assert asked.wording.language == "en"
    assert session.scalars(select(Renewal)).all() == []


def test_never_again_ends_a_renewal_too(session: Session, mail_context: Services) -> None:
    anna = make_subscriber(session, ANNA.text, now=NOW)
    service.leave(session, anna, NOW)
    sign_up(session, mail_context, now=NOW + DAY)
    service.never(session, anna, NOW + DAY)
    assert session.scalars(select(Renewal)).all() == []
    assert is_suppressed(session, anna.address_hmac)


def test_a_link_from_before_leaving_does_not_bring_anybody_back(
    session: Session, mail_context: Services
) -> None:
    sign_up(session, mail_context)
    service.confirm(session, mail_context, reader(session), "nl", NOW)
    service.leave(session, reader(session), NOW)
    assert not service.confirm(session, mail_context, reader(session), "nl", NOW)
    assert reader(session).status == Status.LEFT


def test_a_lost_link_goes_to_readers_only(session: Session, mail_context: Services, written: Written) -> None:
    make_subscriber(session, ANNA.text, now=NOW)
    left = make_subscriber(session, "weg@gemeente.example", now=NOW)
    service.leave(session, left, NOW)
    for address in (ANNA.text, "weg@gemeente.example", "onbekend@gemeente.example"):
        signing_up.request_link(session, mail_context, Address(address), NOW)
    assert written() == [LINK]


def test_unconfirmed_sign_ups_are_forgotten_with_their_mails(
    session: Session, mail_context: Services
) -> None:
    sign_up(session, mail_context)
    make_subscriber(session, "blijft@gemeente.example", now=NOW)
    assert service.purge_stale(session, NOW + CONFIRM_WITHIN) == 0
    assert service.purge_stale(session, NOW + CONFIRM_WITHIN + timedelta(seconds=1)) == 1
    for kind in (Consent, Delivery, Letter):
        assert session.scalars(select(func.count()).select_from(kind)).one() == 0
    assert session.scalars(select(Subscriber.address)).all() == ["blijft@gemeente.example"]


def test_asking_again_begins_the_seven_days_anew(session: Session, mail_context: Services) -> None:
    sign_up(session, mail_context)
    signing_up.confirm_again(session, mail_context, reader(session), NOW + timedelta(days=6))
    assert service.purge_stale(session, NOW + timedelta(days=8)) == 0


def test_the_proof_of_an_earlier_subscription_outlives_a_sign_up_that_nobody_confirms(
    session: Session, mail_context: Services
) -> None:
    sign_up(session, mail_context)
    service.confirm(session, mail_context, reader(session), "nl", NOW)
    service.leave(session, reader(session), NOW)
    sign_up(session, mail_context, now=NOW + DAY)
    service.purge_stale(session, NOW + 9 * DAY)
    assert reader(session).status == Status.LEFT
    assert [step for step, _ in steps(session)] == ["asked", "confirmed", "left"]
    assert not service.can_undo(session, reader(session), NOW + 60 * DAY)


def test_never_again_forgets_who_did_not_confirm(session: Session, mail_context: Services) -> None:
    sign_up(session, mail_context)
    service.never(session, reader(session), NOW)
    assert is_suppressed(session, address_hmac(ANNA.text, mail_context.suppression_key))
    for kind in (Subscriber, Delivery, Letter):
        assert session.scalars(select(func.count()).select_from(kind)).one() == 0
    said = session.scalars(select(Consent)).one()
    assert (said.step, said.source, said.subscriber_id) == (Step.LEFT, Place.NOT_ME, None)


def test_never_again_keeps_the_proof_of_who_did_and_cannot_be_undone(
    session: Session, mail_context: Services
) -> None:
    sign_up(session, mail_context)
    service.confirm(session, mail_context, reader(session), "nl", NOW)
    service.never(session, reader(session), NOW)
    assert reader(session).status == Status.LEFT
    assert [step for step, _ in steps(session)] == ["asked", "confirmed", "left"]
    assert not service.undo_leave(session, reader(session), NOW)
    assert is_suppressed(session, address_hmac(ANNA.text, mail_context.suppression_key))


def test_a_person_gets_no_more_mails_for_writing_their_address_in_many_ways(
    session: Session, mail_context: Services, written: Written
) -> None:
    for number in range(5):
        address = Address(f"anna+{number}@gemeente.example")
        signing_up.sign_up(session, mail_context, address, NOTHING_CHOSEN, "nl", NOW)
    assert written() == [CONFIRM] * 3
    assert len(session.scalars(select(Subscriber)).all()) == 3


def test_two_people_at_once_make_one_reader(app: Flask, mail_context: Services, database: str) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def one_sign_up() -> None:
        try:
            with app.app_context(), Session(db.engine) as session, session.begin():
                start.wait()
                sign_up(session, mail_context)
        except BaseException as error:  # noqa: BLE001  # handed to the test
            failures.append(error)

    threads = [threading.Thread(target=one_sign_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with app.app_context(), Session(db.engine) as session:
        assert reader(session).status == Status.PENDING
        assert session.scalars(select(func.count()).select_from(Delivery)).one() == 3
        assert len(steps(session)) == 3


def test_two_clicks_at_once_confirm_once(app: Flask, session: Session, mail_context: Services) -> None:
    sign_up(session, mail_context)
    holder = Holder(reader(session).link_key)
    session.commit()
    start, began = threading.Barrier(2), []

    def click() -> None:
        with app.app_context(), Session(db.engine) as own:
            start.wait()
            found = find_subscriber(own, holder, to_change=True)
            assert found is not None
            began.append(service.confirm(own, mail_context, found, "nl", NOW))
            own.commit()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(began) == [False, True]
    assert [step for step, _ in steps(session)] == ["asked", "confirmed"]


def test_who_bounced_out_and_asks_again_gets_a_confirmation_and_reads_on(
    session: Session, mail_context: Services, written: Written
) -> None:
    person = make_subscriber(session, ANNA.text, now=NOW)
    service.bounce_out(session, person, NOW, status="5.1.1")
    sign_up(session, mail_context, now=NOW + DAY)
    assert written() == [CONFIRM]
    assert is_suppressed(session, person.address_hmac)
    assert service.confirm(session, mail_context, person, "nl", NOW + DAY, renewal(session))
    assert person.status == "active"
    assert came_back(session, person.address_hmac) is None


def test_a_confirmation_that_comes_back_leaves_an_address_as_it_was(
    session: Session, mail_context: Services, written: Written
) -> None:
    person = make_subscriber(session, ANNA.text, now=NOW)
    service.bounce_out(session, person, NOW, status="5.1.1")
    sign_up(session, mail_context, now=NOW + DAY)
    service.bounce_out(session, person, NOW + DAY, status="5.1.2")
    assert came_back(session, person.address_hmac) == CameBack("5.1.1", NOW)
    assert person.status == "left"


@pytest.mark.parametrize("reason", ["asked", "complained", "erased", "staff"])
def test_who_said_never_gets_nothing_by_signing_up(
    session: Session, mail_context: Services, written: Written, reason: str
) -> None:
    make_suppression(session, ANNA.text, now=NOW, reason=reason)
    sign_up(session, mail_context, now=NOW + DAY)
    assert written() == []
