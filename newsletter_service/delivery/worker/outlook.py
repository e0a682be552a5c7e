"""Whether there is anything for a worker to do, now or soon: asked before it opens a connection, and before it ends."""

from datetime import timedelta

from newsletter_service.continuity.service import STILL, look
from newsletter_service.delivery.ledger import due
from newsletter_service.delivery.worker.liveness import expire_silent_workers
from newsletter_service.delivery.worker.setup import DeliveryConfig


def has_work(config: DeliveryConfig) -> bool:
    """Whether anything is due, and this database is no copy; what workers hold that are dead becomes free first."""
    now = config.clock()
    with config.engine.begin() as connection:
        if look(connection, config.witness, now).still:
            config.copy.note(STILL)
            return False
        config.copy.over()
        expire_silent_workers(connection, config.liveness, now, hold=config.hold_uncertain)
        return due.anything_due(connection, now)


def comes_soon(config: DeliveryConfig, within: timedelta) -> bool:
    """Whether something becomes due soon, or is claimed by a worker that may be dead."""
    now = config.clock()
    with config.engine.begin() as connection:
        if due.soonest(connection, now, now + within) is not None:
            return True
        return any(not config.liveness.alive(worker) for worker in due.claimed_by(connection))
