"""One subscriber's copy of a letter: the address, and the ids and links that are nobody else's."""

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import claims
from newsletter_service.delivery.ledger.key_periods import KeyPeriods, key_periods
from newsletter_service.delivery.ledger.rows import Claimed
from newsletter_service.delivery.rules import envelope_sender, message_id
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.languages import Language
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.letters.stored import from_words
from newsletter_service.letters.values import MailIdentity, Notice, PreparedLetter
from newsletter_service.smtp.messages import OutgoingMessage

_LETTERS_KEPT = 100


class LinkMaker(Protocol):
    """Makes a subscriber's own links."""

    def manage(self, key: str) -> str:
        """The page where the subscriber changes preferences."""

    def unsubscribe(self, key: str) -> str:
        """The page where the subscriber leaves."""


class NoticeMaker(Protocol):
    """Makes the letters of notices."""

    def sender(self, connection: Connection, language: Language) -> MailIdentity:
        """Who they come from."""

    def letter(self, notice: Notice, sender: MailIdentity) -> PreparedLetter:
        """The letter; LetterError if none can be made."""


@dataclass
class Personaliser:
    """Fills letters, each of which is read from the database once; those of notices are made here."""

    links: LinkMaker
    notices: NoticeMaker
    clock: Callable[[], datetime]
    keys: SecretKeys
    mail_domain: str
    bounce_domain: str
    _letters: dict[int, Template | LetterError] = field(default_factory=dict)
    _unmade: dict[int, tuple[Notice, MailIdentity]] = field(default_factory=dict)
    _periods: KeyPeriods | None = None
    _date: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.date_now()

    def date_now(self) -> None:
        """Dates the letters that are filled from now on: a few milliseconds make no difference to them."""
        self._date = self.clock()

    def lacks(self, letter_ids: Set[int]) -> bool:
        """Whether any of these letters was not read yet."""
        return not letter_ids <= self._letters.keys()

    def read(self, connection: Connection, letter_ids: Set[int]) -> None:
        """Reads these letters where that was not done yet; keeps them and not many others."""
        if self._periods is None:
            self._periods = key_periods(connection, self.keys)
        for letter_id in letter_ids - self._letters.keys():
            self._take_in(connection, letter_id, claims.letter(connection, letter_id))
        if len(self._letters) > _LETTERS_KEPT:
            self._letters = {key: made for key, made in self._letters.items() if key in letter_ids}

    def _take_in(self, connection: Connection, letter_id: int, letter: bytes | dict[str, Any]) -> None:
        if isinstance(letter, bytes):
            self._letters[letter_id] = _template(letter)
        else:
            notice = from_words(letter)
            self._unmade[letter_id] = notice, self.notices.sender(connection, notice.language)

    def make(self) -> None:
        """Makes the letters of the notices that were read: outside of a transaction, for it takes its time."""
        for letter_id, (notice, sender) in self._unmade.items():
            self._letters[letter_id] = self._made(notice, sender)
        self._unmade.clear()

    def _made(self, notice: Notice, sender: MailIdentity) -> Template | LetterError:
        try:
            return Template(self.notices.letter(notice, sender).skeleton)
        except LetterError as error:
            return error

    def fill(self, row: Claimed) -> OutgoingMessage:
        """Returns the letter for this row, with the row as its key; LetterError if it cannot be made."""
        template = self._letters[row.letter_id]
        if isinstance(template, LetterError):
            raise template
        sender = envelope_sender(row.delivery_id, self._key_of(row.delivery_id), self.bounce_domain)
        return OutgoingMessage(row, sender, row.address, template.pieces(self._values(row, sender)))

    def _values(self, row: Claimed, sender: str) -> SlotValues:
        manage = unsubscribe = ""
        if row.subscriber_key is not None:
            manage, unsubscribe = (
                self.links.manage(row.subscriber_key),
                self.links.unsubscribe(row.subscriber_key),
            )
        identity = self._message_id(row.delivery_id)
        answers = "" if row.answers_id is None else self._message_id(row.answers_id)
        return SlotValues(row.address, self._date, identity, row.name, manage, unsubscribe, answers, sender)

    def _message_id(self, delivery_id: int) -> str:
        return message_id(delivery_id, self._key_of(delivery_id), self.mail_domain)

    def _key_of(self, delivery_id: int) -> str:
        return self.keys.current if self._periods is None else self._periods.key_of(delivery_id)


def _template(skeleton: bytes) -> Template | LetterError:
    try:
        return Template(skeleton)
    except LetterError as error:
        return error
