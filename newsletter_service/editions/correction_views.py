"""The pages of a correction: writing it, looking at it, releasing it, and how its letters fare."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.editions import correcting, wording
from newsletter_service.editions.correcting import Words, draft_of, fingerprint
from newsletter_service.editions.forms import CorrectionForm
from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editions.pages import act, back_to, editors_only, preview_response
from newsletter_service.editions.preview import sample_copy
from newsletter_service.editions.previewing import chosen, languages, shapes
from newsletter_service.editions.remarks import remark
from newsletter_service.editions.rules import CorrectionChanged, NothingWritten
from newsletter_service.editions.service import edition_numbered, mailing_of
from newsletter_service.editions.written import Noticed, in_correction, noticed
from newsletter_service.errors import NotFound
from newsletter_service.letters.errors import LetterError
from newsletter_service.parts import parts
from newsletter_service.staff.guards import signed_in
from newsletter_service.staff.models import User
from newsletter_service.web.drafts import forget_draft

Move = Callable[[Session, Correction, User, datetime], None]

corrections = Blueprint("corrections", __name__, url_prefix="/edities/<int:number>/correctie")


@corrections.get("")
@editors_only
def show(number: int) -> str:
    """Write a correction, and see what readers would get."""
    edition, draft = _edition_and_draft(number)
    form = CorrectionForm(formdata=None, obj=draft or _beginning(edition))
    return _page(edition, draft, form)


def _edition_and_draft(number: int) -> tuple[Edition, Correction | None]:
    """A released edition and the correction that somebody is writing to it; NotFound."""
    edition = edition_numbered(db.session(), number)
    mailing_of(edition)
    return edition, draft_of(db.session(), edition)


def _beginning(edition: Edition) -> Correction:
    """What stands in the form before anybody typed."""
    return Correction(subject=_("Correctie: %(subject)s", subject=edition.subject)[:150], text="")


def _page(edition: Edition, draft: Correction | None, form: CorrectionForm) -> str:
    choice = chosen()
    return render_template(
        "editions/correction.html",
        edition=edition,
        draft=draft,
        seen=fingerprint(draft) if draft else "",
        form=form,
        choice=choice,
        languages=languages(choice),
        shapes=shapes(choice),
        remarks=[remark(one) for one in _noticed(draft)] if draft else [],
    )


def _noticed(draft: Correction) -> list[Noticed]:
    found = noticed(in_correction(draft), parts().links.base_url)
    return sorted(found, key=lambda one: not one.finding.blocks)


@corrections.post("")
@editors_only
def write(number: int) -> Response | tuple[str, int]:
    """Keep what was written, and go on to releasing it if asked to; nothing goes out yet."""
    form, user, now = CorrectionForm(), signed_in(), parts().clock()
    if not form.validate():
        return _page(*_edition_and_draft(number), form), 422
    words = Words(form.subject.data or "", form.text.data or "", form.seen.data or "")
    try:
        with unit_of_work() as session:
            correcting.write(session, parts(), edition_numbered(session, number), words, user, now)
    except LetterError:
        form.text.errors = [_("Hiervan kan geen goede brief worden gemaakt. Kijk de links na.")]
        return _page(*_edition_and_draft(number), form), 422
    except CorrectionChanged as conflict:
        flash(wording.conflict(conflict), "error")
        return _page(*_edition_and_draft(number), form), 409
    forget_draft(f"correctie-{number}")
    then = "release_page" if request.form.get("dan") == "versturen" else "show"
    return redirect(url_for(f"editions.corrections.{then}", number=number), 303)


@corrections.get("/voorbeeld")
@editors_only
def preview(number: int) -> Response:
    """The letter that readers would get, for the frame on the page."""
    edition, draft = _edition_and_draft(number)
    if draft is None:
        raise NotFound(f"nobody is writing a correction of edition {number}")
    choice = chosen()
    letter = correcting.letter_for(db.session(), parts(), edition, draft, choice.language)
    return preview_response(sample_copy(parts(), letter, parts().clock()), choice.shape)


@corrections.get("/versturen")
@editors_only
def release_page(number: int) -> str | Response:
    """Says to how many readers a correction goes before it does."""
    edition, draft = _edition_and_draft(number)
    if draft is None:
        flash(wording.conflict(NothingWritten()), "error")
        return back_to(number)
    return render_template(
        "editions/release_correction.html",
        edition=edition,
        draft=draft,
        seen=fingerprint(draft),
        audience=correcting.audience(db.session(), edition),
    )


@corrections.post("/versturen")
@editors_only
def release(number: int) -> Response:
    """Release a correction; doing it twice sends once."""
    user, now, seen = signed_in(), parts().clock(), request.form.get("seen", "")

    def use_case(session: Session, edition: Edition) -> None:
        correcting.release(session, parts(), edition, seen, user, now)

    return act(number, use_case, _("De correctie gaat nu de deur uit."))


@corrections.post("/vasthouden")
@editors_only
def hold(number: int) -> Response:
    """Stop a correction where it is."""
    return _hold_or_resume(number, correcting.hold, _("De correctie wordt vastgehouden."))


@corrections.post("/hervatten")
@editors_only
def resume(number: int) -> Response:
    """Let a held correction go on."""
    return _hold_or_resume(number, correcting.resume, _("De correctie gaat weer verder."))


def _hold_or_resume(number: int, move: Move, done: str) -> Response:
    user, now, which = signed_in(), parts().clock(), request.form.get("correctie", 0, type=int)

    def use_case(session: Session, edition: Edition) -> None:
        move(session, correcting.released_correction(session, edition, which), user, now)

    return act(number, use_case, done)
