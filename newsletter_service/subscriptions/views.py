"""Pages."""

from flask import Blueprint

readers = Blueprint("readers", __name__, url_prefix=None)
