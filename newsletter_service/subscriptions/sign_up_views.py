"""Signing up and confirming. No page sets a cookie, none changes anything on GET."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from newsletter_service.db import db, unit_of_work
from newsletter_service.documents.service import UnknownText
from newsletter_service.links.tokens import ExpiredToken, Purpose
from newsletter_service.links.urls import MANAGE_WITHIN
from newsletter_service.publisher.service import organisations
from newsletter_service.services import services
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address, readable
from newsletter_service.subscriptions.choosing.service import choices_of
from newsletter_service.subscriptions.emails import when_it_comes
from newsletter_service.subscriptions.forms import SignUpForm
from newsletter_service.subscriptions.link_views import (
    behind_links,
    left_page,
    subscriber_behind,
    token_of,
)
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.renewing import service as renewing
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.requests.rules import FormKind, FormSent
from newsletter_service.subscriptions.requests.views import (
    opened_at,
    sent_from_elsewhere,
    sent_in_haste,
    taken_in,
)
from newsletter_service.subscriptions.rules import Choices, Status
from newsletter_service.subscriptions.service import find_subscriber
from newsletter_service.subscriptions.shared_views import form_page, likely_domains, offers, read_here
from newsletter_service.subscriptions.signing_up.service import confirm_again as mail_again
from newsletter_service.subscriptions.verification.wording import checks
from newsletter_service.web.asked import typed_words
from newsletter_service.web.cache import same_for_all
from newsletter_service.web.formatting import listed
from newsletter_service.web.locale import language, use_language

signing_up = behind_links(Blueprint("signing_up", __name__))


@signing_up.route("/aanmelden", methods=["GET", "POST"])
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
    if sent_in_haste():
        form.ask_once_more()
        return _sign_up_page(form)
    likely = form.question(likely_domains())
    if likely is not None:
        return _sign_up_page(form, likely=likely)
    sent = FormSent(FormKind.SIGN_UP, form.parsed, language(), form.chosen(), _shown())
    try:
        return taken_in(sent) or _mailbox_page(form.parsed)
    except UnknownText:
        form.form_errors.append(_("De tekst bij de knop is veranderd. Lees hem, en verstuur opnieuw."))
        return _sign_up_page(form)


@signing_up.get("/aanmelden/mailbox")
@same_for_all
def look_in_your_mailbox() -> str:
    """What follows on asking for another confirmation, whatever became of it."""
    return _mailbox_page()


@signing_up.get("/bevestigen/<token>")
def confirm(token: str) -> Any:
    """Asks to press the button: link scanners open this page too."""
    try:
        return _confirm_page(*_signed_up(Purpose.CONFIRM, token), token)
    except ExpiredToken:
        return _expired_page(token)


@signing_up.post("/bevestigen/<token>")
def confirm_now(token: str) -> Any:
    """Begins the subscription; a second time is as good as the first."""
    try:
        with unit_of_work() as session:
            subscriber, renewal = _signed_up(Purpose.CONFIRM, token, to_change=True)
            now = services().clock()
            began = service.confirm(session, services(), subscriber, language(), now, renewal, shown=_shown())
            if began or _confirmed_lately(subscriber, now):
                return _confirmed_page(subscriber)
            return _confirm_page(subscriber, None, token)
    except ExpiredToken:
        return _expired_page(token)
    except UnknownText:
        return _confirm_page(*_signed_up(Purpose.CONFIRM, token), token), 409


@signing_up.post("/bevestigen/<token>/opnieuw")
def confirm_again(token: str) -> Any:
    """Sends a fresh confirmation mail to someone whose last one expired."""
    with unit_of_work() as session:
        subscriber = _asked_before(token, to_change=True)
        if subscriber is None:
            return redirect(url_for("signing_up.confirm", token=token), 303)
        mail_again(session, services(), subscriber, services().clock())
    return redirect(url_for("signing_up.look_in_your_mailbox"))


@signing_up.route("/niet-ik/<token>", methods=["GET", "POST"])
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
    subscriber = find_subscriber(db.session(), holder, to_change=to_change)
    if subscriber is None or subscriber.status != Status.PENDING:
        return None
    use_language(subscriber.language)
    return subscriber


def _sign_up_form() -> SignUpForm:
    form = SignUpForm(language=language())
    form.offer(*offers())
    return form


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
    values |= {"read": read_here(), "opened": opened_at(), "publishers": publishers, "about": about}
    return form_page("sign_up", form, **values)


def _confirm_page(subscriber: Subscriber, renewal: Renewal | None, token: str) -> Any:
    if subscriber.status == Status.LEFT and renewal is None:
        return left_page(subscriber)
    asked = choices_of(subscriber) if renewal is None else Choices.from_json(renewal.choices)
    segments, topics, _about = offers()
    return render_template(
        "readers/confirm.html",
        token=token,
        done=subscriber.status == Status.ACTIVE,
        name=asked.name,
        segments=[name for number, name in segments.items() if number in asked.segment_ids],
        topics=[name for number, name in topics.items() if number in asked.topic_ids],
        address=readable(subscriber.address),
        read=read_here(),
    )


def _confirmed_lately(subscriber: Subscriber, now: datetime) -> bool:
    """Whether somebody may just as well have pressed twice, or a program before them."""
    at = subscriber.confirmed_at
    return subscriber.status is Status.ACTIVE and at is not None and now - at < MANAGE_WITHIN


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


def _expired_page(token: str) -> Any:
    """Offers a fresh mail for as long as there is somebody to send it to."""
    waits = _asked_before(token) is not None
    return render_template("readers/expired.html", token=token if waits else None), 410


def _shown() -> str:
    """What the page showed that a form comes from."""
    return typed_words("gelezen")


def _manage_token(subscriber: Subscriber) -> str:
    """For the page at hand: as short-lived as a link that was asked for."""
    return token_of(services().links.manage(subscriber.link_key, services().clock() + MANAGE_WITHIN))


def _path(address: str) -> str:
    """The path of one of our own addresses: links within the site stay on the host that was asked."""
    return address.removeprefix(services().links.base_url)
