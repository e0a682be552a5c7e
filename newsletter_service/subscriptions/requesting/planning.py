"""Whom of a list to ask by mail, and when."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter_service.audience.rules import proof_of
from newsletter_service.languages import LANGUAGES, Language
from newsletter_service.subscriptions.domains.rules import registered_domain
from newsletter_service.subscriptions.importing.rows import SUBSCRIBER_COLUMNS, Offers, Row
from newsletter_service.subscriptions.requesting.rules import Pace
from newsletter_service.subscriptions.requesting.service import Request
from newsletter_service.subscriptions.rules import Choices


@dataclass(frozen=True)
class Asking:
    """Makes requests for consent of rows."""

    offers: Offers
    pace: Pace

    def plan(self, rows: Sequence[Row]) -> list[Request]:
        """A request for each row, one after the other."""
        return [self._request(row) for row in rows]

    def _request(self, row: Row) -> Request:
        said = {name: str(value) for name, value in zip(SUBSCRIBER_COLUMNS, row.subscriber, strict=True)}
        listed = (one for domains in self.offers.domains.values() for one in domains)
        own = proof_of(said["domain"], listed) is not None
        choices = Choices(
            said["name"],
            _LANGUAGES[said["language"]],
            frozenset(int(segment_id) for segment_id, *_rest in row.claims if segment_id),
            frozenset(row.topics),
            said["organisation"],
        )
        return Request(row.address, choices, self.pace.next(registered_domain(said["domain"]), is_own=own))


_LANGUAGES: dict[str, Language] = {str(one): one for one in LANGUAGES}
