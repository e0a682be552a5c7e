"""What a worker needs from outside, and what it reports while it runs."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine

from newsletter_service.continuity.witness import Witness
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.liveness import Liveness
from newsletter_service.delivery.worker.personalise import LinkMaker, NoticeMaker
from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.operations.outages import Outage
from newsletter_service.smtp.connection import SmtpServer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """How far a run has come: letters by verdict and still open, letters a second, and what it waits for."""

    verdicts: Counter[Verdict]
    open: int
    rate: float
    seconds_left: float
    note: str


@dataclass(frozen=True)
class DeliveryConfig:
    """All that a worker needs from outside: database, SMTP server, links, domains, limits and a clock (aware UTC).

    `notices` makes the letters of notices. `report` is called about once a second. `liveness` and `server_away`
    remember from one run to the next which other workers are alive, and what was logged of a server that takes no
    letters; so does `copy` of a database that is one. `witness` knows what this machine saw of the database.
    """

    engine: Engine
    server: SmtpServer
    links: LinkMaker
    notices: NoticeMaker
    clock: Callable[[], datetime]
    keys: SecretKeys
    suppression_key: str
    mail_domain: str
    bounce_domain: str
    limits: Limits = field(default_factory=Limits)
    on_uncertain: Literal["resend", "hold"] = "resend"
    report: Callable[[Snapshot], None] | None = None
    liveness: Liveness = field(default_factory=Liveness)
    server_away: Outage = field(default_factory=lambda: Outage(log, "the SMTP server takes no letters"))
    witness: Witness = field(default_factory=Witness)
    copy: Outage = field(default_factory=lambda: Outage(log, "nothing is sent"))

    @property
    def hold_uncertain(self) -> bool:
        """Whether letters of unknown outcome wait for a person."""
        return self.on_uncertain == "hold"
