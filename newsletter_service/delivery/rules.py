"""Pure decisions of delivery: what a server's answer means, when to try again, which ids a letter carries."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import is_genuine, seal
from newsletter_service.smtp.replies import Phase, Reply

_SEAL_DIGITS = 20
EDITION_GIVE_UP = timedelta(hours=48)
NOTICE_GIVE_UP = timedelta(hours=24)
_EARLY_RETRIES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(minutes=60))
_LATER_RETRY = timedelta(hours=2)
_JITTER = 0.2
SOON = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=3)
"""Longer than any letter ever waits for its next attempt."""
MOST_AMBIGUOUS_ATTEMPTS = 3
"""So often may a connection end without an answer to one letter; then a person decides what becomes of it."""
MOST_PAUSES = 2
"""So often may the refusal of one letter pause its mailing."""
FEWEST_ATTEMPTS = 5


class DeliveryState(StrEnum):
    """Where a delivery stands; SENT, FAILED and CANCELLED are final, UNCERTAIN is unless it is sent again."""

    READY = "ready"
    CLAIMED = "claimed"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class Suppressed(StrEnum):
    """What an address is kept off: all mail, or only lists that are imported."""

    ALL_MAIL = "all_mail"
    IMPORTS = "imports"


BOUNCED = "bounced"
"""Why an address is suppressed at which nothing arrives."""

OPEN_STATES = (DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.DEFERRED)


_BEFORE_ANY_LETTER = (Phase.CONNECT, Phase.AUTH)
_ABOUT_OURSELVES = (Phase.AUTH, Phase.MAIL)


class Verdict(StrEnum):
    """What a reply means for the row, and beyond it."""

    SENT = "sent"
    DEFER = "defer"
    FAIL = "fail"
    UNCERTAIN = "uncertain"
    REQUEUE = "requeue"
    UNREACHABLE = "unreachable"
    PAUSE = "pause"


_ACCEPTED = 250
_DOT, _SENT = Phase.DOT, Verdict.SENT  # looked up once, as nearly every letter meets them


def classify(reply: Reply, *, pausable: bool = True, attempts: int = 0) -> Verdict:
    """Returns what `reply` means: a refusal of one recipient, a temporary failure, or one that concerns every letter.

    A notice belongs to no mailing that could be paused (`pausable` False), so it is tried again later. A policy that
    refuses one letter at each of its `attempts`, though staff resumed the mailing, is about that recipient alone.
    """
    if reply.phase is _DOT and reply.code == _ACCEPTED:
        return _SENT
    verdict = _verdict(reply)
    if verdict is not Verdict.PAUSE:
        return verdict
    if reply.phase in _ABOUT_OURSELVES:
        return verdict if pausable else Verdict.UNREACHABLE
    if not pausable:
        return Verdict.DEFER
    return verdict if attempts < MOST_PAUSES else Verdict.FAIL


def _verdict(reply: Reply) -> Verdict:
    """What a reply means for its delivery (RFC 5321, 4.2); one that makes no sense counts as a lost connection."""
    match reply.code and reply.code // 100:
        case _ if reply.phase is Phase.CONNECT:
            return Verdict.UNREACHABLE
        case 2 if reply.phase is Phase.DOT:
            return Verdict.SENT
        case 4 if reply.phase is not Phase.AUTH:
            return Verdict.REQUEUE if reply.code == 421 else Verdict.DEFER
        case 5 if reply.phase in _ABOUT_OURSELVES or reply.enhanced_status.startswith("5.7."):
            return Verdict.PAUSE
        case 5:
            return Verdict.FAIL
        case _:
            return _lost(reply.phase)


def _lost(phase: Phase) -> Verdict:
    """A connection that ended without a reply; only after the final dot may the letter have arrived."""
    if phase is Phase.DOT:
        return Verdict.UNCERTAIN
    return Verdict.UNREACHABLE if phase in _BEFORE_ANY_LETTER else Verdict.REQUEUE


def is_about_the_letter(reply: Reply) -> bool:
    """Whether a reply is about one letter or its recipient, not about us or the connection."""
    return reply.code is not None and reply.phase not in (*_BEFORE_ANY_LETTER, *_ABOUT_OURSELVES)


@dataclass(frozen=True)
class Settlement:
    """What becomes of a row: its state, whether the attempt counts, when it is tried again (None: never)."""

    state: DeliveryState
    counts: bool
    next_attempt_at: datetime | None = None


def settlement(
    verdict: Verdict,
    attempts: int,
    give_up_at: datetime,
    now: datetime,
    chance: float,
    *,
    hold: bool = False,
    ambiguous: bool = False,
    costs: bool = False,
) -> Settlement:
    """What `verdict` makes of a row tried `attempts` times before; `chance` in [0, 1) spreads retries.

    A letter is given up when its time is up and it was tried often enough: one that was held for days, or
    met a clock that jumped ahead, still gets its chances. From then on an answer that otherwise costs no attempt
    does, or one letter at which a server always hangs up would be tried without end. `hold` leaves an unknown outcome
    to a person. After an earlier attempt with an unknown outcome (`ambiguous`) nobody can say that a letter failed.
    With `costs` it counts as an attempt whatever the verdict.
    """
    failed = DeliveryState.UNCERTAIN if ambiguous else DeliveryState.FAILED
    if verdict is Verdict.SENT:
        return Settlement(DeliveryState.SENT, counts=True)
    if verdict is Verdict.FAIL:
        return Settlement(failed, counts=True)
    if verdict is Verdict.UNCERTAIN:
        again = None if hold else now + retry_after(attempts + 1, chance)
        return Settlement(DeliveryState.UNCERTAIN, counts=True, next_attempt_at=again)
    if verdict is not Verdict.DEFER and now < give_up_at:
        freed = DeliveryState.DEFERRED if attempts or costs else DeliveryState.READY
        return Settlement(freed, counts=costs, next_attempt_at=now + SOON)
    if now >= give_up_at and attempts + 1 >= FEWEST_ATTEMPTS:
        return Settlement(failed, counts=True)
    at = now + retry_after(attempts + 1, chance)
    last = min(at, give_up_at) if now < give_up_at else at
    return Settlement(DeliveryState.DEFERRED, counts=True, next_attempt_at=last)


def retry_after(attempts: int, chance: float) -> timedelta:
    """The wait after attempt `attempts` (1, 2, ...): 5, 30, 60 minutes, then 2 hours, each within 20 %."""
    base = _EARLY_RETRIES[attempts - 1] if attempts <= len(_EARLY_RETRIES) else _LATER_RETRY
    return base * (1 - _JITTER + 2 * _JITTER * chance)


def message_id(delivery_id: int, secret_key: str, domain: str) -> str:
    """The Message-ID of a delivery: the same on each retry, on the sender's own domain, not to be guessed."""
    return f"<{delivery_id}.{_seals(delivery_id, secret_key)[:_SEAL_DIGITS]}@{domain}>"


def envelope_sender(delivery_id: int, secret_key: str, bounce_domain: str) -> str:
    """The address that bounces of this delivery come back to (VERP)."""
    return f"b+{delivery_id}-{_seals(delivery_id, secret_key)[_SEAL_DIGITS:]}@{bounce_domain}"


def bounced_delivery(address: str, keys: SecretKeys) -> int | None:
    """Returns the delivery that an envelope sender of ours names; None for a forged or foreign one."""
    return _sealed_id(r"b\+([1-9][0-9]{0,17})-([0-9a-f]{20})@.+", address, keys, slice(_SEAL_DIGITS, None))


def returned_delivery(message_id: str, keys: SecretKeys) -> int | None:
    """Returns the delivery that a Message-ID of ours names; None for a forged or foreign one."""
    return _sealed_id(r"<([1-9][0-9]{0,17})\.([0-9a-f]{20})@.+>", message_id, keys, slice(_SEAL_DIGITS))


def _sealed_id(pattern: str, text: str, keys: SecretKeys, part: slice) -> int | None:
    """The number in a text, if the seal beside it is that part of its seals."""
    match = re.fullmatch(pattern, text)
    if match is None:
        return None
    delivery_id = int(match.group(1))
    genuine = is_genuine(keys, match.group(2), lambda key: _seals(delivery_id, key)[part])
    return delivery_id if genuine else None


@lru_cache(maxsize=1)
def _seals(delivery_id: int, secret_key: str) -> str:
    """Two seals in one, of which neither tells the other: the Message-ID's and that of the envelope sender."""
    return seal(secret_key, "delivery", str(delivery_id), _SEAL_DIGITS).hex()


def address_hmac(address: str, suppression_key: str) -> str:
    """The keyed hash by which an address is known where it is not written down (HMAC-SHA256, hex)."""
    hashing = _begun_hash(suppression_key).copy()
    hashing.update(address.casefold().encode())
    return hashing.hexdigest()


@lru_cache(maxsize=10)
def _begun_hash(suppression_key: str) -> hmac.HMAC:
    """What all hashes under a key begin with: a list needs 100,000, and finding the algorithm takes longer than it."""
    return hmac.new(suppression_key.encode(), b"suppression:", "sha256")
