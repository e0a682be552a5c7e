"""How long what is kept is kept: jobs and use cases go by it, and the privacy statement says it.

What is a Term is a setting (see documents.terms); the others are not: links and budgets go by them.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

UNCONFIRMED = timedelta(days=7)
"""How long the links hold with which a sign-up, or another address, is confirmed."""
CONSENT_REQUESTS = timedelta(days=30)
"""Somebody on a list without proof of consent who is to be asked by mail, until they are."""
BUDGETS = timedelta(days=7)
"""How often forms asked for mail to somebody, or from a network: hashes, at most so long after the last time."""


class Term(StrEnum):
    """What is kept for some days, which administrators set."""

    UNCONFIRMED = "unconfirmed"
    NOTICES = "notices"
    DELIVERIES = "deliveries"
    BOUNCE_HEADERS = "bounce_headers"
    BOUNCES = "bounces"
    LISTS = "lists"
    LIST_REPORTS = "list_reports"
    SESSIONS = "sessions"
    PICTURES = "pictures"
    AUDIT = "audit"


class Days(NamedTuple):
    """A term as it comes with the product, and within which bounds it is set."""

    usual: int
    least: int
    most: int


DAYS: Mapping[Term, Days] = {
    Term.UNCONFIRMED: Days(7, UNCONFIRMED.days, 30),
    Term.NOTICES: Days(7, 1, 90),
    Term.DELIVERIES: Days(90, 30, 730),
    Term.BOUNCE_HEADERS: Days(30, 1, 365),
    Term.BOUNCES: Days(400, 90, 730),
    Term.LISTS: Days(1, 1, 14),
    Term.LIST_REPORTS: Days(30, 1, 365),
    Term.SESSIONS: Days(1, 1, 30),
    Term.PICTURES: Days(1, 1, 90),
    Term.AUDIT: Days(1095, 365, 3650),
}
Terms = Mapping[Term, timedelta]
