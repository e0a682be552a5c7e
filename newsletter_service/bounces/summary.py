"""Pure words for operators about what was read."""

from collections import Counter
from collections.abc import Iterable

from newsletter_service.bounces.rules import Effect, Verdict


def summary(verdicts: Counter[Verdict], effects: Counter[Effect]) -> str:
    """Returns one line: the number of messages by what they mean, then by what they came to."""
    number = verdicts.total()
    if not number:
        return "no messages"
    messages = f"{number} {'message' if number == 1 else 'messages'}"
    return f"{messages}: {_counted(verdicts.items())}; {_counted(effects.items())}"


def _counted(numbers: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(numbers))
