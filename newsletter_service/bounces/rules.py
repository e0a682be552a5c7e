"""Pure decisions about what comes back: what a status code and its words mean, and when soft bounces add up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newsletter_service.bounces.wordings import speaks_of_policy, speaks_of_unknown, status_in

MOST_SOFT = 3
SOFT_FOR_AT_LEAST = timedelta(days=14)
BOUNCES_COME_WITHIN = timedelta(days=5)
"""So long mail servers try; a letter that did not bounce until then was delivered."""

_HARD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_ABOUT_THE_SENDER = frozenset({"5.1.7", "5.1.8"})
_VAGUE = frozenset({"", "4.0.0", "5.0.0", "5.1.0", "5.3.0", "5.5.0"})
_CODE = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
_BASIC = re.compile(r"(?:^|\s)([45])\d\d[ -]")


class Verdict(StrEnum):
    """What a message that came back means."""

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    UNSUBSCRIBE = "unsubscribe"
    NONE = "none"


class Source(StrEnum):
    """Where we were told: in a message, or by the server's reply to the letter itself."""

    MESSAGE = "message"
    REPLY = "reply"


class Effect(StrEnum):
    """What a message came to."""

    NOTED = "noted"
    STOPPED = "stopped"
    UNSUBSCRIBED = "unsubscribed"
    KNOWN = "known"
    FOREIGN = "foreign"
    IGNORED = "ignored"
    UNREADABLE = "unreadable"


KEPT = (Verdict.HARD, Verdict.SOFT, Verdict.POLICY, Verdict.COMPLAINT, Verdict.UNSUBSCRIBE)
"""What is written down of a delivery."""


def status_of(given: str, words: str) -> str:
    """Returns the most telling status code (RFC 3463) of a failure: of the field and of the server's own words.

    A refusal for policy in the words counts, whatever code a server in between made of it.
    """
    found = _CODE.search(words)
    said = found.group(1) if found else ""
    if given not in _VAGUE and not said.startswith(("4.7.", "5.7.")):
        return given
    if said not in _VAGUE:
        return said
    basic = _BASIC.search(words)
    return status_in(words) or given or said or (f"{basic.group(1)}.0.0" if basic else "5.0.0")


def verdict_of(status: str, words: str) -> Verdict:
    """Returns what a failure with this status code means; policy in the words never makes an address a dead one."""
    if status in _HARD:
        return Verdict.POLICY if speaks_of_policy(words) and not speaks_of_unknown(words) else Verdict.HARD
    if status in _ABOUT_THE_SENDER or status.startswith("5.7."):
        return Verdict.POLICY
    if status.startswith("5."):
        return Verdict.POLICY if speaks_of_policy(words) else Verdict.SOFT
    return Verdict.SOFT if status.startswith("4.") else Verdict.NONE


def adds_up(verdict: Verdict, status: str, words: str) -> bool:
    """Whether a bounce is a reason to stop writing to this subscriber, and not one about us."""
    about_us = status.startswith("4.7.") or speaks_of_policy(words)
    return verdict is Verdict.HARD or (verdict is Verdict.SOFT and not about_us)


@dataclass(frozen=True)
class Sent:
    """One edition to a subscriber: when it went out, whether it bounced, and whether that bounce adds up."""

    at: datetime
    bounced: bool = False
    adds_up: bool = False


def is_lasting(editions: Iterable[Sent], now: datetime) -> bool:
    """Whether soft bounces add up to an address that is given up; `editions` are in the order in which they went out.

    Any edition that arrived starts the count again; one that may still bounce says nothing yet.
    """
    soft: list[datetime] = []
    for edition in editions:
        if edition.adds_up:
            soft.append(edition.at)
        elif not edition.bounced and now - edition.at >= BOUNCES_COME_WITHIN:
            soft.clear()
    return len(soft) >= MOST_SOFT and soft[-1] - soft[0] >= SOFT_FOR_AT_LEAST
