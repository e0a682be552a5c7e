"""Sign-in by Flask-Security."""

from flask import Flask


def init_signin(app: Flask) -> None:
    """Add sign-in to `app`."""
