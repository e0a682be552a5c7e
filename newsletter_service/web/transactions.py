"""GET and HEAD are answered in a transaction that cannot write: link scanners follow every link they see."""

from flask import Flask, request

from newsletter_service.db import db, read_only

READING = frozenset({"GET", "HEAD"})
LOOKS_FIRST = frozenset({"door.sign_in_now", "second_door.take"})
"""Strangers may post here: nobody has to wait for a lock that they hold."""
WITHOUT_DATABASE = frozenset(
    {"web.static", "health.healthz", "health.pages", "web.robots", "web.security_txt"}
)


def init_transactions(app: Flask) -> None:
    """Open a read-only transaction for requests that may not change anything, or not before they have looked."""

    @app.before_request
    def _read_only() -> None:
        if request.endpoint and request.endpoint not in WITHOUT_DATABASE and _reads_first():
            read_only()


def look_again() -> None:
    """Let the rest of a request look and not write: nobody has to wait for it."""
    db.session.rollback()
    read_only()


def _reads_first() -> bool:
    return request.method in READING or request.endpoint in LOOKS_FIRST
