"""The front door of the editorial office."""

from flask import Blueprint

from newsletter_service.staff.access.sessions import in_background, session_ends
from newsletter_service.staff.guards import before_second_factor, staff_only
from newsletter_service.web.formatting import machine

staff = staff_only(Blueprint("staff", __name__, url_prefix="/redactie"))


@staff.get("/sessie")
@in_background
@before_second_factor
def session_now() -> dict[str, str]:
    """When the session ends, as things stand in this browser's other tabs too."""
    return {"ends": machine(session_ends())}


@staff.post("/sessie")
@before_second_factor
def stay() -> dict[str, str]:
    """Somebody is there, though no page was asked for: the session goes on."""
    return {"ends": machine(session_ends())}
