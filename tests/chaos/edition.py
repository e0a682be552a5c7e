"""An edition that is released to invented readers, ready to be sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.orm import Session

from config import Settings
from newsletter_service.app import create_app
from newsletter_service.db import Base, db, unit_of_work
from newsletter_service.delivery import service
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import EDITION_GIVE_UP, State
from newsletter_service.letters.values import EditionContent
from newsletter_service.parts import Parts
from newsletter_service.publisher.service import sender_for
from newsletter_service.seeding import seed_base
from tests.chaos.books import Account, MailBook, settle_accounts

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Edition:
    """A mailing of so many letters in the database at `url`."""

    url: str
    mailing_id: int
    letters: int

    def open(self) -> int:
        """How many letters may still go out."""
        with self._session() as session:
            mine = (Delivery.mailing_id == self.mailing_id, Delivery.settled_at.is_(None))
            return session.scalars(select(func.count()).select_from(Delivery).where(*mine)).one()

    def account(self, book: MailBook) -> Account:
        """What became of it."""
        book.read_on()
        with self._session() as session:
            return settle_accounts(session, self.mailing_id, self.letters, book)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        engine = create_engine(self.url)
        with Session(engine) as session:
            yield session
        engine.dispose()


def release_edition(environment: Mapping[str, str], letters: int) -> Edition:
    """Make the tables, and one row for each of so many readers, most of them in one domain."""
    now = datetime.now(UTC)
    with _app(environment) as app:
        Base.metadata.create_all(db.engine)
        with unit_of_work() as session:
            seed_base(session, now)
            mailing_id = _write(session, app.extensions["newsletter"], letters, now)
    return Edition(environment["DATABASE_URL"], mailing_id, letters)


def _write(session: Session, wired: Parts, letters: int, now: datetime) -> int:
    mailing = service.open_mailing(session, now)
    sender = sender_for(session, "nl", wired.mail_from, wired.reply_to, wired.links.base_url)
    content = EditionContent(1, now.date(), "Nieuwsbrief", "Kort", "Dag.", "nl", ())
    letter = service.add_letter(session, mailing, wired.renderer.edition(content, sender), now)
    shared = {"mailing_id": mailing.id, "letter_id": letter.id, "state": State.READY, "created_at": now}
    shared |= {"next_attempt_at": now, "give_up_at": now + EDITION_GIVE_UP, "reader_generation": 1}
    for first in range(1, letters + 1, _ROWS_AT_ONCE):
        numbers = range(first, min(first + _ROWS_AT_ONCE, letters + 1))
        session.execute(insert(Delivery), [shared | _reader(number) for number in numbers])
    return mailing.id


def _reader(number: int) -> dict[str, object]:
    domain = "politie.example" if number % 5 < 3 else f"gemeente{number % 97}.example"
    return {
        "reader_id": number,
        "address": f"lezer{number}@{domain}",
        "domain": domain,
        "name": f"Lezer {number}",
    }


@contextmanager
def _app(environment: Mapping[str, str]) -> Iterator[Flask]:
    app = create_app(Settings.from_env(environment))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
