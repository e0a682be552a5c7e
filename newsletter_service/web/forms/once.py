"""The key that a form is shown with, so that it does its work once."""

import re
from secrets import token_urlsafe

from flask import Flask, request

FIELD = "sleutel"
_KEY = re.compile(r"[\w-]{16,40}")


def init_once(app: Flask) -> None:
    """Add `new_key()` to the templates of `app`."""
    app.jinja_env.globals.update(new_key=new_key)


def new_key() -> str:
    """A key that no other form has."""
    return token_urlsafe(16)


def sent_key() -> str:
    """The key of the form that was sent, or of the page that was asked for; empty if there is none to go by."""
    key = request.values.get(FIELD, "")
    return key if _KEY.fullmatch(key) else ""
