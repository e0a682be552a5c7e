"""The copy of a letter that one row is about: who it is for, and the ids and links that are this reader's own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from newsletter_service.delivery import ledger
from newsletter_service.delivery.dialogue import Outgoing
from newsletter_service.delivery.ledger import Claimed
from newsletter_service.delivery.rules import envelope_sender, message_id
from newsletter_service.letters.skeleton import SlotValues, Template

_LETTERS_KEPT = 64


class LinkMaker(Protocol):
    """Makes a reader's own links, in whatever way the pages behind them read them."""

    def manage(self, reader_id: int, generation: int) -> str:
        """Where the reader changes preferences."""

    def unsubscribe(self, reader_id: int, generation: int) -> str:
        """Where the reader leaves."""


@dataclass
class Copies:
    """Fills letters, each of which it reads from the database once."""

    links: LinkMaker
    clock: Callable[[], datetime]
    secret_key: str
    mail_domain: str
    bounce_domain: str
    _letters: dict[int, Template] = field(default_factory=dict)

    def fill(self, connection: Connection, row: Claimed) -> Outgoing:
        """The letter for this reader; LetterError if it cannot be made."""
        message = self._letter(connection, row.letter_id).fill(self._values(row))
        sender = envelope_sender(row.delivery_id, self.secret_key, self.bounce_domain)
        return Outgoing(row, sender, row.address, message)

    def _letter(self, connection: Connection, letter_id: int) -> Template:
        if letter_id not in self._letters:
            if len(self._letters) >= _LETTERS_KEPT:
                self._letters.clear()
            self._letters[letter_id] = Template(ledger.skeleton(connection, letter_id))
        return self._letters[letter_id]

    def _values(self, row: Claimed) -> SlotValues:
        manage = unsubscribe = ""
        if row.reader_id is not None and row.reader_generation is not None:
            manage = self.links.manage(row.reader_id, row.reader_generation)
            unsubscribe = self.links.unsubscribe(row.reader_id, row.reader_generation)
        return SlotValues(
            address=row.address,
            date=self.clock(),
            message_id=message_id(row.delivery_id, self.secret_key, self.mail_domain),
            name=row.name,
            manage_url=manage,
            unsubscribe_url=unsubscribe,
        )
