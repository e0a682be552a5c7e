"""The proof that somebody waited: a sealed moment that their page holds, and nothing that we keep."""

from datetime import UTC, datetime

from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import is_genuine, seal
from newsletter_service.subscriptions.requests.rules import PATIENCE, RIPE_FOR, FormSent

_SEAL_BYTES = 16
_LONGEST = 100


def begin(keys: SecretKeys, asked: FormSent, now: datetime) -> str:
    """A proof that ripens in PATIENCE, for this address and this form only."""
    return _sealed(keys.current, asked, str(int(now.timestamp())))


def ripens_at(keys: SecretKeys, asked: FormSent, proof: str, now: datetime) -> datetime | None:
    """The moment from which a proof counts; None for none of ours, or one that is too old."""
    words = proof[:_LONGEST].partition(".")[0]
    if not words.isdecimal() or not is_genuine(keys, proof, lambda key: _sealed(key, asked, words)):
        return None
    ripe = datetime.fromtimestamp(int(words), UTC) + PATIENCE
    return ripe if now < ripe + RIPE_FOR else None


def _sealed(secret_key: str, asked: FormSent, words: str) -> str:
    return f"{words}.{seal(secret_key, 'patience', f'{asked.kind} {asked.address.text} {words}', _SEAL_BYTES).hex()}"
