"""What a sender needs from outside, and what it tells while it runs."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine

from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.liveness import Liveness
from newsletter_service.delivery.worker.personalise import LinkMaker
from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.outages import Outage
from newsletter_service.smtp.connection import SmtpServer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """How far a run is; `open` and `seconds_left` are 0 where nobody counts, `note` says what it waits for."""

    verdicts: Counter[Verdict]
    open: int
    rate: float
    seconds_left: float
    note: str


@dataclass(frozen=True)
class DeliveryConfig:
    """All a sender needs from outside: database, SMTP server, links, names, limits and a clock (aware UTC).

    `report` is called about once a second. `roll_call` and `server_away` remember from run to run: which other senders
    live, and what the log was told of a server that is away.
    """

    engine: Engine
    server: SmtpServer
    links: LinkMaker
    clock: Callable[[], datetime]
    secret_key: str
    mail_domain: str
    bounce_domain: str
    limits: Limits = field(default_factory=Limits)
    on_uncertain: Literal["resend", "hold"] = "resend"
    report: Callable[[Snapshot], None] | None = None
    liveness: Liveness = field(default_factory=Liveness)
    server_away: Outage = field(default_factory=lambda: Outage(log, "the SMTP server takes no letters"))
