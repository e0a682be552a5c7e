"""Which part of the site a request is about."""

from flask import request


def is_staff_page() -> bool:
    """Whether the request is for a page under /redactie; everything else is for readers and the public."""
    return request.path == "/redactie" or request.path.startswith("/redactie/")


def is_for_staff() -> bool:
    """Whether the request's answer may depend on who is signed in."""
    return is_staff_page() or request.path.rstrip("/") == "/metrics"
