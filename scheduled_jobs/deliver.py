"""What the ledger holds is sent."""

import threading
from dataclasses import replace

from newsletter_service.delivery.roll_call import RollCall
from newsletter_service.delivery.sender import send_until_empty
from newsletter_service.parts import outbox

_ending = threading.Event()
_roll_call = RollCall()


def run() -> str:
    """Send all that is due, or what of it goes out before `end` is called."""
    verdicts = send_until_empty(replace(outbox(), roll_call=_roll_call), _ending)
    told = ", ".join(f"{count} {verdict.value}" for verdict, count in sorted(verdicts.items()))
    return f"deliveries: {told}" if told else ""


def end() -> None:
    """Let this process send no more: letters under way are finished, the others stay in the ledger."""
    _ending.set()
