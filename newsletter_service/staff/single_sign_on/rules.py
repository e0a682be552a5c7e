"""Who gets in by an identity provider, and with which roles, decided on plain values."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from newsletter_service.identity_provider import GroupRule
from newsletter_service.staff.rules import Role


@dataclass(frozen=True)
class Identity:
    """Somebody as a provider describes them; `subject` is what they are known by there, whatever they are called."""

    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
    groups: frozenset[str] = frozenset()
    session_id: str = ""

    @property
    def mark(self) -> str:
        """What is kept of it here."""
        return marked(self.issuer, self.subject)

    @property
    def session_mark(self) -> str:
        """What is kept of their session there; nothing where the provider does not number them."""
        return marked(f"{self.issuer} sid", self.session_id) if self.session_id else ""


@dataclass(frozen=True)
class SignedOff:
    """Somebody whom their provider signed out, by subject, by the number of their session there, or both.

    `token_id` is what this message is told from others by, for as long as it is news.
    """

    issuer: str
    token_id: str
    subject: str
    session_id: str
    is_news_for: timedelta

    @property
    def identity(self) -> Identity:
        """Who it is about."""
        return Identity(self.issuer, self.subject, session_id=self.session_id)


def marked(issuer: str, what: str) -> str:
    """The hash by which something that a provider says is known here."""
    return sha256(f"{issuer}\n{what}".encode()).hexdigest()


@dataclass(frozen=True)
class Given:
    """What somebody's groups give; no roles where they are in none that counts."""

    roles: frozenset[Role]
    organisation: str = ""


def given_by(groups: Collection[str], rules: Iterable[GroupRule]) -> Given:
    """Returns what these groups give; of several organisations the first that is named."""
    mine = [rule for rule in rules if rule.group in groups]
    organisation = next((rule.organisation for rule in mine if rule.organisation), "")
    return Given(frozenset(Role(rule.role) for rule in mine), organisation)


class Entry(StrEnum):
    """How somebody whom a provider vouches for comes in."""

    KNOWN = "known"
    BIND = "bind"
    NEW = "new"
    REFUSED = "refused"


@dataclass(frozen=True)
class Found:
    """What there is here of somebody: an account that knows their identity, or one that has their address.

    `bound_elsewhere` says that the account with their address knows somebody else's identity.
    """

    knows_them: bool
    is_open: bool
    has_address: bool
    bound_elsewhere: bool
    by_groups: bool


def how_they_enter(identity: Identity, given: Given, found: Found) -> Entry:
    """Returns how somebody comes in: known before, by an address that the provider checked, or by their groups.

    An account that groups made lives by them: who is in none of them any more stays outside.
    """
    if (found.knows_them or found.has_address) and not found.is_open:
        return Entry.REFUSED
    if found.knows_them:
        return Entry.REFUSED if found.by_groups and not given.roles else Entry.KNOWN
    if found.has_address:
        return Entry.BIND if identity.email_verified and not found.bound_elsewhere else Entry.REFUSED
    return Entry.NEW if given.roles and identity.email else Entry.REFUSED
