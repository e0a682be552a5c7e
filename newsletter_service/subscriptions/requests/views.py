"""What follows on a form that anybody may fill in: the same page for every address, or a request to wait."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from flask import make_response, render_template, request

from newsletter_service.budgets.rules import network_of
from newsletter_service.db import unit_of_work
from newsletter_service.services import services
from newsletter_service.subscriptions.requests import haste, patience
from newsletter_service.subscriptions.requests.rules import PATIENCE, FormSent
from newsletter_service.subscriptions.requests.service import take_in

PROOF_FIELD, ELSEWHERE_FIELD, OPENED_FIELD = "geduld", "van", "geopend"
_MINUTE = timedelta(minutes=1)


def sent_from_elsewhere() -> bool:
    """Whether a form was sent by a page of another website: it says so (see embedding), or the browser does."""
    if request.method != "POST":
        return False
    site = request.headers.get("Sec-Fetch-Site", "")
    return request.form.get(ELSEWHERE_FIELD, "") != "" or site in ("cross-site", "same-site")


def opened_at() -> str:
    """What the page of a form holds to say when it was opened."""
    before = request.form.get(OPENED_FIELD, "")
    return haste.opened(services().keys, services().clock(), before)


def sent_in_haste() -> bool:
    """Whether a form was sent sooner than a person fills it in."""
    least = services().form_limits.least_time
    return haste.is_hasty(services().keys, request.form.get(OPENED_FIELD, ""), least, services().clock())


def taken_in(asked: FormSent) -> Any:
    """Take in what a form asks for; if budgets are used up, answer with a page that asks for patience."""
    now, proof = services().clock(), request.form.get(PROOF_FIELD, "")
    with unit_of_work() as session:
        waits = take_in(session, services(), asked, network_of(request.remote_addr), proof, now)
    return None if waits is None else _patience_page(asked, proof, waits, now)


def _patience_page(asked: FormSent, proof: str, waits: timedelta, now: datetime) -> Any:
    """The same form once more, filled in, to be sent when its proof is ripe; nothing of it is kept here."""
    keys = services().keys
    ripe = patience.ripens_at(keys, asked, proof, now)
    if ripe is None:
        proof, ripe = patience.begin(keys, asked, now), now + PATIENCE
    again_at = max(ripe, now + waits) if ripe <= now else ripe
    sent = [(name, value) for name, value in request.form.items(multi=True) if name != PROOF_FIELD]
    page = render_template(
        "readers/patience.html",
        sent=[*sent, (PROOF_FIELD, proof)],
        minutes=ceil((again_at - now) / _MINUTE),
        again_at=again_at,
    )
    answer = make_response(page, 429)
    answer.headers["Retry-After"] = str(ceil((again_at - now).total_seconds()))
    return answer
