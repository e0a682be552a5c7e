"""The history of an item: its versions, what differs between two of them, and putting one back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from newsletter_service.audience.service import segments, topics
from newsletter_service.db import db, unit_of_work
from newsletter_service.editorial import service
from newsletter_service.editorial.history.models import ItemVersion
from newsletter_service.editorial.history.rules import read
from newsletter_service.editorial.history.service import version_of, versions_of
from newsletter_service.editorial.history.wording import Names, Told, differences
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.editorial.service import NotReady
from newsletter_service.editorial.writing_views import own_item
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, signed_in
from newsletter_service.staff.rules import may_edit_item
from newsletter_service.web.locale import language

history = Blueprint("history", __name__)


@history.get("/<int:item_id>/versies")
def versions(item_id: int) -> str:
    """All versions of an item, and what differs between two: those that were asked for, or the last two."""
    session = db.session()
    item = service.get_item(session, item_id)
    kept = versions_of(session, item)
    before, after = _compared(len(kept))
    told = [_told(version_of(session, item, number)) for number in (before, after)] if kept else []
    return render_template(
        "editorial/versions.html",
        item=item,
        versions=kept,
        compared=(before, after),
        differences=differences(told[0], told[1], _names()) if told else [],
        may_restore=_may_restore(item),
    )


@history.post("/<int:item_id>/versies/<int:number>/terug")
def restore(item_id: int, number: int) -> Response:
    """Makes an earlier version the latest one; what was written since is kept as versions too."""
    try:
        with unit_of_work() as session:
            service.restore_version(session, signed_in(), own_item(item_id), number, services().clock())
    except NotReady:
        flash(
            _("Deze versie kan niet terug: er ontbreekt iets wat een bericht in de wachtrij nodig heeft."),
            "warn",
        )
        return redirect(url_for("editorial.history.versions", item_id=item_id))
    flash(_("Versie %(number)s staat er weer. Wat er stond, is ook bewaard.", number=number), "ok")
    return redirect(url_for("editorial.writing.edit", item_id=item_id))


def _may_restore(item: Item) -> bool:
    """Whether whoever is signed in may change it, and it may still change."""
    mine = may_edit_item(acting(), item.organisation_id, joint=item.joint)
    return mine and item.state != ItemState.SENT and service.joined_into(db.session(), item) is None


def _compared(latest: int) -> tuple[int, int]:
    """The numbers of the two to compare, the older first."""
    one, other = (request.args.get(name, type=int) for name in ("een", "ander"))
    if one is None or other is None:
        return max(latest - 1, 1), latest
    return min(one, other), max(one, other)


def _told(version: ItemVersion) -> Told:
    return Told(read(version.content), version.image.digest if version.image else "")


def _names() -> Names:
    session = db.session()
    return Names(
        {segment.id: segment.name(language()) for segment in segments(session)},
        {topic.id: topic.name(language()) for topic in topics(session)},
    )
