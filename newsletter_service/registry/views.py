"""What is held about a reader, for the reader: as a page and as JSON, behind the link that is mailed."""

import json
from collections.abc import Collection
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.utils import secure_filename

from newsletter_service.db import db, unit_of_work
from newsletter_service.delivery.suppressions import is_suppressed
from newsletter_service.publisher.service import newsletter
from newsletter_service.registry.forms import EraseForm
from newsletter_service.registry.held import Held, held_about
from newsletter_service.registry.why import service, wording
from newsletter_service.registry.wording import FATES, STATES, returned_in_words
from newsletter_service.services import services
from newsletter_service.subscriptions.addresses import Address, readable
from newsletter_service.subscriptions.consent.service import steps_of
from newsletter_service.subscriptions.consent.wording import SAID
from newsletter_service.subscriptions.erasing.service import erase_at_own_wish
from newsletter_service.subscriptions.link_views import asker_behind, behind_links
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.pausing.rules import is_paused
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification.wording import checks

own = behind_links(Blueprint("own", __name__))


@own.get("/mijn-gegevens/<token>")
def show(token: str) -> Any:
    """Everything that is held about the reader, to read."""
    subscriber = asker_behind(token)
    if subscriber is None:
        return redirect(url_for("readers.preferences", token=token), 303)
    session, now, held = db.session(), services().clock(), _held(subscriber)
    told = service.fates(session, subscriber)
    letters = _letters(held, {one.edition.mailing_id for one in told})
    return render_template(
        "readers/own.html",
        token=token,
        subscriber=subscriber,
        address=readable(subscriber.address),
        steps=steps_of(session, subscriber),
        said=SAID,
        checks=checks(subscriber),
        returned_in_words=returned_in_words,
        states=STATES,
        states_of_letters=FATES,
        fates=told,
        wording=wording,
        letters=letters,
        corrected=service.corrected_editions(session, [row["mailing_id"] for row in letters]),
        paused_until=subscriber.paused_until if is_paused(subscriber.paused_until, now) else None,
        bounces=held.get("bounce", []),
        suppressed=is_suppressed(session, subscriber.address_hmac),
        is_reader=subscriber.status == Status.ACTIVE,
    )


@own.get("/mijn-gegevens/<token>/json")
def as_json(token: str) -> Any:
    """The same, complete and for programs: rows by the name of their table."""
    subscriber = asker_behind(token)
    if subscriber is None:
        return redirect(url_for("readers.preferences", token=token), 303)
    name = secure_filename(f"{newsletter(db.session()).slug}.json")
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    words = json.dumps(_held(subscriber), ensure_ascii=False, indent=2)
    return Response(words, mimetype="application/json", headers=headers)


@own.route("/mijn-gegevens/<token>/wissen", methods=["GET", "POST"])
def erase(token: str) -> Any:
    """Asks once more, for a word that is typed, and then erases all that is held about the reader."""
    form, subscriber = EraseForm(), asker_behind(token)
    if subscriber is None:
        return redirect(url_for("readers.preferences", token=token), 303)
    if not form.validate_on_submit():
        page = render_template(
            "readers/erase.html", token=token, form=form, address=readable(subscriber.address)
        )
        return page, 422 if form.errors else 200
    with unit_of_work() as session:
        held = asker_behind(token, to_change=True)
        if held is not None:
            erase_at_own_wish(session, held, services().clock())
    return render_template("readers/erased.html")


def _held(subscriber: Subscriber) -> Held:
    return held_about(db.session(), Address(subscriber.address), services().suppression_key)


def _letters(held: Held, but_of: Collection[int | None]) -> list[dict[str, Any]]:
    """Each letter that was made for the reader, but those of some mailings; with its subject, the newest first."""
    subjects = {row["id"]: row["subject"] for row in held.get("letter", [])}
    rows = sorted(held.get("delivery", []), key=lambda row: str(row["created_at"]), reverse=True)
    return [
        {**row, "subject": subjects.get(row["letter_id"], "")}
        for row in rows
        if row["mailing_id"] is None or row["mailing_id"] not in but_of
    ]
