"""Trouble is written down once, and administrators are told once, and once when it is over."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.health import service
from newsletter_service.health.models import Trouble
from newsletter_service.health.notices import tell
from newsletter_service.health.rules import Symptom, TroubleKind
from newsletter_service.health.service import Noted
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from tests.conftest import NOW
from tests.factories import make_newsletter
from tests.staff_browser import make_staff

PAGE = "https://nieuwsbrief.example/redactie/toestand"
SMTP = Symptom(TroubleKind.SMTP_REFUSES, "mail.example:25", {"words": "the server's certificate has expired"})
DISK = Symptom(TroubleKind.DISK, "", {"megabytes": 12})


@pytest.fixture(autouse=True)
def staff(session: Session) -> None:
    make_newsletter(session)
    make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer")
    make_staff(session, Role.ADMINISTRATOR, name="Ad Beheer")
    make_staff(session, Role.COMMUNICATOR, name="Marieke Midden")
    session.commit()


def look(session: Session, *found: Symptom, minutes: float, unknown: tuple[TroubleKind, ...] = ()) -> None:
    """One look of the scheduler, so many minutes after the first."""
    now = NOW + timedelta(minutes=minutes)
    tell(session, service.follow(session, found, now, unknown=unknown), PAGE, now)
    session.commit()


def mails(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Delivery.address, Letter.subject)
        .join(Letter, Letter.id == Delivery.letter_id)
        .order_by(Delivery.id)
    )
    return [(address, subject) for address, subject in rows]


def test_each_administrator_gets_one_mail_when_it_begins_and_one_when_it_is_over(session: Session) -> None:
    for minutes in range(5):
        look(session, SMTP, minutes=minutes)
    began = "De mailserver neemt geen brieven aan"
    assert mails(session) == [(f"{who}.beheer@redactie.example", began) for who in ("bo", "ad")]
    look(session, minutes=6)
    look(session, minutes=7)
    assert [subject for _, subject in mails(session)] == [began] * 2 + [f"Voorbij: {began}"] * 2
    look(session, SMTP, minutes=8)
    assert len(mails(session)) == 6
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["health.trouble_told", "health.over_told", "health.trouble_told"]


def test_two_troubles_begin_and_end_by_themselves(session: Session) -> None:
    look(session, SMTP, minutes=0)
    look(session, SMTP, DISK, minutes=1)
    look(session, DISK, minutes=2)
    assert [one.kind for one in service.open_troubles(session)] == [TroubleKind.DISK]
    assert [(one.kind, one.over_at) for one in service.latest_over(session)] == [
        (TroubleKind.SMTP_REFUSES, NOW + timedelta(minutes=2))
    ]


def test_what_cannot_be_seen_just_now_is_not_over(session: Session) -> None:
    look(session, SMTP, minutes=0)
    look(session, minutes=1, unknown=(TroubleKind.SMTP_REFUSES,))
    assert len(service.open_troubles(session)) == 1
    assert len(mails(session)) == 2


def test_silence_is_written_down_once_and_told_by_one(session: Session) -> None:
    for _ in range(3):
        service.begin_silence(session, NOW)
    assert session.scalar(select(func.count()).select_from(Trouble)) == 1
    mine = service.claim_telling(session, NOW)
    assert mine is not None
    assert service.claim_telling(session, NOW + timedelta(minutes=1)) is None
    again = service.claim_telling(session, NOW + timedelta(minutes=3))
    assert again is not None
    service.told(session, again.id, NOW)
    session.expire_all()
    assert service.claim_telling(session, NOW + timedelta(hours=1)) is None


def test_silence_of_which_nobody_was_told_is_over_without_a_mail(session: Session) -> None:
    service.begin_silence(session, NOW)
    look(session, minutes=1)
    assert service.open_troubles(session) == []
    assert mails(session) == []


def test_runs_are_noted_over_those_of_before(session: Session) -> None:
    first = Noted("deliver", 1, NOW, None, None, "")
    service.note_runs(session, [first], NOW)
    later = NOW + timedelta(seconds=10)
    failed = Noted("deliver", 1, later, later, later, "x" * 300)
    service.note_runs(session, [failed], later)
    (row,) = service.runs(session)
    assert (row.began_at, row.ended_at, row.noted_at, len(row.error)) == (later, later, later, 200)
    assert service.noted_at(session) == later
