"""Pages."""

from flask import Blueprint

archive = Blueprint("archive", __name__, url_prefix="/archief")
