"""Who agreed to a text that changed is asked again: once, with a reminder, and silence means what staff chose."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.documents.rules import FIRST_VERSION, Kind
from newsletter_service.documents.service import Edited, Read, UnknownText, publish, read_now
from newsletter_service.services import Services
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import COMMAND, READER, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf.service import allow_address
from newsletter_service.subscriptions.reconsent import notices
from newsletter_service.subscriptions.reconsent.rules import (
    ANSWER_WITHIN,
    REMIND_AFTER,
    REMINDED_FOR_AT_LEAST,
)
from newsletter_service.subscriptions.reconsent.service import (
    agree_again,
    asking,
    is_to_agree_again,
    to_ask,
    to_end,
    to_remind,
)
from tests.conftest import NOW
from tests.factories import SUPPRESSION_KEY, make_subscriber, make_suppression
from tests.staff_browser import make_staff
from tests.subscriptions.db.conftest import Written

CONTACT = "vragen@nieuwsbrief.example"
DAY = timedelta(days=1)
ASK = "Gaat u akkoord met onze nieuwe tekst? · Veilig Verbonden"
REMIND = "Herinnering: gaat u akkoord met onze nieuwe tekst? · Veilig Verbonden"


@pytest.fixture
def editor(session: Session) -> User:
    return make_staff(session, Role.COMMUNICATOR)


def agreed(session: Session, address: str = "anna@gemeente.example") -> Subscriber:
    """A reader who confirmed what holds now."""
    reader = make_subscriber(session, address, now=NOW)
    read = read_now(session, "nl", CONTACT)
    record_wish(session, reader, Step.CONFIRMED, READER, Place.CONFIRM, NOW, read=read)
    return reader


def change(
    session: Session,
    editor: User,
    now: datetime = NOW + DAY,
    *,
    kind: Kind = Kind.CONSENT,
    based_on: str = FIRST_VERSION,
    asks: bool = True,
    ends: bool = False,
) -> str:
    """Publish another version; its name."""
    words = f"Ja, {{nieuwsbrief}} ({now:%d}).", f"Yes, {{nieuwsbrief}} ({now:%d})."
    return publish(session, Edited(kind, *words, "x", asks, based_on, ends), CONTACT, editor, now).version


def job(session: Session, mail_context: Services, now: datetime) -> None:
    """What the scheduled job does."""
    document = asking(session)
    if document is None:
        return
    for whom, do in ((to_end, notices.end), (to_remind, notices.remind)):
        for one in whom(session, document, now):
            do(session, mail_context, document, one, now)
    for one in to_ask(session, document, now):
        notices.ask(session, mail_context, document, one, now)


def test_who_agreed_to_an_earlier_version_is_asked_once_and_reminded_once(
    session: Session, editor: User, mail_context: Services, written: Written
) -> None:
    reader = agreed(session)
    change(session, editor)
    asked = NOW + 2 * DAY
    subjects = []
    for moment in (asked, asked + DAY, asked + REMIND_AFTER - DAY, asked + REMIND_AFTER, asked + 300 * DAY):
        job(session, mail_context, moment)
        subjects.append(len(written()))
    assert subjects == [1, 1, 1, 2, 2]
    assert written() == [ASK, REMIND]
    assert reader.status == "active", "silence changes nothing where staff chose that"


def test_a_change_that_needs_no_consent_asks_nobody(
    session: Session, editor: User, mail_context: Services, written: Written
) -> None:
    reader = agreed(session)
    change(session, editor, asks=False)
    job(session, mail_context, NOW + 2 * DAY)
    assert written() == []
    assert not is_to_agree_again(session, reader)


def test_who_agreed_to_what_is_asked_about_or_later_is_not_asked(
    session: Session, editor: User, mail_context: Services, written: Written
) -> None:
    version = change(session, editor)
    agreed(session)
    change(session, editor, NOW + 3 * DAY, based_on=version, asks=False)
    agreed(session, "bob@gemeente.example")
    job(session, mail_context, NOW + 4 * DAY)
    assert written() == []


def test_who_left_is_suppressed_or_never_confirmed_is_not_asked(
    session: Session, editor: User, mail_context: Services, written: Written
) -> None:
    service.leave(session, agreed(session), NOW)
    kept_off = agreed(session, "bob@gemeente.example")
    make_suppression(session, kept_off.address, now=NOW)
    make_subscriber(session, "cor@gemeente.example", now=NOW, status="pending")
    change(session, editor)
    job(session, mail_context, NOW + 2 * DAY)
    assert written() == []


def test_who_pauses_is_asked_once_the_pause_is_over(
    session: Session, editor: User, mail_context: Services, written: Written
) -> None:
    agreed(session).paused_until = NOW + 20 * DAY
    change(session, editor)
    job(session, mail_context, NOW + 2 * DAY)
    assert written() == []
    job(session, mail_context, NOW + 21 * DAY)
    assert written() == [ASK]


def test_who_came_with_a_list_after_the_change_agreed_elsewhere_and_is_not_asked(
    session: Session, editor: User, mail_context: Services, written: Written
) -> None:
    before, after = (make_subscriber(session, f"{n}@gemeente.example", now=NOW) for n in "ab")
    record_wish(session, before, Step.IMPORTED, COMMAND, "leden.csv", NOW)
    change(session, editor)
    record_wish(session, after, Step.IMPORTED, COMMAND, "leden.csv", NOW + 2 * DAY)
    job(session, mail_context, NOW + 2 * DAY)
    assert session.scalars(select(Delivery.subscriber_id)).all() == [before.id]


def test_an_answer_ends_the_asking_and_says_which_version_was_read(
    session: Session, editor: User, mail_context: Services, written: Written
) -> None:
    reader = agreed(session)
    version = change(session, editor, ends=True)
    job(session, mail_context, NOW + 2 * DAY)
    agree_again(session, mail_context, reader, "nl", NOW + 3 * DAY)
    for days in range(60):
        job(session, mail_context, NOW + days * DAY)
    assert written() == [ASK]
    assert reader.status == "active"
    last = session.scalars(select(Consent).order_by(Consent.id.desc()).limit(1)).one()
    assert (last.step, last.source, last.wording_version) == (Step.CONFIRMED, Place.AGREE, version)


def test_silence_ends_a_subscription_where_staff_chose_that_and_the_mail_said_when(
    session: Session, editor: User, mail_context: Services, written: Written
) -> None:
    reader, asked = agreed(session), NOW + 2 * DAY
    change(session, editor, ends=True)
    job(session, mail_context, asked)
    assert "25 december 2026" in str(session.scalars(select(Delivery)).one().letter.words)
    job(session, mail_context, asked + REMIND_AFTER)
    job(session, mail_context, asked + ANSWER_WITHIN - DAY)
    assert reader.status == "active"
    job(session, mail_context, asked + ANSWER_WITHIN)
    assert reader.status == "left"
    steps = session.scalars(select(Consent.step).order_by(Consent.id)).all()
    assert steps == [Step.CONFIRMED, Step.UNANSWERED]
    assert written() == [ASK, REMIND]
    assert service.undo_leave(session, reader, asked + ANSWER_WITHIN + DAY), (
        "it can be taken back as any leaving"
    )


def test_nobody_is_ended_without_a_reminder_and_a_week_where_the_scheduler_stood_still(
    session: Session, editor: User, mail_context: Services, written: Written
) -> None:
    reader, asked, late = agreed(session), NOW + 2 * DAY, NOW + 90 * DAY
    change(session, editor, ends=True)
    job(session, mail_context, asked)
    job(session, mail_context, late)
    job(session, mail_context, late + REMINDED_FOR_AT_LEAST - DAY)
    assert (written(), reader.status) == ([ASK, REMIND], "active")
    job(session, mail_context, late + REMINDED_FOR_AT_LEAST)
    assert reader.status == "left"


def test_what_was_published_while_a_form_was_open_is_not_what_its_reader_agreed_to(
    session: Session, editor: User, mail_context: Services
) -> None:
    pending = make_subscriber(session, now=NOW, status="pending")
    shown = read_now(session, "nl", CONTACT)
    change(session, editor)
    assert service.confirm(session, mail_context, pending, "nl", NOW + 2 * DAY, shown=shown.name)
    row = session.scalars(select(Consent).where(Consent.step == Step.CONFIRMED)).one()
    assert (row.wording_version, row.wording_hash) == (FIRST_VERSION, shown.wording.hash)
    assert is_to_agree_again(session, pending)


def test_a_form_that_names_a_text_that_nobody_was_shown_begins_nothing(
    session: Session, mail_context: Services
) -> None:
    pending = make_subscriber(session, now=NOW, status="pending")
    now = read_now(session, "nl", CONTACT)
    for name in ("x", "0" * 128, Read(now.privacy, now.wording).name):
        with pytest.raises(UnknownText):
            service.confirm(session, mail_context, pending, "nl", NOW, shown=name)


@pytest.mark.parametrize("how", ["by the button", "mail arrives again"])
def test_who_comes_back_is_asked_anew_before_silence_ends_it_again(
    session: Session, editor: User, mail_context: Services, how: str
) -> None:
    reader = agreed(session)
    change(session, editor, ends=True)
    job(session, mail_context, NOW + 2 * DAY)
    job(session, mail_context, NOW + 2 * DAY + REMIND_AFTER)
    over = NOW + 2 * DAY + ANSWER_WITHIN
    if how == "by the button":
        job(session, mail_context, over)
        assert service.undo_leave(session, reader, over)
    else:
        service.bounce_out(session, reader, over - DAY)
        allow_address(session, Address(reader.address), SUPPRESSION_KEY, "Belde zelf", None, over)
    for days in range(ANSWER_WITHIN.days):
        job(session, mail_context, over + days * DAY)
        assert reader.status == "active"
    job(session, mail_context, over + ANSWER_WITHIN)
    assert reader.status == "left"
