"""After confirming: when the next edition comes, and what the last one had."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.budgets.rules import FormLimits
from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.publisher.prospect import LastLetter, NextLetter, Prospect
from newsletter_service.services import Services
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.signing_up import service as signing_up
from tests.conftest import NOW
from tests.factories import make_subscriber
from tests.letters_made import mail_of

ADDRESS = "anna@gemeente.example"
SOON = Prospect(
    NextLetter(NOW + timedelta(days=3), "Europe/Amsterdam", 2),
    LastLetter(
        12,
        "https://nieuwsbrief.example/archief/12",
        (("Open dag", "https://nieuwsbrief.example/archief/12/bericht-1"),),
    ),
)


def pending(session: Session, language: str = "nl") -> Subscriber:
    return make_subscriber(session, ADDRESS, now=NOW, status="pending", language=language)


def confirmed(session: Session, parts: Services, subscriber: Subscriber) -> list[Letter]:
    """What a reader who confirms is mailed."""
    assert service.confirm(session, parts, subscriber, "nl", NOW)
    rows = session.scalars(select(Delivery).where(Delivery.address == ADDRESS).order_by(Delivery.id))
    return [row.letter for row in rows]


def telling(parts: Services, prospect: Prospect) -> Services:
    return replace(parts, prospects=lambda _session, _links, _now: prospect)


def test_a_new_reader_reads_when_the_next_edition_comes_and_what_the_last_one_had(
    session: Session, mail_context: Services
) -> None:
    (letter,) = confirmed(session, telling(mail_context, SOON), pending(session))
    assert letter.subject == "Welkom bij Veilig Verbonden"
    mail = mail_of(letter, ADDRESS)
    for words in (text_of(mail), html_of(mail)):
        said = " ".join(words.split())
        assert "U krijgt de volgende editie op donderdag 26 november om 10.00 uur." in said
        assert "Daarna komt er elke 2 weken een nieuwe." in said
        assert "Open dag" in said
        assert "https://nieuwsbrief.example/archief/12/bericht-1" in said


def test_before_the_first_edition_the_mail_says_that_it_is_confirmed(
    session: Session, mail_context: Services
) -> None:
    nothing = Prospect(None, None)
    (letter,) = confirmed(session, telling(mail_context, nothing), pending(session, "en"))
    assert letter.subject == "Welcome to Veilig Verbonden"
    assert "confirmed" in text_of(mail_of(letter, ADDRESS))


def test_the_mail_counts_within_what_a_person_gets_in_a_day(session: Session, mail_context: Services) -> None:
    one = replace(telling(mail_context, SOON), form_limits=FormLimits(mailbox_daily=1))
    anna = pending(session)
    assert len(confirmed(session, one, anna)) == 1
    service.leave(session, anna, NOW)
    service.undo_leave(session, anna, NOW)
    signing_up.request_link(session, one, Address(ADDRESS), NOW)
    assert len(session.scalars(select(Delivery)).all()) == 1
    other = make_subscriber(session, "anna+twee@gemeente.example", now=NOW, status="pending")
    assert service.confirm(session, one, other, "nl", NOW)
    assert len(session.scalars(select(Delivery)).all()) == 1


def test_confirming_twice_welcomes_once(session: Session, mail_context: Services) -> None:
    anna = pending(session)
    assert len(confirmed(session, mail_context, anna)) == 1
    assert not service.confirm(session, mail_context, anna, "nl", NOW)
    assert len(session.scalars(select(Delivery)).all()) == 1
