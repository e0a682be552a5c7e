"""The front door of the editorial office."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from newsletter_service.staff.guards import acting, staff_only
from newsletter_service.staff.rules import Role

staff = staff_only(Blueprint("staff", __name__, url_prefix="/redactie"))


@staff.get("/")
def home() -> Response:
    """Heads begin with their queue, the others with the editions."""
    heads = Role.HEAD in acting().roles and Role.COMMUNICATOR not in acting().roles
    return redirect(url_for("editorial.queue" if heads else "editions.index"))
