"""The pages of readers: sign up, confirm, choose, leave. None sets a cookie, none changes anything on GET."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import secure_filename

from newsletter_service.audience.rules import ListedDomain
from newsletter_service.audience.service import listed_domains, segments, topics
from newsletter_service.db import db, unit_of_work
from newsletter_service.delivery.suppressions import came_back
from newsletter_service.documents.rules import Kind
from newsletter_service.documents.service import Read, UnknownText, read_now
from newsletter_service.documents.views import document_page
from newsletter_service.links.tokens import ExpiredToken, Purpose
from newsletter_service.links.urls import MANAGE_WITHIN
from newsletter_service.publisher.service import newsletter, organisations
from newsletter_service.services import services
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address, masked, readable
from newsletter_service.subscriptions.consent.rules import Place
from newsletter_service.subscriptions.consent.service import steps_of
from newsletter_service.subscriptions.consent.wording import SAID, named, place_in_words
from newsletter_service.subscriptions.emails import when_it_comes
from newsletter_service.subscriptions.forms import AddressForm, ChoicesForm, SignUpForm
from newsletter_service.subscriptions.link_views import (
    DeadLink,
    behind_links,
    is_lasting,
    owner_behind,
    subscriber_behind,
)
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.pausing.rules import is_paused
from newsletter_service.subscriptions.reconsent.service import is_to_agree_again
from newsletter_service.subscriptions.renewing import service as renewing
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.requests.rules import FormKind, FormSent
from newsletter_service.subscriptions.requests.views import sent_from_elsewhere, taken_in
from newsletter_service.subscriptions.rules import Choices, Status
from newsletter_service.subscriptions.verification.wording import checks
from newsletter_service.subscriptions.wording import why_it_came_back
from newsletter_service.web.cache import same_for_all
from newsletter_service.web.formatting import listed
from newsletter_service.web.locale import language, use_language

readers = behind_links(Blueprint("readers", __name__))


@readers.route("/aanmelden", methods=["GET", "POST"])
@same_for_all
def sign_up() -> Any:
    """The sign-up form; the answer is the same for every address.

    What comes from another website is shown to be looked at: nothing is sent before its owner reads what they agree to,
    and no website can make its visitors sign somebody up.
    """
    form = _sign_up_form()
    if sent_from_elsewhere():
        return _sign_up_page(form, elsewhere=True)
    if not form.validate_on_submit():
        return _sign_up_page(form)
    likely = form.question(_listed())
    if likely is not None:
        return _sign_up_page(form, likely=likely)
    sent = FormSent(FormKind.SIGN_UP, form.parsed, language(), form.chosen(), _shown())
    try:
        return taken_in(sent) or _mailbox_page(form.parsed)
    except UnknownText:
        form.form_errors.append(_("De tekst bij de knop is veranderd. Lees hem, en verstuur opnieuw."))
        return _sign_up_page(form)


@readers.get("/aanmelden/mailbox")
@same_for_all
def look_in_your_mailbox() -> str:
    """What follows on asking for another confirmation, whatever became of it."""
    return _mailbox_page()


@readers.get("/bevestigen/<token>")
def confirm(token: str) -> Any:
    """Asks to press the button: link scanners open this page too."""
    try:
        return _confirm_page(*_signed_up(Purpose.CONFIRM, token), token)
    except ExpiredToken:
        return _expired_page(token)


@readers.post("/bevestigen/<token>")
def confirm_now(token: str) -> Any:
    """Begins the subscription; a second time is as good as the first."""
    try:
        with unit_of_work() as session:
            subscriber, renewal = _signed_up(Purpose.CONFIRM, token, to_change=True)
            now = services().clock()
            began = service.confirm(session, services(), subscriber, language(), now, renewal, shown=_shown())
            return _confirmed_page(subscriber) if began else _confirm_page(subscriber, None, token)
    except ExpiredToken:
        return _expired_page(token)
    except UnknownText:
        return _confirm_page(*_signed_up(Purpose.CONFIRM, token), token), 409


@readers.post("/bevestigen/<token>/opnieuw")
def confirm_again(token: str) -> Any:
    """Sends a fresh confirmation mail to someone whose last one expired."""
    with unit_of_work() as session:
        subscriber = _asked_before(token, to_change=True)
        if subscriber is None:
            return redirect(url_for("readers.confirm", token=token), 303)
        service.confirm_again(session, services(), subscriber, services().clock())
    return redirect(url_for("readers.look_in_your_mailbox"))


@readers.route("/niet-ik/<token>", methods=["GET", "POST"])
def not_me(token: str) -> Any:
    """For who did not ask for this: the button makes sure that this address is never mailed again."""
    done = request.method == "POST"
    if done:
        with unit_of_work() as session:
            subscriber, _renewal = _signed_up(Purpose.NEVER, token, to_change=True)
            service.never(session, subscriber, services().clock())
    else:
        _signed_up(Purpose.NEVER, token)
    return render_template("readers/not_me.html", done=done)


@readers.route("/voorkeuren/<token>", methods=["GET", "POST"])
def preferences(token: str) -> Any:
    """What a reader chose, to look at and change."""
    now = services().clock()
    subscriber = subscriber_behind(Purpose.MANAGE, token, to_change=request.method == "POST")
    if subscriber.status != Status.ACTIVE:
        return _left_page(subscriber)
    if is_lasting(token):
        return _page_from_a_letter(subscriber, token)
    form = _choices_form(subscriber)
    saved = form.validate_on_submit()
    if saved:
        with unit_of_work() as session:
            service.change_preferences(session, subscriber, form.chosen(), now)
        use_language(subscriber.language, just_chosen=True)
        form = _choices_form(subscriber, formdata=None)
    return _form_page(
        "preferences",
        form,
        token=token,
        saved=saved,
        address=readable(subscriber.address),
        paused_until=subscriber.paused_until if is_paused(subscriber.paused_until, now) else None,
        checks=checks(subscriber),
        agree_again=is_to_agree_again(db.session(), subscriber),
        read=_read(),
        agree_token=_token(services().links.agree(subscriber.link_key, now)),
        leave_token=_token(services().links.unsubscribe(subscriber.link_key)),
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
        service.request_link(session, services(), Address(subscriber.address), services().clock())
    return redirect(url_for("readers.link_is_coming"))


@readers.get("/afmelden/<token>")
def leave(token: str) -> Any:
    """Asks to press the button; shows the way back to someone who has left already."""
    subscriber = subscriber_behind(Purpose.UNSUBSCRIBE, token)
    if subscriber.status == Status.LEFT:
        return _left_page(subscriber, token)
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
            return _left_page(subscriber, token)
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
        return _left_page(subscriber, token)
    manage_token = _token(
        services().links.manage(subscriber.link_key)
    )  # no more than the letter gives anybody who has it
    return render_template("readers/back.html", manage_token=manage_token)


@readers.route("/link-kwijt", methods=["GET", "POST"])
@same_for_all
def lost_link() -> Any:
    """Mails the way to the preferences; the answer is the same for every address."""
    form = AddressForm()
    if sent_from_elsewhere() or not form.validate_on_submit():
        return _form_page("lost_link", form)
    likely = form.question(_listed())
    if likely is not None:
        return _form_page("lost_link", form, likely=likely)
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


def _signed_up(purpose: Purpose, token: str, *, to_change: bool = False) -> tuple[Subscriber, Renewal | None]:
    """Who signed up by this link, and how if they had left before; raises as `subscriber_behind`."""
    holder = services().tokens.read(purpose, token, services().clock())
    renewal = renewing.find(db.session(), holder, to_change=to_change)
    if renewal is None:
        return subscriber_behind(purpose, token, to_change=to_change), None
    use_language(renewal.choices["language"])
    return renewal.subscriber, renewal


def _asked_before(token: str, *, to_change: bool = False) -> Subscriber | None:
    """Who signed up with this link, which may be too old to confirm, and still waits; BadToken."""
    holder = services().tokens.read_expired(Purpose.CONFIRM, token)
    subscriber = service.find_subscriber(db.session(), holder, to_change=to_change)
    if subscriber is None or subscriber.status != Status.PENDING:
        return None
    use_language(subscriber.language)
    return subscriber


def _choices_form(subscriber: Subscriber, **options: Any) -> ChoicesForm:
    form = ChoicesForm(**_chosen_before(subscriber), **options)
    form.offer(*_offers())
    return form


def _sign_up_form() -> SignUpForm:
    form = SignUpForm(language=language())
    form.offer(*_offers())
    return form


def _listed() -> list[ListedDomain]:
    return [one for domains in listed_domains(db.session()).values() for one in domains]


def _mailbox_page(address: Address | None = None) -> str:
    """It goes to nobody but who just typed the address, so it may show it."""
    return render_template(
        "readers/mailbox.html",
        address=readable(address.text) if address is not None else "",
        mails=services().form_limits.mailbox_daily,
    )


def _sign_up_page(form: SignUpForm, **values: Any) -> Any:
    who = organisations(db.session())
    publishers = listed([organisation.name for organisation in who])
    about = [organisation.about(language()) for organisation in who]
    return _form_page("sign_up", form, read=_read(), publishers=publishers, about=about, **values)


def _confirm_page(subscriber: Subscriber, renewal: Renewal | None, token: str) -> Any:
    if subscriber.status == Status.LEFT and renewal is None:
        return _left_page(subscriber)
    asked = _choices_of(subscriber) if renewal is None else Choices.from_json(renewal.choices)
    segments, topics, _about = _offers()
    return render_template(
        "readers/confirm.html",
        token=token,
        done=subscriber.status == Status.ACTIVE,
        name=asked.name,
        segments=[name for number, name in segments.items() if number in asked.segment_ids],
        topics=[name for number, name in topics.items() if number in asked.topic_ids],
        address=readable(subscriber.address),
        read=_read(),
    )


def _choices_of(subscriber: Subscriber) -> Choices:
    return Choices(
        name=subscriber.name,
        language=subscriber.language,
        segment_ids=frozenset(membership.segment_id for membership in subscriber.memberships),
        topic_ids=frozenset(topic.id for topic in subscriber.topics),
        organisation=subscriber.organisation,
    )


def _confirmed_page(subscriber: Subscriber) -> str:
    prospect = services().prospect(db.session(), services().clock())
    return render_template(
        "readers/confirmed.html",
        manage_token=_manage_token(subscriber),
        checks=checks(subscriber),
        comes=list(when_it_comes(prospect.next_letter, language())),
        last=prospect.last_letter,
        archived=_path,
    )


def _page_from_a_letter(subscriber: Subscriber, token: str) -> Any:
    """What anybody who has the letter may see and do: others may have got it too. It changes no preferences."""
    page = render_template(
        "readers/from_letter.html",
        token=token,
        address=masked(subscriber.address),
        leave_token=_token(services().links.unsubscribe(subscriber.link_key)),
    )
    return page, 403 if request.method == "POST" else 200


def _expired_page(token: str) -> Any:
    """Offers a fresh mail for as long as there is somebody to send it to."""
    waits = _asked_before(token) is not None
    return render_template("readers/expired.html", token=token if waits else None), 410


def _left_page(subscriber: Subscriber, token: str = "") -> str:
    """Says that this subscription is over; `token` is that of the link to leave, if it was that which led here."""
    undo = service.can_undo(db.session(), subscriber, services().clock())
    token = token or _token(services().links.unsubscribe(subscriber.link_key))
    back = came_back(db.session(), subscriber.address_hmac)
    why = why_it_came_back(back.status) if back else ""
    return render_template("readers/left.html", undo_token=token if undo else None, came_back=back, why=why)


def _form_page(name: str, form: AddressForm | ChoicesForm, **values: Any) -> Any:
    return render_template(f"readers/{name}.html", form=form, **values), 422 if form.errors else 200


def _read() -> Read:
    """What a page shows that asks to agree."""
    return read_now(db.session(), language(), services().reply_to)


def _shown() -> str:
    """What the page showed that a form comes from."""
    return request.form.get("gelezen", "")


def _offers() -> tuple[dict[int, str], dict[int, str], dict[int, str]]:
    session, offered = db.session(), segments(db.session())
    return (
        {segment.id: segment.choice(language()) for segment in offered},
        {topic.id: topic.name(language()) for topic in topics(session)},
        {segment.id: segment.about(language()) for segment in offered},
    )


def _chosen_before(subscriber: Subscriber) -> dict[str, Any]:
    return {
        "name": subscriber.name,
        "organisation": subscriber.organisation,
        "language": subscriber.language,
        "segments": [membership.segment_id for membership in subscriber.memberships],
        "topics": [topic.id for topic in subscriber.topics],
    }


def _manage_token(subscriber: Subscriber) -> str:
    """For the page at hand: as short-lived as a link that was asked for."""
    return _token(services().links.manage(subscriber.link_key, services().clock() + MANAGE_WITHIN))


def _path(address: str) -> str:
    """The path of one of our own addresses: links within the site stay on the host that was asked."""
    return address.removeprefix(services().links.base_url)


def _token(address: str) -> str:
    """The token at the end of one of our links: links within the site stay on the host that was asked."""
    return address.rpartition("/")[2]
