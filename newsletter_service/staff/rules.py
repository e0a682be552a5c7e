"""Who of the staff may do what, decided on plain values."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

MIN_PASSWORD = 12
MAX_PASSWORD = 256
"""Longer than any sentence that somebody remembers; what is longer is not even looked at."""
EMAIL_LENGTH = 255
NAME_LENGTH = 120


class Role(StrEnum):
    """What a member of staff may do; one person may have several roles."""

    HEAD = "head"
    COMMUNICATOR = "communicator"
    ADMINISTRATOR = "administrator"


class NoticeKind(StrEnum):
    """Mails to staff that one may do without: nothing waits for whoever gets them."""

    COMPOSED = "composed"
    REFUSALS = "refusals"
    SIGN_INS = "sign_ins"


GETS: dict[NoticeKind, frozenset[Role]] = {
    NoticeKind.COMPOSED: frozenset({Role.HEAD, Role.COMMUNICATOR}),
    NoticeKind.REFUSALS: frozenset({Role.COMMUNICATOR, Role.ADMINISTRATOR}),
    NoticeKind.SIGN_INS: frozenset({Role.ADMINISTRATOR}),
}
"""Which roles get a mail at all."""


@dataclass(frozen=True)
class Actor:
    """What matters of a member of staff here."""

    roles: Collection[Role]
    organisation_id: int | None


def may_edit_item(actor: Actor, organisation_id: int, *, joint: bool = False) -> bool:
    """Heads edit the items of their own organisation and those of all together, communicators every item."""
    if Role.COMMUNICATOR in actor.roles:
        return True
    return Role.HEAD in actor.roles and (joint or actor.organisation_id == organisation_id)


def may_edit_edition(actor: Actor) -> bool:
    """Both heads and communicators order, drop, add, hold and release."""
    return Role.COMMUNICATOR in actor.roles or Role.HEAD in actor.roles


def may_see_readers(actor: Actor) -> bool:
    """Those who answer readers see who they are: heads and communicators."""
    return may_edit_edition(actor)


def may_sign_off(actor: Actor, organisation_id: int) -> bool:
    """Only a head, and only on behalf of their own organisation."""
    return Role.HEAD in actor.roles and actor.organisation_id == organisation_id
