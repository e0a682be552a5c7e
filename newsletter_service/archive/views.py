"""Editions on the web, for everybody: the same for all, without anything restricted."""

from flask import Blueprint, render_template

from newsletter_service.archive.service import public_edition, public_editions, public_items
from newsletter_service.db import db
from newsletter_service.editions.content import content_for, items_in
from newsletter_service.letters.edition import EditionView, edition_view
from newsletter_service.letters.values import EditionContent
from newsletter_service.parts import parts
from newsletter_service.publisher.service import sender_for
from newsletter_service.web.cache import same_for_all
from newsletter_service.web.locale import language

archive = Blueprint("archive", __name__, url_prefix="/archief")


@archive.get("/")
@same_for_all
def index() -> str:
    """All editions that went out."""
    return render_template("archive/index.html", editions=public_editions(db.session()))


@archive.get("/<int:number>")
@same_for_all
def show(number: int) -> str:
    """One edition, as far as everybody may read it."""
    edition = public_edition(db.session(), number)
    items = public_items(edition)
    content = content_for(edition, items, language(), parts().links)
    return render_template(
        "archive/show.html",
        edition=edition,
        content=content,
        view=_arranged(content),
        left_out=len(items) < len(items_in(edition)),
    )


def _arranged(content: EditionContent) -> EditionView:
    """In the letter's order, under its headings, its links named as there; none is a reader's own."""
    wired = parts()
    sender = sender_for(db.session(), content.language, wired.mail_from, wired.reply_to, wired.links.base_url)
    return edition_view(content, sender, manage="", unsubscribe="")
