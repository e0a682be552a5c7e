"""Until the database has the tables of this version every page says 503, and the log says what to do."""

import logging

from flask import Flask, request

from newsletter_service.continuity.service import stands_still, was_moved
from newsletter_service.db import db
from newsletter_service.keys.suppression_key import not_ready
from newsletter_service.operations.outages import Outage
from newsletter_service.services import services
from newsletter_service.web.errors import plain_page
from newsletter_service.web.transactions import WITHOUT_DATABASE

log = logging.getLogger(__name__)


def init_upgrading(app: Flask) -> None:
    """Hold back the pages of `app` until `newsletter db upgrade` was run; looked at no more once all is well.

    A copy is noticed then, too; where the database was moved elsewhere, pages would take in what nobody sees.
    """
    waiting = Outage(log, "waiting")
    settled: list[bool] = []

    def _wait_for_tables() -> tuple[str, int] | None:
        if settled or request.endpoint in WITHOUT_DATABASE:
            return None
        needed = not_ready(db.engine, services().suppression_key) or was_moved(db.engine)
        if not needed:
            stands_still(db.engine, services().delivery.witness, services().clock())
            settled.append(True)
            waiting.over()
            return None
        waiting.note(needed)
        return plain_page(503)

    # Before all else that looks at a request: the first question to the database would be one too many.
    app.before_request_funcs.setdefault(None, []).insert(0, _wait_for_tables)
