"""The pages of readers: choose, leave, ask for a lost link. None sets a cookie, none changes anything on GET."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.utils import secure_filename

from newsletter_service.audience.service import segments, topics
from newsletter_service.db import db, unit_of_work
from newsletter_service.documents.rules import Kind
from newsletter_service.documents.views import document_page
from newsletter_service.links.tokens import Purpose
from newsletter_service.publisher.service import newsletter
from newsletter_service.services import services
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address, masked, readable
from newsletter_service.subscriptions.choosing.service import choices_of
from newsletter_service.subscriptions.consent.rules import Place
from newsletter_service.subscriptions.consent.service import steps_of
from newsletter_service.subscriptions.consent.wording import SAID, named, place_in_words
from newsletter_service.subscriptions.forms import AddressForm, ChoicesForm
from newsletter_service.subscriptions.link_views import (
    DeadLink,
    behind_links,
    is_lasting,
    left_page,
    owner_behind,
    subscriber_behind,
    token_of,
)
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.pausing.rules import is_paused
from newsletter_service.subscriptions.reconsent.service import is_to_agree_again
from newsletter_service.subscriptions.requests.rules import FormKind, FormSent
from newsletter_service.subscriptions.requests.views import sent_from_elsewhere, taken_in
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.shared_views import form_page, likely_domains, offers, read_here
from newsletter_service.subscriptions.signing_up import service as signing_up
from newsletter_service.subscriptions.verification.wording import checks
from newsletter_service.web.cache import same_for_all
from newsletter_service.web.locale import language, use_language

readers = behind_links(Blueprint("readers", __name__))


@readers.route("/voorkeuren/<token>", methods=["GET", "POST"])
def preferences(token: str) -> Any:
    """What a reader chose, to look at and change."""
    now = services().clock()
    subscriber = subscriber_behind(Purpose.MANAGE, token, to_change=request.method == "POST")
    if subscriber.status != Status.ACTIVE:
        return left_page(subscriber)
    if is_lasting(token):
        return _page_from_a_letter(subscriber, token)
    form = _choices_form(subscriber)
    saved = form.validate_on_submit()
    if saved:
        with unit_of_work() as session:
            service.change_preferences(session, subscriber, form.chosen(), now)
        use_language(subscriber.language, just_chosen=True)
        form = _choices_form(subscriber, formdata=None)
    return form_page(
        "preferences",
        form,
        token=token,
        saved=saved,
        address=readable(subscriber.address),
        paused_until=subscriber.paused_until if is_paused(subscriber.paused_until, now) else None,
        checks=checks(subscriber),
        agree_again=is_to_agree_again(db.session(), subscriber),
        read=read_here(),
        agree_token=token_of(services().links.agree(subscriber.link_key, now)),
        leave_token=token_of(services().links.unsubscribe(subscriber.link_key)),
    )


@readers.get("/voorkeuren/<token>/bewijs")
def receipt(token: str) -> Any:
    """What a reader agreed to, when and in which words, as a file to keep."""
    subscriber = owner_behind(token)
    if subscriber is None:
        return redirect(url_for("readers.preferences", token=token), 303)
    words = render_template(
        "readers/receipt.txt",
        address=readable(subscriber.address),
        now=services().clock(),
        steps=steps_of(db.session(), subscriber),
        said=SAID,
        place_in_words=place_in_words,
        named=named,
        names=_names(),
    )
    name = secure_filename(f"{newsletter(db.session()).slug}.txt")
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(words, mimetype="text/plain", headers=headers)


def _names() -> dict[str, str]:
    """What segments and topics are called today, by the words under which the ledger has them."""
    session = db.session()
    named_segments = {one.slug: one.name(language()) for one in segments(session)}
    return named_segments | {one.slug: one.name(language()) for one in topics(session)}


@readers.post("/voorkeuren/<token>/link")
def mail_link(token: str) -> Any:
    """Mails the owner of a letter's link the way to all of their preferences."""
    with unit_of_work() as session:
        subscriber = subscriber_behind(Purpose.MANAGE, token, to_change=True)
        signing_up.request_link(session, services(), Address(subscriber.address), services().clock())
    return redirect(url_for("readers.link_is_coming"))


@readers.get("/afmelden/<token>")
def leave(token: str) -> Any:
    """Asks to press the button; shows the way back to someone who has left already."""
    subscriber = subscriber_behind(Purpose.UNSUBSCRIBE, token)
    if subscriber.status == Status.LEFT:
        return left_page(subscriber, token)
    return render_template("readers/leave.html", token=token, address=masked(subscriber.address))


@readers.post("/afmelden/<token>")
def leave_now(token: str) -> Any:
    """Ends the subscription, by the button or by a mail program's one-click request (RFC 8058).

    A mail program gets 200 for any genuine link, also one whose subscription is over: it has what it wants.
    A person gets to read that the link is dead, and what to do then.
    """
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    try:
        with unit_of_work() as session:
            subscriber = subscriber_behind(Purpose.UNSUBSCRIBE, token, to_change=True)
            place = Place.ONE_CLICK if one_click else Place.LEAVE
            service.leave(session, subscriber, services().clock(), place)
            return left_page(subscriber, token)
    except DeadLink:
        if one_click:
            return "", 200
        raise


@readers.route("/afmelden/<token>/terug", methods=["GET", "POST"])
def undo_leave(token: str) -> Any:
    """Takes the leaving back; looked at again, says how things stand."""
    if request.method == "POST":
        with unit_of_work() as session:
            subscriber = subscriber_behind(Purpose.UNSUBSCRIBE, token, to_change=True)
            service.undo_leave(session, subscriber, services().clock())
    subscriber = subscriber_behind(Purpose.UNSUBSCRIBE, token)
    if subscriber.status != Status.ACTIVE:
        return left_page(subscriber, token)
    # It gives no more than the letter gives anybody who has it.
    manage_token = token_of(services().links.manage(subscriber.link_key))
    return render_template("readers/back.html", manage_token=manage_token)


@readers.route("/link-kwijt", methods=["GET", "POST"])
@same_for_all
def lost_link() -> Any:
    """Mails the way to the preferences; the answer is the same for every address."""
    form = AddressForm()
    if sent_from_elsewhere() or not form.validate_on_submit():
        return form_page("lost_link", form)
    likely = form.question(likely_domains())
    if likely is not None:
        return form_page("lost_link", form, likely=likely)
    waits = taken_in(FormSent(FormKind.LINK, form.parsed, language()))
    return waits or redirect(url_for("readers.link_is_coming"))


@readers.get("/link-kwijt/onderweg")
@same_for_all
def link_is_coming() -> str:
    """What follows on asking for a link, whatever became of it."""
    return render_template("readers/link_is_coming.html")


@readers.get("/privacy")
@same_for_all
def privacy() -> str:
    """What is kept about readers, why, and for how long; every consent names its version."""
    return document_page(Kind.PRIVACY)


def _choices_form(subscriber: Subscriber, **options: Any) -> ChoicesForm:
    chosen = choices_of(subscriber)
    form = ChoicesForm(
        name=chosen.name,
        organisation=chosen.organisation,
        language=chosen.language,
        segments=sorted(chosen.segment_ids),
        topics=sorted(chosen.topic_ids),
        **options,
    )
    form.offer(*offers(chosen.segment_ids, chosen.topic_ids))
    return form


def _page_from_a_letter(subscriber: Subscriber, token: str) -> Any:
    """What anybody who has the letter may see and do: others may have got it too. It changes no preferences."""
    page = render_template(
        "readers/from_letter.html",
        token=token,
        address=masked(subscriber.address),
        leave_token=token_of(services().links.unsubscribe(subscriber.link_key)),
    )
    return page, 403 if request.method == "POST" else 200
