"""The pages of readers: sign up, confirm, choose, leave. None sets a cookie, none changes anything on GET."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from newsletter_service.audience.rules import is_verified
from newsletter_service.audience.service import segment_domains, segments, topics
from newsletter_service.db import db, unit_of_work
from newsletter_service.publisher.service import newsletter
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.consent_texts import wording
from newsletter_service.subscriptions.forms import AddressForm, ChoicesForm, SignUpForm
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from newsletter_service.tokens import BadToken, ExpiredToken, Purpose
from newsletter_service.web.locale import language, speak
from newsletter_service.web.parts import parts

readers = Blueprint("readers", __name__)


@readers.get("/")
def home() -> Response:
    """The front door is the sign-up form itself: nobody has to look for it."""
    return redirect(url_for("readers.sign_up"))


@readers.route("/aanmelden", methods=["GET", "POST"])
def sign_up() -> Any:
    """The sign-up form; the answer is the same for every address."""
    form = SignUpForm(language=language())
    form.offer(*_offers())
    if not form.validate_on_submit():
        return _form_page("sign_up", form, consent=wording(language(), newsletter(db.session()).name))
    if not form.filled_in_by_a_program:
        with unit_of_work() as session:
            service.sign_up(session, parts(), form.parsed, form.chosen(), parts().clock())
    return redirect(url_for("readers.look_in_your_mailbox"))


@readers.get("/aanmelden/mailbox")
def look_in_your_mailbox() -> str:
    """What follows on a sign-up, whatever became of it."""
    return render_template("readers/mailbox.html")


@readers.get("/bevestigen/<token>")
def confirm(token: str) -> Any:
    """Asks to press the button: link scanners open this page too."""
    try:
        subscriber = _reader(Purpose.CONFIRM, token)
    except ExpiredToken:
        return render_template("readers/expired.html", token=token), 410
    return render_template("readers/confirm.html", token=token, done=subscriber.status == Status.ACTIVE)


@readers.post("/bevestigen/<token>")
def confirm_now(token: str) -> Any:
    """Begins the subscription; a second time is as good as the first."""
    try:
        with unit_of_work() as session:
            subscriber = _reader(Purpose.CONFIRM, token)
            service.confirm(session, parts(), subscriber, parts().clock())
            address = _manage_address(subscriber)
    except ExpiredToken:
        return render_template("readers/expired.html", token=token), 410
    return render_template("readers/confirmed.html", manage_url=address)


@readers.route("/niet-ik/<token>", methods=["GET", "POST"])
def not_me(token: str) -> Any:
    """ "This was not me": the button makes sure that this address is never mailed again."""
    if request.method == "POST":
        with unit_of_work() as session:
            subscriber = _reader(Purpose.NEVER, token)
            service.never(session, parts(), subscriber, parts().clock())
        return render_template("readers/not_me.html", done=True)
    _reader(Purpose.NEVER, token)
    return render_template("readers/not_me.html", done=False)


@readers.route("/voorkeuren/<token>", methods=["GET", "POST"])
def preferences(token: str) -> Any:
    """What a reader chose, to look at and change."""
    subscriber = _reader(Purpose.MANAGE, token)
    if subscriber.status != Status.ACTIVE:
        return render_template("readers/left.html", undo_url=_undo_address(subscriber))
    form = ChoicesForm(obj=None, **_chosen_before(subscriber))
    form.offer(*_offers())
    saved = form.validate_on_submit()
    if saved:
        with unit_of_work() as session:
            service.choose(session, subscriber, form.chosen(), parts().clock())
        speak(form.language.data)
    return _form_page(
        "preferences",
        form,
        saved=saved,
        address=subscriber.address,
        checks=_checks(subscriber),
        leave_url=_leave_address(subscriber),
    )


@readers.get("/afmelden/<token>")
def leave(token: str) -> Any:
    """Asks to press the button; shows the way back to who has left already."""
    subscriber = _reader(Purpose.UNSUBSCRIBE, token)
    if subscriber.status == Status.LEFT:
        return render_template("readers/left.html", undo_url=_undo_address(subscriber))
    return render_template("readers/leave.html", token=token, address=subscriber.address)


@readers.post("/afmelden/<token>")
def leave_now(token: str) -> Any:
    """Ends the subscription, by the button or by a mail program's one-click request (RFC 8058).

    A mail program gets 200 for any genuine link, also one whose reader is gone: nothing is left to do.
    """
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    with unit_of_work() as session:
        subscriber = _find(Purpose.UNSUBSCRIBE, token)
        if subscriber is not None:
            service.leave(session, parts(), subscriber, parts().clock())
    if subscriber is None:
        return ("", 200) if one_click else _dead_link()
    return render_template("readers/left.html", undo_url=_undo_address(subscriber))


@readers.post("/afmelden/<token>/terug")
def undo_leave(token: str) -> Any:
    """Takes the leaving back."""
    with unit_of_work() as session:
        subscriber = _reader(Purpose.UNSUBSCRIBE, token)
        service.undo_leave(session, parts(), subscriber, parts().clock())
        address = _manage_address(subscriber)
    return render_template("readers/back.html", manage_url=address)


@readers.route("/link-kwijt", methods=["GET", "POST"])
def lost_link() -> Any:
    """Mails the way to the preferences; the answer is the same for every address."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _form_page("lost_link", form)
    if not form.filled_in_by_a_program:
        with unit_of_work() as session:
            service.request_link(session, parts(), form.parsed, parts().clock())
    return redirect(url_for("readers.link_is_coming"))


@readers.get("/link-kwijt/onderweg")
def link_is_coming() -> str:
    """What follows on asking for a link, whatever became of it."""
    return render_template("readers/link_is_coming.html")


@readers.post("/bevestigen/<token>/opnieuw")
def confirm_again(token: str) -> Any:
    """Sends a fresh confirmation mail to who came too late with the last one."""
    with unit_of_work() as session:
        now = parts().clock()
        data = parts().tokens.read_expired(Purpose.CONFIRM, token)
        subscriber = service.find_reader(session, data["r"], data["g"])
        if subscriber is not None:
            service.confirm_again(session, parts(), subscriber, now)
    return redirect(url_for("readers.look_in_your_mailbox"))


@readers.errorhandler(BadToken)
@readers.errorhandler(ExpiredToken)
def _dead_link(_error: Exception | None = None) -> Any:
    return render_template("readers/dead_link.html"), 410


def _find(purpose: Purpose, token: str) -> Subscriber | None:
    """The reader behind a genuine token, if the subscription still is; the page speaks their language."""
    data = parts().tokens.read(purpose, token, parts().clock())
    subscriber = service.find_reader(db.session(), data["r"], data["g"])
    if subscriber is not None:
        speak(subscriber.language)
    return subscriber


def _reader(purpose: Purpose, token: str) -> Subscriber:
    """As `_find`, but a link of a subscription that is over is a dead link."""
    subscriber = _find(purpose, token)
    if subscriber is None:
        abort(_dead_link_response())
    return subscriber


def _dead_link_response() -> Any:
    body, status = _dead_link()
    return Response(body, status, mimetype="text/html")


def _offers() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    session = db.session()
    return (
        [(segment.id, segment.name(language())) for segment in segments(session)],
        [(topic.id, topic.name(language())) for topic in topics(session)],
    )


def _chosen_before(subscriber: Subscriber) -> dict[str, Any]:
    return {
        "name": subscriber.name,
        "language": subscriber.language,
        "segments": [membership.segment_id for membership in subscriber.memberships],
        "topics": [topic.id for topic in subscriber.topics],
    }


def _checks(subscriber: Subscriber) -> list[tuple[str, bool]]:
    """Each segment the reader claims, and whether the claim counts as verified."""
    domains = segment_domains(db.session())
    return [
        (
            m.segment.name(language()),
            is_verified(
                approved=m.approved_at is not None,
                domain=subscriber.domain,
                listed=domains.get(m.segment_id, frozenset()),
            ),
        )
        for m in subscriber.memberships
    ]


def _form_page(name: str, form: AddressForm | ChoicesForm, **values: Any) -> Any:
    return render_template(f"readers/{name}.html", form=form, **values), 422 if form.errors else 200


def _manage_address(subscriber: Subscriber) -> str:
    return parts().links.manage(subscriber.id, subscriber.generation)


def _leave_address(subscriber: Subscriber) -> str:
    return parts().links.unsubscribe(subscriber.id, subscriber.generation)


def _undo_address(subscriber: Subscriber) -> str:
    return f"{_leave_address(subscriber)}/terug" if subscriber.status == Status.LEFT else ""
