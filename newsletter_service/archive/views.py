"""Editions on the web, for everybody: the same for all, without anything restricted."""

from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from newsletter_service.archive.service import public_edition, public_editions, public_items
from newsletter_service.db import db
from newsletter_service.editions.content import content_for
from newsletter_service.letters.edition import sections_of
from newsletter_service.letters.markdown import to_html
from newsletter_service.web.locale import language
from newsletter_service.web.parts import parts

archive = Blueprint("archive", __name__, url_prefix="/archief")


@archive.get("/", strict_slashes=False)
def index() -> str:
    """All editions that went out."""
    return render_template("archive/index.html", editions=public_editions(db.session()))


@archive.get("/<int:number>")
def show(number: int) -> str:
    """One edition, as far as everybody may read it."""
    edition = public_edition(db.session(), number)
    content = content_for(edition, public_items(edition), language(), parts().links)
    return render_template(
        "archive/show.html",
        edition=edition,
        sections=sections_of(content),
        introduction=to_html(edition.introduction),
        sent_on=(edition.released_at or edition.sends_at).astimezone(ZoneInfo(edition.zone)).date(),
    )
