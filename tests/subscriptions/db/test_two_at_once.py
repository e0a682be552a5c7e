"""Two at the same moment about one address: the second waits for the first, and goes by what that has done."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery.models import Delivery, Suppression
from newsletter_service.delivery.rules import DeliveryState, address_hmac
from newsletter_service.delivery.suppressions import suppress
from newsletter_service.documents.models import Document
from newsletter_service.documents.rules import FIRST_VERSION, Kind
from newsletter_service.documents.service import Edited, publish
from newsletter_service.registry.service import subscriber_to_change
from newsletter_service.services import Services
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.address_changes import service as changes
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.erasing.service import erase_at_own_wish
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.on_behalf.service import suppress_address
from newsletter_service.subscriptions.reconsent import notices
from newsletter_service.subscriptions.requests.models import FormRequest
from newsletter_service.subscriptions.requests.rules import FormKind, FormSent
from newsletter_service.subscriptions.requests.service import answer, take_in, waiting
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.signing_up import service as signing_up
from newsletter_service.subscriptions.verification.service import verify_claims
from tests.conftest import NOW
from tests.factories import SUPPRESSION_KEY, make_segment, make_subscriber, make_suppression
from tests.staff_browser import make_staff
from tests.subscriptions.db.conftest import Written

ANNA, NEW = "anna@gemeente.example", "anna@politie.example"
NOTHING_CHOSEN = Choices(name="", language="nl", segment_ids=frozenset(), topic_ids=frozenset())

Use = Callable[[Session], object]
Meanwhile = Callable[..., None]


@pytest.fixture
def meanwhile(app: Flask) -> Meanwhile:
    """Does `first`, and while that is not committed begins `second`; `then` ends the first one."""

    def run(first: Use, second: Use, then: Use = lambda _session: None) -> None:
        failures: list[BaseException] = []

        def other() -> None:
            try:
                with app.app_context(), Session(db.engine) as session, session.begin():
                    second(session)
            except BaseException as error:  # noqa: BLE001  # handed to the test
                failures.append(error)

        with app.app_context(), Session(db.engine) as session, session.begin():
            first(session)
            beside = threading.Thread(target=other)
            beside.start()
            time.sleep(0.2)
            then(session)
        beside.join()
        assert failures == []

    return run


def sign_up(session: Session, mail_context: Services, address: str) -> None:
    signing_up.sign_up(session, mail_context, Address(address), NOTHING_CHOSEN, "nl", NOW, paid=True)


def test_who_says_never_while_a_sign_up_is_answered_gets_no_mail(
    session: Session, mail_context: Services, written: Written, meanwhile: Meanwhile
) -> None:
    number = make_subscriber(session, ANNA, now=NOW).id
    session.commit()
    meanwhile(
        lambda own: service.never(own, subscriber_to_change(own, number), NOW),
        lambda own: sign_up(own, mail_context, ANNA),
    )
    assert written() == []


def suppress_anna(session: Session) -> None:
    suppress_address(session, Address(ANNA), SUPPRESSION_KEY, "Belde ons", None, NOW)


def test_an_address_nobody_knows_that_staff_suppress_at_the_moment_of_its_sign_up_gets_no_mail(
    session: Session, mail_context: Services, written: Written, meanwhile: Meanwhile
) -> None:
    meanwhile(suppress_anna, lambda own: sign_up(own, mail_context, ANNA))
    assert written() == []
    assert session.scalars(select(Subscriber)).all() == []


def test_a_sign_up_at_the_moment_that_staff_suppress_its_address_takes_its_mail_along(
    session: Session, mail_context: Services, written: Written, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda own: sign_up(own, mail_context, ANNA), suppress_anna)
    assert written() == []
    assert session.scalars(select(Subscriber)).all() == []
    assert session.scalars(select(Suppression.reason)).all() == ["staff"]


def test_staff_suppress_an_address_that_is_just_asked_whether_a_reader_moves_there(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    reader = make_subscriber(session, NEW, now=NOW)
    number = reader.id
    session.commit()
    meanwhile(
        lambda own: changes.ask(own, mail_context, subscriber_to_change(own, number), Address(ANNA), NOW),
        suppress_anna,
    )
    states = dict(session.execute(select(Delivery.address, Delivery.state)).all())
    assert (states[ANNA], states[NEW]) == (DeliveryState.CANCELLED, DeliveryState.READY)


def test_who_says_never_while_somebody_asks_to_move_there_is_not_asked(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    reader, waits = make_subscriber(session, ANNA, now=NOW), make_subscriber(session, NEW, now=NOW)
    number, other = reader.id, waits.id
    session.commit()
    meanwhile(
        lambda own: service.never(own, subscriber_to_change(own, other), NOW),
        lambda own: changes.ask(own, mail_context, subscriber_to_change(own, number), Address(NEW), NOW),
    )
    assert session.scalars(select(Delivery.address)).all() == [ANNA]


def test_who_erases_themselves_while_a_form_of_theirs_is_answered_is_erased(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    number = make_subscriber(session, ANNA, now=NOW).id
    take_in(session, mail_context, FormSent(FormKind.LINK, Address(ANNA), "nl"), "192.0.2.0", "", NOW)
    (form,) = waiting(session)
    session.commit()
    meanwhile(
        lambda own: subscriber_to_change(own, number),
        lambda own: answer(own, mail_context, form),
        lambda own: erase_at_own_wish(own, own.get_one(Subscriber, number), NOW),
    )
    for table in (Subscriber, FormRequest, Delivery):
        assert session.scalars(select(table)).all() == []


def test_an_address_that_two_people_suppress_at_once_is_suppressed(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    meanwhile(
        lambda own: suppress_address(own, Address(ANNA), SUPPRESSION_KEY, "Belde zelf", None, NOW),
        lambda own: suppress_address(own, Address(ANNA), SUPPRESSION_KEY, "Schreef ons ook", None, NOW),
    )
    (kept,) = session.scalars(select(Suppression)).all()
    assert (kept.reason, kept.scope) == ("staff", "all_mail")


def test_a_wish_counts_that_comes_while_a_bounce_is_written_down(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    hashed = address_hmac(ANNA, SUPPRESSION_KEY)
    meanwhile(
        lambda own: suppress(own, hashed, None, "bounced", NOW),
        lambda own: suppress(own, hashed, None, "staff", NOW),
    )
    assert session.scalars(select(Suppression.reason)).all() == ["staff"]


def test_who_asks_twice_at_once_to_be_mailed_again_gets_one_link_and_it_works(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    make_suppression(session, ANNA, now=NOW)
    for _press in range(2):
        take_in(session, mail_context, FormSent(FormKind.ALLOW, Address(ANNA), "nl"), "192.0.2.0", "", NOW)
    first, second = waiting(session)
    session.commit()
    meanwhile(
        lambda own: answer(own, mail_context, first),
        lambda own: answer(own, mail_context, second),
    )
    (letter,) = session.scalars(select(Delivery)).all()
    (kept,) = session.scalars(select(Suppression)).all()
    assert kept.link_key is not None
    assert kept.link_key in str(letter.letter.words)


def claims_of(session: Session) -> list[str]:
    session.expire_all()
    return [claim.state for claim in session.scalars(select(Membership))]


def test_what_staff_verify_while_a_reader_moves_waits_again_and_neither_stands_in_the_others_way(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    police, samira = make_segment(session), make_staff(session, Role.COMMUNICATOR)
    number = wish_to_move(session, mail_context, ANNA)
    session.get_one(Subscriber, number).memberships = [Membership(segment=police, claimed_at=NOW)]
    claim, staff_id = (number, police.id), samira.id
    session.commit()
    meanwhile(
        lambda own: verify_claims(own, [claim], own.get_one(User, staff_id), NOW),
        lambda own: agree(own, mail_context, number),
    )
    assert claims_of(session) == ["waiting"]


def test_what_staff_saw_before_a_reader_moved_verifies_nothing_of_the_new_address(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    police, samira = make_segment(session), make_staff(session, Role.COMMUNICATOR)
    number = wish_to_move(session, mail_context, ANNA)
    session.get_one(Subscriber, number).memberships = [Membership(segment=police, claimed_at=NOW)]
    claim, staff_id, before = (number, police.id), samira.id, NOW - timedelta(minutes=1)
    session.commit()
    meanwhile(
        lambda own: agree(own, mail_context, number),
        lambda own: verify_claims(own, [claim], own.get_one(User, staff_id), NOW, seen_at=before),
    )
    assert claims_of(session) == ["waiting"]
    assert verify_claims(session, [claim], samira, NOW, seen_at=NOW)


def test_a_reader_gives_a_function_up_while_staff_verify_it(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    police, samira = make_segment(session), make_staff(session, Role.COMMUNICATOR)
    number = make_subscriber(session, ANNA, now=NOW, segments=(police,)).id
    claim, staff_id = (number, police.id), samira.id
    session.commit()
    meanwhile(
        lambda own: subscriber_to_change(own, number),
        lambda own: verify_claims(own, [claim], own.get_one(User, staff_id), NOW),
        lambda own: service.change_preferences(own, own.get_one(Subscriber, number), NOTHING_CHOSEN, NOW),
    )
    assert claims_of(session) == []


def test_two_who_ask_a_reader_to_agree_again_ask_once(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    editor, number = make_staff(session, Role.COMMUNICATOR), make_subscriber(session, ANNA, now=NOW).id
    words = Edited(Kind.CONSENT, "Ja, {nieuwsbrief}.", "Yes, {nieuwsbrief}.", "x", True, FIRST_VERSION, False)
    document = publish(session, words, "vragen@nieuwsbrief.example", editor, NOW).id
    session.commit()

    def ask(own: Session) -> None:
        notices.ask(own, mail_context, own.get_one(Document, document), number, NOW + timedelta(days=1))

    meanwhile(ask, ask)
    assert session.scalars(select(Delivery.address)).all() == [ANNA]


def wish_to_move(session: Session, mail_context: Services, address: str) -> int:
    """A reader at `address` who wants to move to NEW, to which the old address agreed."""
    reader = make_subscriber(session, address, now=NOW)
    assert changes.ask(session, mail_context, reader, Address(NEW), NOW)
    changes.agree_at_old(session, mail_context, session.get_one(AddressChange, reader.id), NOW)
    return reader.id


def agree(session: Session, mail_context: Services, number: int) -> None:
    subscriber_to_change(session, number)
    changes.agree_at_new(session, mail_context, session.get_one(AddressChange, number), NOW)


def test_a_sign_up_for_an_address_gives_way_to_who_moves_there_at_that_moment(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    number = wish_to_move(session, mail_context, ANNA)
    session.commit()
    meanwhile(
        lambda own: sign_up(own, mail_context, NEW),
        lambda own: agree(own, mail_context, number),
    )
    session.expire_all()
    assert [(one.id, one.address) for one in session.scalars(select(Subscriber))] == [(number, NEW)]


def test_of_two_who_move_to_one_address_at_once_one_moves(
    session: Session, mail_context: Services, meanwhile: Meanwhile
) -> None:
    first = wish_to_move(session, mail_context, ANNA)
    second = wish_to_move(session, mail_context, "anna@om.example")
    session.commit()
    meanwhile(
        lambda own: agree(own, mail_context, first),
        lambda own: agree(own, mail_context, second),
    )
    session.expire_all()
    addresses = [one.address for one in session.scalars(select(Subscriber).order_by(Subscriber.id))]
    assert addresses == [NEW, "anna@om.example"]
    assert session.scalars(select(AddressChange)).all() == []
