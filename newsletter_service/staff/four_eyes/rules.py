"""Which acts can need a second person, who that may be, and what exactly they accept."""

import json
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from newsletter_service.staff.rules import Role

OPEN_FOR = timedelta(days=7)
"""So long a request waits for somebody."""
GRANTED_FOR = timedelta(days=1)
"""So long whoever asked may do what was accepted, where they do it themselves."""
ERASED_WITHIN = timedelta(days=1)
"""Who erased somebody so short ago erases more than one."""


class Act(StrEnum):
    """What can need a second person, besides editions and corrections, which have a rule of their own."""

    IMPORT = "import"
    EXPORT = "export"
    ERASE = "erase"
    DOMAINS = "domains"


class RequestState(StrEnum):
    """Where a request stands; a used one was accepted, and done by whoever asked."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    USED = "used"


ROLES: Mapping[Act, tuple[Role, ...]] = {
    Act.IMPORT: (Role.HEAD, Role.COMMUNICATOR),
    Act.EXPORT: (Role.HEAD, Role.COMMUNICATOR),
    Act.ERASE: (Role.HEAD, Role.COMMUNICATOR),
    Act.DOMAINS: (Role.ADMINISTRATOR,),
}
"""Who may do each of them, and so be the second person."""


def fingerprint(act: Act, what: Mapping[str, object]) -> str:
    """The hash of what exactly a request does: whoever accepts it accepts that and nothing else."""
    line = json.dumps([act, what], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(line.encode()).hexdigest()
