"""The page that staff begin with."""

from flask import Blueprint, render_template

from newsletter_service.db import db
from newsletter_service.services import services
from newsletter_service.staff.four_eyes.wording import act_name
from newsletter_service.staff.guards import acting, signed_in, staff_only
from newsletter_service.staff.rules import Role
from newsletter_service.today.areas import Area, areas
from newsletter_service.today.service import today, waiting

beginning = staff_only(Blueprint("today", __name__, url_prefix="/redactie"))


@beginning.get("/")
def show() -> str:
    """What waits for whoever is signed in."""
    now = services().clock()
    return render_template(
        "today/show.html",
        today=today(db.session(), signed_in(), now),
        now=now,
        act_name=act_name,
        may_write=Role.HEAD in acting().roles or Role.COMMUNICATOR in acting().roles,
    )


@beginning.app_template_global()
def desk_areas() -> tuple[tuple[Area, ...], ...]:
    """The areas for the frame around every page of whoever is signed in."""
    return areas(signed_in(), waiting(db.session(), signed_in(), services().clock()))
