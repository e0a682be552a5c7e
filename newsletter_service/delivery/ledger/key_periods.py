"""Under which secret key the Message-ID of each delivery is made: a new key changes none that there was before."""

from bisect import bisect_right
from dataclasses import dataclass

from sqlalchemy import Connection, select

from newsletter_service.delivery.models import KeyFingerprint
from newsletter_service.keys.secret_keys import KeyName, SecretKeys, fingerprint


@dataclass(frozen=True)
class KeyPeriods:
    """The numbers of deliveries at which another secret key began, in their order, with that key."""

    first_ids: tuple[int, ...]
    keys: tuple[str, ...]

    def key_of(self, delivery_id: int) -> str:
        """Returns the secret key for the ids of this delivery, on its first attempt and on every other."""
        return self.keys[max(0, bisect_right(self.first_ids, delivery_id) - 1)]


def key_periods(connection: Connection, keys: SecretKeys) -> KeyPeriods:
    """Returns the periods that were written down. A key that is not given any more is replaced by the current one."""
    known = {fingerprint(key): key for key in keys.every}
    query = select(KeyFingerprint.first_delivery_id, KeyFingerprint.fingerprint)
    secret = query.where(KeyFingerprint.name == KeyName.SECRET).order_by(KeyFingerprint.first_delivery_id)
    rows = connection.execute(secret).all()
    if not rows:
        return KeyPeriods((0,), (keys.current,))
    return KeyPeriods(tuple(row[0] for row in rows), tuple(known.get(row[1], keys.current) for row in rows))
