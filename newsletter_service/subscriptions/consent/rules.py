"""The steps of consent, who takes them, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """A wish of a reader, or what ended one, kept as proof."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    MOVED = "moved"
    IMPORTED = "imported"
    REQUESTED = "requested"
    VERIFIED = "verified"
    DECLINED = "declined"
    REOPENED = "reopened"
    LAPSED = "lapsed"
    PAUSED = "paused"
    RESUMED = "resumed"
    LEFT = "left"
    UNANSWERED = "unanswered"
    RETURNED = "returned"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"
    ALLOWED = "allowed"


class Actor(StrEnum):
    """Who took a step."""

    READER = "reader"
    STAFF = "staff"
    COMMAND = "command"
    JOB = "job"


class Place(StrEnum):
    """Where readers take steps; for lists it is the name of the file."""

    SIGN_UP = "/aanmelden"
    CONFIRM = "/bevestigen"
    PREFERENCES = "/voorkeuren"
    OWN = "/mijn-gegevens"
    NOT_ME = "/niet-ik"
    LEAVE = "/afmelden"
    RETURN = "/afmelden/terug"
    ALLOW = "/toestaan"
    ONE_CLICK = "one-click"
    MAIL = "mail"
    SMTP = "smtp"
    DESK = "/redactie/lezers"
    COMMAND = "command"
    CLAIMS = "claims"
    AGREE = "/akkoord"


@dataclass(frozen=True)
class By:
    """Who took a step: `staff_id` is the account of a member of staff."""

    actor: Actor
    staff_id: int | None = None


READER, COMMAND, JOB = By(Actor.READER), By(Actor.COMMAND), By(Actor.JOB)


def by_staff(user_id: int) -> By:
    """A member of staff, by the number of their account."""
    return By(Actor.STAFF, user_id)
