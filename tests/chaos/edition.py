"""An edition that is composed and released to invented readers, ready to be sent."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import Engine, NullPool, create_engine, func, insert, select
from sqlalchemy.orm import Session

from newsletter_service.app import create_app
from newsletter_service.audience.models import Segment
from newsletter_service.db import db, unit_of_work
from newsletter_service.delivery.models import Delivery
from newsletter_service.editions.composing.service import compose_edition
from newsletter_service.editions.releasing.service import release
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import edition_numbered, mailing_of, statement
from newsletter_service.publisher.service import organisations
from newsletter_service.services import services
from newsletter_service.settings import Settings
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.rules import Status
from tests.chaos.books import Account, MailBook, Repeat, settle_accounts
from tests.factories import make_item
from tests.set_up import set_up_region
from tests.tables import create_tables

_NUMBER = 1
_ROWS_AT_ONCE = 1000
_SEGMENTS_TAKEN = 5
_NO_SEGMENT = "zonder-doelgroep.example"
"""Where those readers live who claim no segment, so that nothing in the edition is for them."""


@dataclass(frozen=True)
class Edition:
    """An edition of so many letters, of which so many readers are left out."""

    engine: Engine
    mailing_id: int
    letters: int
    excluded: int

    def open(self) -> int:
        """How many letters may still go out."""
        with Session(self.engine) as session:
            mine = (Delivery.mailing_id == self.mailing_id, Delivery.settled_at.is_(None))
            return session.scalars(select(func.count()).select_from(Delivery).where(*mine)).one()

    def is_sent(self) -> bool:
        """Whether the scheduler has found it to be through."""
        with Session(self.engine) as session:
            return edition_numbered(session, _NUMBER).state == EditionState.SENT

    def account(self, book: MailBook) -> Account:
        """What became of it: every letter held against the book, and the statement against both."""
        book.read_on()
        with Session(self.engine) as session:
            account = settle_accounts(session, self.mailing_id, self.letters, book)
            doubtful = tuple(self._doubtful(session, account.repeats))
        return replace(account, unexplained=account.unexplained + doubtful)

    def _doubtful(self, session: Session, repeats: Sequence[Repeat]) -> Iterator[str]:
        """What staff would read that is not so."""
        edition = edition_numbered(session, _NUMBER)
        told = statement(session, edition)
        if edition.state != EditionState.SENT:
            yield f"the edition ended as {edition.state}"
        if not told.adds_up or told.open:
            yield f"the statement does not add up: {told}"
        if (told.sent, told.excluded) != (self.letters, self.excluded):
            yield f"the statement should count {self.letters} sent and {self.excluded} excluded: {told}"
        twice = len({repeat.reader for repeat in repeats})
        if told.repeated < twice:
            yield f"{twice} readers got it more than once, and the statement says {told.repeated}"


def release_edition(environment: Mapping[str, str], letters: int) -> Edition:
    """Make the tables, compose an edition, and release it to so many readers, most of them in one domain."""
    now, excluded = datetime.now(UTC), letters // 50 + 1
    with _app(environment):
        create_tables(db.engine)
        with unit_of_work() as session:
            set_up_region(session, now)
            _add_items(session, now)
            _add_readers(session, letters, excluded, now)
            edition = edition_numbered(session, _NUMBER)
            compose_edition(session, services(), edition, None, now)
            release(session, services(), edition, None, now)
            mailing_id = mailing_of(edition)
    engine = create_engine(environment["DATABASE_URL"], poolclass=NullPool)
    return Edition(engine, mailing_id, letters, excluded)


def _add_items(session: Session, now: datetime) -> None:
    """An item of each organisation for some of the segments: there are letters with one, the other and both."""
    first, second = organisations(session)
    segments = session.scalars(select(Segment).order_by(Segment.position)).all()
    titles = "Ondermijning in de haven", "Jaarcijfers zorgmeldingen gereed"
    make_item(session, first, now=now, title=titles[0], segments=tuple(segments[:3]))
    make_item(session, second, now=now, title=titles[1], segments=tuple(segments[2:]))


def _add_readers(session: Session, letters: int, excluded: int, now: datetime) -> None:
    """Every reader who shall get a letter claims a segment, the others none."""
    for first in range(0, letters + excluded, _ROWS_AT_ONCE):
        numbers = range(first, min(first + _ROWS_AT_ONCE, letters + excluded))
        rows = [_reader(number, _NO_SEGMENT if number >= letters else "") for number in numbers]
        dates = {"status": Status.ACTIVE, "asked_at": now, "confirmed_at": now}
        session.execute(insert(Subscriber), [row | dates for row in rows])
    claims = select(Subscriber.id, Segment.id, Subscriber.asked_at).where(
        Segment.position == Subscriber.id % _SEGMENTS_TAKEN + 1, Subscriber.domain != _NO_SEGMENT
    )
    session.execute(insert(Membership).from_select(["subscriber_id", "segment_id", "claimed_at"], claims))


def _reader(number: int, domain: str) -> dict[str, object]:
    domain = domain or ("politie.example" if number % 5 < 3 else f"gemeente{number % 97}.example")
    return {
        "address": f"lezer{number}@{domain}",
        "address_hmac": f"{number:064}",
        "domain": domain,
        "name": f"Lezer {number}",
        "language": "nl" if number % 10 else "en",
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
