"""What the views of this folder share: running a use case on an edition and saying how it went."""

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.editions import wording
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionConflict, Unsigned
from newsletter_service.editions.service import edition_numbered, missing_names
from newsletter_service.errors import Conflict
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.services import services
from newsletter_service.staff.guards import roles_required, signed_in
from newsletter_service.staff.rules import Role
from newsletter_service.staff.used_forms import made_before, note_made
from newsletter_service.web.forms.once import sent_key
from newsletter_service.web.headers import framed, mail_preview_response
from newsletter_service.web.transactions import look_again

editors_only = roles_required(Role.HEAD, Role.COMMUNICATOR)
UseCase = Callable[[Session, Edition], object]
PREVIEW = ("doelgroep", "taal", "vorm")


class AlreadyDone(Conflict):
    """This very form did its work before; nothing happened twice."""

    def __init__(self) -> None:
        super().__init__("the form was used before")


def run(number: int, use_case: UseCase, *, key: str | None = None) -> bool:
    """Run `use_case` on edition `number` in one transaction; False if something else was told instead.

    The form's `key` (empty: none) lets it do so once.
    """
    return _went_well(number, lambda: _write(number, use_case, sent_key() if key is None else key))


def _write(number: int, use_case: UseCase, key: str) -> None:
    with unit_of_work() as session:
        _once(session, number, use_case, key)


def _went_well(number: int, work: Callable[[], None]) -> bool:
    """Whether `work` on an edition was done; if not, why is said."""
    try:
        work()
    except AlreadyDone:
        flash(_("Dit was al gedaan. Er is niets dubbel gebeurd."), "ok")
        return False
    except Unsigned:
        session = db.session()
        flash(wording.not_agreed(missing_names(session, edition_numbered(session, number))), "error")
        return False
    except EditionConflict as conflict:
        flash(wording.conflict(conflict), "error")
        return False
    except LetterError:
        flash(_("Van deze editie kan geen goede brief worden gemaakt. Kijk de controles na."), "error")
        return False
    return True


def _once(session: Session, number: int, use_case: UseCase, key: str) -> None:
    user = signed_in()
    if made_before(session, user, key) is not None:
        raise AlreadyDone
    edition = edition_numbered(session, number)
    use_case(session, edition)
    note_made(session, user, key, edition.id, services().clock())


def act(number: int, use_case: UseCase, done: str = "") -> Response:
    """As `run`; says `done` if it went well, and goes back to the edition's page."""
    if run(number, use_case) and done:
        flash(done, "ok")
    return back_to(number)


def act_on_made(number: int, make: Callable[[Session, Edition], UseCase], done: str) -> Response:
    """As `act`, for a use case that `make` returns: what takes long is made before anybody has to wait for it."""
    if _went_well(number, lambda: _write(number, _made(number, make), sent_key())):
        flash(done, "ok")
    return back_to(number)


def _made(number: int, make: Callable[[Session, Edition], UseCase]) -> UseCase:
    look_again()
    session = db.session()
    use_case = make(session, edition_numbered(session, number))
    session.rollback()
    return use_case


def not_now(conflict: EditionConflict) -> Response:
    """For a page that would ask before a move that cannot be made: says why, on the edition's page."""
    flash(wording.conflict(conflict), "warn")
    return back_to((request.view_args or {})["number"])


def back_to(number: int) -> Response:
    """The edition's page, with the preview that stood open."""
    return redirect(url_for("editions.show", number=number, **shown()), 303)


def preview_response(message: bytes, shape: str) -> Response:
    """A letter as it looks in a frame of ours, in one of preview.choice.SHAPES."""
    if shape != "tekst":
        return mail_preview_response(html_of(message), "dark" if shape == "donker" else "light")
    response = make_response(text_of(message))
    response.mimetype = "text/plain"
    return framed(response)


def shown() -> dict[str, Any]:
    """The choice of preview in the address of this request, to be kept in links and forms."""
    return {name: request.args[name] for name in PREVIEW if name in request.args}
