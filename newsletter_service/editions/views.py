"""Pages."""

from flask import Blueprint

editions = Blueprint("editions", __name__, url_prefix="/redactie")
