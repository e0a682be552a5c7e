"""Reads the mailbox that bounces come to: a message is flagged only after what it says is committed."""

from collections import Counter
from collections.abc import Iterator

from newsletter_service.bounces.reading import MOST_BYTES, read
from newsletter_service.bounces.rules import Effect, Verdict
from newsletter_service.bounces.service import take_in
from newsletter_service.bounces.summary import summary
from newsletter_service.db import unit_of_work
from newsletter_service.imap import ImapMailbox
from newsletter_service.services import Services

_MOST = 1000
_AT_ONCE = 20


def read_mailbox(mailbox: ImapMailbox, wired: Services) -> str:
    """Take in what is unread, and say what it came to; raises ImapError where the connection is lost.

    What was committed before that and not flagged comes again, and counts once. Unreadable messages go to a folder
    of their own at the end, so that they keep nothing up.
    """
    verdicts: Counter[Verdict] = Counter()
    effects: Counter[Effect] = Counter()
    unreadable: list[int] = []
    for uids in _some_at_a_time(mailbox.unread(_MOST)):
        readings = {uid: read(raw) for uid, raw in mailbox.fetch(uids, MOST_BYTES).items()}
        with unit_of_work() as session:
            now = wired.clock()
            effects.update(take_in(session, wired, reading, now) for reading in readings.values())
        verdicts.update(reading.verdict for reading in readings.values())
        mailbox.mark_read([uid for uid, reading in readings.items() if not reading.unreadable])
        unreadable += [uid for uid, reading in readings.items() if reading.unreadable]
    mailbox.set_aside(unreadable)
    return summary(verdicts, effects) if verdicts else ""


def _some_at_a_time(uids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(uids), _AT_ONCE):
        yield uids[start : start + _AT_ONCE]
