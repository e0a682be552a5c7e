"""Pages."""

from flask import Blueprint

editorial = Blueprint("editorial", __name__, url_prefix=None)
