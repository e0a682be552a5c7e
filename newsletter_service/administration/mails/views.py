"""The pages on which administrators give mails to readers words of their own, and see them as readers would."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from newsletter_service.administration.mails import service
from newsletter_service.administration.mails.forms import OwnWordsForm
from newsletter_service.administration.mails.samples import Sample, sample
from newsletter_service.administration.mails.wording import TITLES, WHEN
from newsletter_service.administration.service import ChangedMeanwhile, Values
from newsletter_service.audience.service import segments
from newsletter_service.db import db, unit_of_work
from newsletter_service.languages import LANGUAGES, Language
from newsletter_service.letters.values import Notice
from newsletter_service.publisher.rules import ReaderMail
from newsletter_service.publisher.service import newsletter, with_own_words
from newsletter_service.services import services
from newsletter_service.staff.guards import roles_required, signed_in, staff_only
from newsletter_service.staff.rules import Role
from newsletter_service.web.forms.conflicts import clashes_in

reader_mails = staff_only(Blueprint("reader_mails", __name__, url_prefix="/redactie/beheer/e-mails"))
administrators_only = roles_required(Role.ADMINISTRATOR)


@reader_mails.get("")
@administrators_only
def index() -> str:
    """All mails, and which of them have words of our own."""
    return render_template(
        "administration/mails.html", titles=TITLES, when=WHEN, own=service.with_words(db.session())
    )


@reader_mails.get("/<name>")
@administrators_only
def edit(name: str) -> str:
    """One mail: our words to change, and how readers see it."""
    mail = _mail(name)
    form = OwnWordsForm.of(service.own_words(db.session(), mail))
    return _page(mail, form)


@reader_mails.post("/<name>")
@administrators_only
def save(name: str) -> Any:
    """Save the words, or (button "bekijk") only show the mail with them."""
    mail, form = _mail(name), OwnWordsForm()
    if not form.validate():
        return _page(mail, form), 422
    if request.form.get("actie") == "bekijk":
        return _page(mail, form)
    typed, began = form.values(), form.began.data or ""
    try:
        with unit_of_work() as session:
            service.change(session, mail, typed, began, signed_in(), services().clock())
    except ChangedMeanwhile as conflict:
        saved = OwnWordsForm.on_top_of(conflict.theirs, conflict.theirs)
        clashes = clashes_in(saved, conflict.by)
        return _page(mail, OwnWordsForm.on_top_of(conflict.theirs, conflict.yours), clashes), 409
    flash(_("Bewaard."), "ok")
    return redirect(url_for("reader_mails.edit", name=mail), 303)


def _mail(name: str) -> ReaderMail:
    if name not in list(ReaderMail):
        abort(404)
    return ReaderMail(name)


def _page(mail: ReaderMail, form: OwnWordsForm, clashes: Any = ()) -> str:
    return render_template(
        "administration/mail.html",
        mail=mail,
        form=form,
        clashes=clashes,
        title=TITLES[mail],
        when=WHEN[mail],
        shown={code: _shown(mail, code, form.values()) for code in LANGUAGES},
        closing={code: newsletter(db.session()).closing(code) for code in LANGUAGES},
    )


def _shown(mail: ReaderMail, code: Language, words: Values) -> Notice:
    session, now = db.session(), services().clock()
    first = next((one.choice(code) for one in segments(session)), "…")
    of = Sample(
        newsletter(session).name, first, services().prospect(session, now), services().links.base_url, now
    )
    return with_own_words(sample(mail, of, code), words[f"subject_{code}"], words[f"sentence_{code}"])
