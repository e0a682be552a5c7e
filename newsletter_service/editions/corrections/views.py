"""The pages of a correction: writing it, putting it to the heads, holding it, and how its letters fare."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.editions.corrections import approval, service
from newsletter_service.editions.corrections.forms import CorrectionForm, SeenForm
from newsletter_service.editions.corrections.service import (
    NOTHING,
    Words,
    WrittenMeanwhile,
    draft_of,
    fingerprint,
    words_of,
)
from newsletter_service.editions.corrections.wording import goes_to, hindrance
from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editions.preview.choice import chosen, languages, shapes
from newsletter_service.editions.preview.service import sample_copy
from newsletter_service.editions.remarks import remark
from newsletter_service.editions.responses import act, back_to, editors_only, preview_response, run
from newsletter_service.editions.rules import AlreadyOffered, NobodyHasIt, NothingWritten
from newsletter_service.editions.service import edition_numbered
from newsletter_service.editions.texts import Noticed, in_correction, noticed
from newsletter_service.errors import Invalid, NotFound
from newsletter_service.letters.errors import LetterError
from newsletter_service.services import services
from newsletter_service.staff.guards import acting, roles_required, signed_in
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role, may_sign_off
from newsletter_service.web.forms.conflicts import Clash, clashes_in
from newsletter_service.web.forms.drafts import forget_draft

Move = Callable[[Session, Correction, User, datetime], None]

corrections = Blueprint("corrections", __name__, url_prefix="/edities/<int:number>/correctie")


@corrections.get("")
@editors_only
def show(number: int) -> str:
    """Write a correction, see what readers would get, and what the heads said to it."""
    edition, draft = _edition_and_draft(number)
    saved = words_of(draft) if draft is not None else NOTHING
    return _page(edition, draft, _form(edition, saved, saved if draft is not None else _beginning(edition)))


def _edition_and_draft(number: int) -> tuple[Edition, Correction | None]:
    """A released edition and its correction that was not sent; NotFound, NobodyHasIt."""
    edition = edition_numbered(db.session(), number)
    if edition.mailing_id is None:
        raise NobodyHasIt
    return edition, draft_of(db.session(), edition)


def _beginning(edition: Edition) -> Words:
    """What the form holds before anybody typed."""
    return Words(_("Correctie: %(subject)s", subject=edition.subject)[:150], "")


def _form(edition: Edition, saved: Words, shown: Words) -> CorrectionForm:
    return CorrectionForm.on_top_of(saved, shown, service.items_to_correct(db.session(), edition))


def _page(
    edition: Edition, draft: Correction | None, form: CorrectionForm, clashes: Sequence[Clash] = ()
) -> str:
    choice, session = chosen(), db.session()
    agreement = approval.agreement(session, draft) if draft is not None else None
    mine = (
        [one for one in agreement.signed if may_sign_off(acting(), one.organisation_id)] if agreement else []
    )
    return render_template(
        "editions/correction.html",
        edition=edition,
        draft=draft,
        seen=fingerprint(draft) if draft is not None else "",
        agreement=agreement,
        mine=mine[0] if mine else None,
        why_held=hindrance(draft.hindrance) if draft is not None and draft.hindrance else "",
        form=form,
        clashes=clashes,
        choice=choice,
        languages=languages(choice),
        shapes=shapes(choice),
        remarks=[remark(one) for one in _noticed(draft)] if draft else [],
    )


def _noticed(draft: Correction) -> list[Noticed]:
    found = noticed(in_correction(draft), services().links.base_url)
    return sorted(found, key=lambda one: not one.finding.blocks)


@corrections.post("")
@editors_only
def write(number: int) -> Response | tuple[str, int]:
    """Keep what was written, and go on to putting it to the heads if asked to; nothing goes out yet."""
    edition, draft = _edition_and_draft(number)
    form = CorrectionForm().about_one_of(service.items_to_correct(db.session(), edition))
    if not form.validate():
        return _page(edition, draft, form), 422
    user, now, began = signed_in(), services().clock(), form.began.data or ""
    try:
        with unit_of_work() as session:
            service.write(
                session, services(), edition_numbered(session, number), form.words(), began, user, now
            )
    except LetterError:
        form.text.errors = [_("Hiervan kan geen goede brief worden gemaakt. Kijk de links na.")]
        return _page(*_edition_and_draft(number), form), 422
    except WrittenMeanwhile as conflict:
        return _written_meanwhile(number, conflict), 409
    forget_draft(f"correctie-{number}")
    then = "release_page" if request.form.get("dan") == "versturen" else "show"
    return redirect(url_for(f"editions.corrections.{then}", number=number), 303)


def _written_meanwhile(number: int, conflict: WrittenMeanwhile) -> str:
    edition, draft = _edition_and_draft(number)
    saved = _form(edition, conflict.theirs, conflict.theirs)
    form = _form(edition, conflict.theirs, conflict.yours)
    return _page(edition, draft, form, clashes_in(saved, conflict.by))


@corrections.get("/voorbeeld")
@editors_only
def preview(number: int) -> Response:
    """The letter that readers would get, for the frame on the page."""
    edition, draft = _edition_and_draft(number)
    if draft is None:
        raise NotFound(f"nobody is writing a correction of edition {number}")
    choice = chosen()
    letter = service.letter_for(db.session(), services(), edition, draft, choice.language)
    return preview_response(sample_copy(services(), letter, services().clock()), choice.shape)


@corrections.get("/versturen")
@editors_only
def release_page(number: int) -> str:
    """Says how many readers a correction goes to, and who has to agree, before anybody is asked."""
    edition, draft = _edition_and_draft(number)
    if draft is None:
        raise NothingWritten
    if draft.offered_at is not None:
        raise AlreadyOffered
    agreement = approval.agreement(db.session(), draft)
    audience = service.audience(db.session(), edition, services().clock(), draft.item_id)
    missing = [(one, may_sign_off(acting(), one.organisation_id)) for one in agreement.missing]
    return render_template(
        "editions/release_correction.html",
        edition=edition,
        draft=draft,
        seen=fingerprint(draft),
        agreement=agreement,
        others=[one.short_name for one, mine in missing if not mine],
        mine=[one.short_name for one, mine in missing if mine],
        audience=audience,
        goes_to=goes_to(audience.readers, draft, edition),
    )


@corrections.post("/versturen")
@editors_only
def release(number: int) -> Response:
    """Put a correction to the heads; it goes out if nobody else has to agree. Doing it twice sends once."""
    return _offer_or_agree(
        number, approval.offer, _("De correctie is voorgelegd. Op deze pagina ziet u hoe het ermee staat.")
    )


@corrections.post("/akkoord")
@roles_required(Role.HEAD)
def agree(number: int) -> Response:
    """Agree, on behalf of one's organisation, to exactly what was on the page."""
    return _offer_or_agree(
        number, approval.agree, _("Uw akkoord is vastgelegd. Verandert er nog iets, dan vervalt het.")
    )


def _offer_or_agree(number: int, use_case: Callable[..., Correction], waits: str) -> Response:
    user, now, seen, sent = signed_in(), services().clock(), _seen(), []

    def work(session: Session, edition: Edition) -> None:
        correction = use_case(session, services(), edition, seen, user, now)
        sent.append(correction.mailing_id is not None)

    if run(number, work):
        flash(_("De correctie gaat nu de deur uit.") if sent[-1] else waits, "ok")
    return back_to(number)


def _seen() -> str:
    form = SeenForm()
    if not form.validate():
        raise Invalid("what was seen is missing", "seen")
    return form.seen.data or ""


@corrections.post("/tegenhouden")
@editors_only
def hold_back(number: int) -> Response:
    """Keep a correction that waits from going out by itself."""
    user, now = signed_in(), services().clock()
    return act(
        number,
        lambda session, edition: approval.hold_back(session, services(), edition, user, now),
        _("De correctie wordt vastgehouden tot elke organisatie akkoord is."),
    )


@corrections.get("/weggooien")
@editors_only
def discard_page(number: int) -> str:
    """Asks before what somebody wrote is thrown away."""
    edition, draft = _edition_and_draft(number)
    if draft is None:
        raise NothingWritten
    return render_template(
        "editions/discard_correction.html", edition=edition, draft=draft, seen=fingerprint(draft)
    )


@corrections.post("/weggooien")
@editors_only
def discard(number: int) -> Response:
    """Throw away a correction that was not sent."""
    user, now, seen = signed_in(), services().clock(), _seen()
    if run(number, lambda session, edition: service.discard(session, edition, seen, user, now)):
        forget_draft(f"correctie-{number}")
        flash(_("De correctie is weggegooid. Er is niets verstuurd."), "ok")
    return back_to(number)


@corrections.post("/vasthouden")
@editors_only
def hold(number: int) -> Response:
    """Stop a correction where it is."""
    return _hold_or_resume(number, service.hold, _("De correctie wordt vastgehouden."))


@corrections.post("/hervatten")
@editors_only
def resume(number: int) -> Response:
    """Let a held correction go on."""
    return _hold_or_resume(number, service.resume, _("De correctie gaat weer verder."))


def _hold_or_resume(number: int, move: Move, done: str) -> Response:
    user, now, which = signed_in(), services().clock(), request.form.get("correctie", 0, type=int)

    def use_case(session: Session, edition: Edition) -> None:
        move(session, service.released_correction(session, edition, which), user, now)

    return act(number, use_case, done)
