"""Who gets which letter of an edition: a stream of readers, one letter for all who may see the same items."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import ItemView
from newsletter_service.db import among
from newsletter_service.delivery import service as delivery
from newsletter_service.delivery.models import Mailing
from newsletter_service.editions.content import content_for
from newsletter_service.editions.models import Edition, Exclusion, LetterItem
from newsletter_service.editions.readers import ACTIVE, RECIPIENT, ActiveSubscriber, active_subscribers
from newsletter_service.editions.rules import ExclusionReason
from newsletter_service.editorial.models import Item
from newsletter_service.languages import Language
from newsletter_service.letters.values import PreparedLetter
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.service import mail_identity
from newsletter_service.subscriptions.models import Subscriber

_ADDRESSED_AT_ONCE = 5_000


class Addressing:
    """Writes down what an edition with these items means for each reader: a delivery, or why there is none.

    What it keeps in memory grows with the number of letters, not of readers.
    """

    def __init__(
        self,
        session: Session,
        mail_context: MailContext,
        edition: Edition,
        mailing: Mailing,
        items: Sequence[Item],
        views: Sequence[ItemView],
        now: datetime,
    ) -> None:
        self._session, self._mail_context, self._now = session, mail_context, now
        self._edition, self._mailing, self._items, self._views = edition, mailing, items, views
        self._letters: dict[tuple[tuple[int, ...], str], int] = {}
        self._addressed: defaultdict[int, list[int]] = defaultdict(list)
        self._written = 0

    def write_down(self) -> int:
        """Write one row for each active subscriber; returns their number. Raises letters.errors.LetterError."""
        for readers in active_subscribers(self._session, self._views, self._now):
            self._address(readers)
            if sum(map(len, self._addressed.values())) >= _ADDRESSED_AT_ONCE:
                self._write_addressed()
        self._write_addressed()
        return self._written

    def _address(self, readers: Sequence[ActiveSubscriber]) -> None:
        excluded: dict[int, ExclusionReason] = {}
        for reader in readers:
            if reader.suppressed:
                excluded[reader.id] = ExclusionReason.SUPPRESSED
            elif reader.paused:
                excluded[reader.id] = ExclusionReason.PAUSED
            elif reader.seen:
                self._addressed[self._letter(reader.seen, reader.language)].append(reader.id)
            else:
                excluded[reader.id] = ExclusionReason.NOTHING_VISIBLE
        self._exclude(excluded)

    def _write_addressed(self) -> None:
        for letter_id, subscriber_ids in self._addressed.items():
            still_active = select(*RECIPIENT).where(ACTIVE, among(Subscriber.id, subscriber_ids))
            self._written += delivery.add_deliveries(
                self._session, self._mailing, letter_id, still_active, self._now
            )
        self._addressed.clear()

    def _letter(self, item_ids: tuple[int, ...], language: Language) -> int:
        """The number of the letter with these items, which is prepared when its first reader turns up."""
        variant = item_ids, language
        if variant not in self._letters:
            prepared = self._prepare(item_ids, language)
            letter = delivery.add_letter(self._session, self._mailing, prepared, self._now)
            self._session.add_all(LetterItem(letter_id=letter.id, item_id=one) for one in item_ids)
            self._letters[variant] = letter.id
        return self._letters[variant]

    def _prepare(self, item_ids: tuple[int, ...], language: Language) -> PreparedLetter:
        mail_context = self._mail_context
        sender = mail_identity(self._session, mail_context, language)
        return mail_context.renderer.edition(
            content_for(self._edition, self._items, item_ids, language, mail_context.links), sender
        )

    def _exclude(self, excluded: dict[int, ExclusionReason]) -> None:
        if excluded:
            rows = [
                {"edition_id": self._edition.id, "subscriber_id": subscriber_id, "reason": reason}
                for subscriber_id, reason in excluded.items()
            ]
            self._session.connection().execute(insert(Exclusion), rows)
            self._written += len(rows)
