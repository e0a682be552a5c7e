"""The proof that somebody waited: a sealed moment that their page holds, and nothing that we keep."""

from datetime import datetime

from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.subscriptions.requests.rules import PATIENCE, RIPE_FOR, FormSent
from newsletter_service.subscriptions.requests.sealed import read_moment, sealed_moment

_PURPOSE = "patience"


def begin(keys: SecretKeys, asked: FormSent, now: datetime) -> str:
    """A proof that ripens in PATIENCE, for this address and this form only."""
    return sealed_moment(keys, _PURPOSE, _about(asked), now)


def ripens_at(keys: SecretKeys, asked: FormSent, proof: str, now: datetime) -> datetime | None:
    """The moment from which a proof counts; None for none of ours, or one that is too old."""
    begun = read_moment(keys, _PURPOSE, _about(asked), proof)
    if begun is None or now >= begun + PATIENCE + RIPE_FOR:
        return None
    return begun + PATIENCE


def _about(asked: FormSent) -> str:
    return f"{asked.kind} {asked.address.text}"
