"""What strangers asked for is answered, and what the ledger holds is sent."""

import logging
import threading
from dataclasses import replace

from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.liveness import Liveness
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.operations.outages import Outage
from newsletter_service.services import services
from scheduled_jobs import answer_forms

_ending = threading.Event()
_liveness = Liveness()
server_away = Outage(logging.getLogger("scheduled_jobs"), "the SMTP server takes no letters")


def run() -> str:
    """Send all that is due, or what of it goes out before `end` is called.

    Forms are answered first: by itself, without a scheduler beside it, this job brings a confirmation to who signed up.
    """
    answered = answer_forms.run()
    verdicts = send_until_empty(
        replace(services().delivery, liveness=_liveness, server_away=server_away), _ending
    )
    del verdicts[Verdict.UNREACHABLE]  # said already, and once is enough
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
    return "; ".join(filter(None, (answered, f"deliveries: {told}" if told else "")))


def end() -> None:
    """Let this process send no more: letters under way are finished, the others stay in the ledger."""
    _ending.set()
