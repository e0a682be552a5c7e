"""The addresses that appear in mails, and the tokens in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter_service import retention
from newsletter_service.links.tokens import Purpose, Tokens

ARCHIVE = "/archief"
"""Where the public reads editions back; each under its number."""
CONFIRM_WITHIN = retention.UNCONFIRMED
MANAGE_WITHIN = timedelta(days=1)
ANSWER_WITHIN = timedelta(days=60)
ANSWER_CHANGE_WITHIN = retention.UNCONFIRMED
ALLOW_WITHIN = timedelta(days=7)
INVITED_FOR = timedelta(days=7)
NEW_PASSWORD_WITHIN = timedelta(hours=1)
PERSONAL_PAGES = (
    "akkoord",
    "functie",
    "bevestigen",
    "niet-ik",
    "voorkeuren",
    "afmelden",
    "mijn-gegevens",
    "nieuw-adres",
    "oud-adres",
    "toestaan",
    "redactie/uitnodiging",
    "redactie/nieuw-wachtwoord",
    "redactie/agenda",
)
"""Pages whose addresses go on with a token of one person: nobody else may ever get such an address."""


@dataclass(frozen=True)
class Links:
    """Builds full addresses under `base_url` (no slash at its end); `key` is the reader's own (see tokens.new_key)."""

    base_url: str
    tokens: Tokens

    def confirm(self, key: str, now: datetime) -> str:
        """Where a sign-up is confirmed; good for CONFIRM_WITHIN."""
        return self._reader("bevestigen", Purpose.CONFIRM, key, now + CONFIRM_WITHIN)

    def never(self, key: str, now: datetime) -> str:
        """Where somebody says "this was not me, never mail me"; good for CONFIRM_WITHIN."""
        return self._reader("niet-ik", Purpose.NEVER, key, now + CONFIRM_WITHIN)

    def manage(self, key: str, expires_at: datetime | None = None) -> str:
        """Where a reader changes preferences; dies with the subscription."""
        return self._reader("voorkeuren", Purpose.MANAGE, key, expires_at)

    def unsubscribe(self, key: str) -> str:
        """Where a reader leaves, by page and by one-click POST; dies with the subscription."""
        return self._reader("afmelden", Purpose.UNSUBSCRIBE, key, None)

    def still_there(self, key: str, now: datetime) -> str:
        """Where a reader says that they still have the function that was verified; good for ANSWER_WITHIN."""
        return self._reader("functie", Purpose.STILL_THERE, key, now + ANSWER_WITHIN)

    def new_address(self, key: str, asked_at: datetime) -> str:
        """Where the owner of a new address says yes to it; `key` is the change's, good for ANSWER_CHANGE_WITHIN."""
        return self._reader("nieuw-adres", Purpose.NEW_ADDRESS, key, asked_at + ANSWER_CHANGE_WITHIN)

    def old_address(self, key: str, asked_at: datetime) -> str:
        """Where the address of before says yes or no to a change; as `new_address`."""
        return self._reader("oud-adres", Purpose.OLD_ADDRESS, key, asked_at + ANSWER_CHANGE_WITHIN)

    def allow(self, key: str, now: datetime) -> str:
        """Where the owner of a suppressed address lifts that; `key` is the suppression's, good for ALLOW_WITHIN."""
        return self._reader("toestaan", Purpose.ALLOW, key, now + ALLOW_WITHIN)

    def agree(self, key: str, now: datetime) -> str:
        """Where a reader agrees to a text that changed; good for ANSWER_WITHIN."""
        return self._reader("akkoord", Purpose.AGREE, key, now + ANSWER_WITHIN)

    def archived(self, number: int, anchor: str = "") -> str:
        """An edition as everybody may read it, or one item of it; the same for all readers."""
        return f"{self.base_url}{ARCHIVE}/{number}" + (f"/{anchor}" if anchor else "")

    def image(self, digest: str) -> str:
        """Where an item's picture lies; the same for all readers."""
        return f"{self.base_url}/afbeelding/{digest}"

    def staff(self, path: str) -> str:
        """A page for staff; `path` as in "edities/12"."""
        return f"{self.base_url}/redactie/{path}"

    def invitation(self, key: str, now: datetime) -> str:
        """Where somebody who is invited chooses a password; `key` is the account's, good for INVITED_FOR, and once."""
        return self._reader("redactie/uitnodiging", Purpose.INVITED, key, now + INVITED_FOR)

    def new_password(self, key: str, now: datetime) -> str:
        """Where somebody who lost their password chooses another; as `invitation`, good for NEW_PASSWORD_WITHIN."""
        return self._reader("redactie/nieuw-wachtwoord", Purpose.LOST, key, now + NEW_PASSWORD_WITHIN)

    def agenda(self, key: str) -> str:
        """What somebody's agenda follows the calendar at; `key` is the account's, good until it has another or none."""
        return f"{self._reader('redactie/agenda', Purpose.AGENDA, key, None)}.ics"

    def _reader(self, page: str, purpose: Purpose, key: str, expires_at: datetime | None) -> str:
        return f"{self.base_url}/{page}/{self.tokens.make(purpose, key, expires_at)}"
