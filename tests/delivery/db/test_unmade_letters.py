"""A notice waits as its words; its letter is made by the worker, when no transaction of it is open."""

from dataclasses import dataclass, replace

from flask import Flask
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.models import Letter
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.languages import Language
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.values import Action, MailIdentity, Notice, NoticeList, PreparedLetter
from newsletter_service.publisher.notices import NoticeLetters
from tests.conftest import NOW
from tests.delivery.db.conftest import row_of
from tests.factories import make_newsletter
from tests.smtp_server import RecordingServer

READER = "nieuw@elders.example"
NOTICE = Notice(
    "en",
    "Fish & chips",
    "Your link",
    ("First.", "Second."),
    Action("Go on", "https://nieuwsbrief.example/voorkeuren/x"),
    (("Was it not you?", "Never again", "https://nieuwsbrief.example/niet-ik/x"), ("That is all.", "", "")),
    (NoticeList("Titles", (("Open day", "https://nieuwsbrief.example/archief/1"), ("Quiz", ""))),),
)


@dataclass(frozen=True)
class Watched:
    """Makes letters, and notes whether the database was free to write in while it did."""

    real: NoticeLetters
    engine: Engine
    could_write: list[bool]

    def sender(self, connection: Connection, language: Language) -> MailIdentity:
        return self.real.sender(connection, language)

    def letter(self, notice: Notice, sender: MailIdentity) -> PreparedLetter:
        with Session(self.engine) as session, session.begin():
            session.execute(update(Letter).values(subject="Written meanwhile"))
        self.could_write.append(True)
        return self.real.letter(notice, sender)


@dataclass(frozen=True)
class Unprintable:
    """Makes no letter."""

    real: NoticeLetters

    def sender(self, connection: Connection, language: Language) -> MailIdentity:
        return self.real.sender(connection, language)

    def letter(self, notice: Notice, sender: MailIdentity) -> PreparedLetter:
        raise LetterError("it has no end")


def written(session: Session, notice: Notice = NOTICE) -> None:
    make_newsletter(session)
    service.write_notice(session, notice, READER, NOW)
    session.commit()


def test_a_notice_waits_as_its_words(session: Session) -> None:
    written(session)
    row = session.scalars(select(Letter)).one()
    assert (row.skeleton, row.subject, row.language) == (b"", "Fish & chips", "en")
    assert len(str(row.words)) < 1000


def test_a_worker_makes_of_a_notice_the_letter_that_it_is(
    app: Flask, session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    written(session)
    send_until_empty(outbox)
    (mail,) = smtp.to(READER)
    assert mail.message["Subject"] == "Fish & chips"
    assert mail.message["From"] == "Veilig Verbonden <redactie@nieuwsbrief.example>"
    for kind in ("plain", "html"):
        body = mail.message.get_body((kind,))
        assert body is not None
        for words in (
            "First.",
            "Second.",
            "Titles",
            "Open day",
            "Quiz",
            "Never again",
            "/niet-ik/x",
            "/voorkeuren/x",
        ):
            assert words in body.get_content()
    assert row_of(session, READER).state == "sent"


def test_letters_are_made_while_others_can_write(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    written(session)
    assert isinstance(outbox.notices, NoticeLetters)
    watched = Watched(outbox.notices, outbox.engine, [])
    send_until_empty(replace(outbox, notices=watched))
    assert watched.could_write == [True]
    assert len(smtp.to(READER)) == 1


def test_a_notice_of_which_no_letter_can_be_made_has_failed(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    written(session)
    assert isinstance(outbox.notices, NoticeLetters)
    send_until_empty(replace(outbox, notices=Unprintable(outbox.notices)))
    assert smtp.received == []
    assert row_of(session, READER).state == "failed"
