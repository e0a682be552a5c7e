"""GET and HEAD are answered in a transaction that cannot write: link scanners follow every link they see."""

from flask import Flask, request

from newsletter_service.db import read_only

READING = frozenset({"GET", "HEAD"})
WITHOUT_DATABASE = frozenset({"web.static", "web.healthz", "web.robots", "web.security_txt"})


def init_transactions(app: Flask) -> None:
    """Open a read-only transaction for requests that may not change anything."""

    @app.before_request
    def _read_only() -> None:
        if request.method in READING and request.endpoint and request.endpoint not in WITHOUT_DATABASE:
            read_only()
