"""The pages of lists: hand one in, say what it is, see what would happen, take it in; and take everybody along."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from newsletter_service.audience.service import offered_segments
from newsletter_service.db import db, reading, unit_of_work
from newsletter_service.publisher.service import newsletter
from newsletter_service.services import services
from newsletter_service.staff.four_eyes.asking import asks_first, may_take_along
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.guards import acting, require, signed_in, staff_only
from newsletter_service.staff.rules import Role, may_see_readers
from newsletter_service.subscriptions.exporting.service import export, record_export
from newsletter_service.subscriptions.importing.rules import MOST_ROWS
from newsletter_service.subscriptions.lists import service, wording
from newsletter_service.subscriptions.lists.answers import from_kept
from newsletter_service.subscriptions.lists.folder import Folder, Seen, TooLarge, new_folder_key
from newsletter_service.subscriptions.lists.forms import COLUMN, AnswersForm, HandInForm, wrong_columns
from newsletter_service.subscriptions.lists.models import SubscriberList
from newsletter_service.subscriptions.lists.rules import BUSY, MOST_UPLOADED, OVER, ListState
from newsletter_service.subscriptions.requesting.service import stop, waiting_of
from newsletter_service.web.downloads import csv_download
from newsletter_service.web.locale import language

reader_lists = staff_only(Blueprint("lists", __name__, url_prefix="/redactie/lezers/lijsten"))
_FAULTS_SHOWN = 20
_MEGABYTE = 1024 * 1024


@reader_lists.before_request
def _only_who_sees_readers() -> None:
    require(may_see_readers(acting()))


@reader_lists.get("")
def index() -> str:
    """Where a list is handed in, and what became of earlier ones."""
    return _index_page(HandInForm(formdata=None))


def _index_page(form: HandInForm) -> str:
    return render_template(
        "lists/index.html",
        form=form,
        lists=service.last_lists(db.session()),
        states=wording.states(),
        most_megabytes=MOST_UPLOADED // _MEGABYTE,
        most_rows=MOST_ROWS,
    )


@reader_lists.post("")
def hand_in() -> Any:
    """Keep a file, and let it be looked at."""
    form = HandInForm()
    if not form.validate_on_submit():
        return _index_page(form), 422
    key = new_folder_key()
    try:
        with form.file.data.stream as upload:
            _folder(key).keep_upload(upload)
    except TooLarge:
        form.file.errors = [_("Dit bestand is groter dan %(most)s MB.", most=MOST_UPLOADED // _MEGABYTE)]
        return _index_page(form), 422
    with unit_of_work() as session:
        number = service.hand_in(session, key, form.file.data.filename, signed_in(), services().clock()).id
    return redirect(url_for("lists.show", number=number), 303)


@reader_lists.get("/<int:number>")
def show(number: int) -> str:
    """One list, and what it waits for."""
    return _page(service.numbered(db.session(), number))


def _page(one: SubscriberList, form: AnswersForm | None = None, chosen: list[str] | None = None) -> str:
    folder = _folder(one.key)
    seen = _seen(folder) if one.state is ListState.LOOKED_AT else None
    done, of = folder.progress() if one.state in BUSY else (0, 1)
    outcome = one.outcome or {}
    return render_template(
        "lists/show.html",
        one=one,
        state=one.state,
        is_busy=one.state in BUSY,
        is_over=one.state in OVER,
        words=wording,
        seen=seen,
        chosen=chosen or (seen.guessed if seen else []),
        form=form or _answers_form(),
        may_verify=_may_verify(),
        full_disk=one.state in BUSY and folder.found_full_disk(),
        done=done,
        of=of,
        counted=wording.counted(one.state, outcome),
        faults=_faults(folder) if outcome.get("faults") else [],
        number_of_faults=outcome.get("faults", 0),
        number_of_remarks=outcome.get("remarks", 0),
        asks=bool(one.answers and from_kept(one.answers).asks),
        asked_until=wording.asked_until(outcome),
        waiting=waiting_of(db.session(), one.id),
    )


def _faults(folder: Folder) -> list[tuple[int, str]]:
    """The first lines of which something is said."""
    told = ((line, wording.problem(name, about)) for line, _fate, name, about in folder.report() if name)
    return [one for one, _number in zip(told, range(_FAULTS_SHOWN), strict=False)]


def _may_verify() -> bool:
    """Whether this person decides on claims elsewhere too."""
    return Role.COMMUNICATOR in acting().roles


def _answers_form(**given: Any) -> AnswersForm:
    form = AnswersForm(**({"formdata": None} | given))
    form.verified.choices = [(one.slug, one.choice(language())) for one in offered_segments(db.session())]
    return form


@reader_lists.post("/<int:number>/antwoorden")
def answer(number: int) -> Any:
    """Say what the columns are and where consent came from."""
    one = service.numbered(db.session(), number)
    seen = _seen(_folder(one.key))
    if one.state is not ListState.LOOKED_AT or seen is None:
        return redirect(url_for("lists.show", number=number), 303)
    form = _answers_form(formdata=request.form)
    chosen = _chosen(seen)
    wrong = wrong_columns(chosen)
    if not form.validate() or wrong:
        form.form_errors = [wrong] if wrong else []
        return _page(one, form, chosen), 422
    answers = form.answers()
    require(_may_verify() or not (answers.vouched.segments or "verified" in chosen))
    with unit_of_work() as session:
        service.answer(session, number, chosen, answers)
    return redirect(url_for("lists.show", number=number), 303)


def _seen(folder: Folder) -> Seen | None:
    with suppress(FileNotFoundError):
        return folder.seen()
    return None


def _chosen(seen: Seen) -> list[str]:
    return [request.form.get(f"{COLUMN}{place}", "") for place in range(len(seen.titles))]


@reader_lists.post("/<int:number>/inlezen")
def take_in(number: int) -> Any:
    """Let a list that was checked be taken in."""
    user, now = signed_in(), services().clock()
    with unit_of_work() as session:
        what = service.what_is_taken_in(session, number) or {}
        if not what or not asks_first(session, Act.IMPORT, what, user, now):
            service.approve(session, number, user, now)
    return redirect(url_for("lists.show", number=number), 303)


@reader_lists.post("/<int:number>/opnieuw")
def answer_again(number: int) -> Any:
    """Go back to what was said of a list."""
    with unit_of_work() as session:
        service.ask_again(session, number)
    return redirect(url_for("lists.show", number=number), 303)


@reader_lists.post("/<int:number>/weggooien")
def throw_away(number: int) -> Any:
    """Let go of a list; nothing of it stays but that it was there."""
    with unit_of_work() as session:
        service.throw_away(session, number, signed_in(), services().clock())
        key = service.numbered(session, number).key
    _folder(key).remove()
    flash(_("De lijst is weggegooid. Er is niets ingelezen."), "ok")
    return redirect(url_for("lists.index"), 303)


@reader_lists.post("/<int:number>/stoppen")
def stop_asking(number: int) -> Any:
    """Ask nobody of a list any more who has not been asked yet."""
    with unit_of_work() as session:
        stopped = stop(session, service.numbered(session, number).id, signed_in(), services().clock())
    flash(
        ngettext(
            "%(num)s persoon wordt niet meer gevraagd.", "%(num)s mensen worden niet meer gevraagd.", stopped
        ),
        "ok",
    )
    return redirect(url_for("lists.show", number=number), 303)


@reader_lists.get("/<int:number>/verslag")
def report(number: int) -> Response:
    """What becomes of each line, as a file for spreadsheets."""
    one = service.numbered(db.session(), number)
    rows = wording.report(_folder(one.key), one.state)
    return csv_download(rows, _("verslag van lijst %(number)s", number=number))


@reader_lists.post("/uitlezen")
def take_along() -> Any:
    """Everybody as a file for spreadsheets; that it was taken stands in the audit trail."""
    user, now = signed_in(), services().clock()
    with unit_of_work() as session:
        if not may_take_along(session, user, now):
            return redirect(url_for("register.index"), 303)
        record_export(session, now, user)
        name = newsletter(session).name
    return csv_download(_everybody(), _("lezers van %(newsletter)s", newsletter=name))


def _everybody() -> Iterator[str]:
    with reading() as session:
        yield from export(session, services().suppression_key)


def _folder(key: str) -> Folder:
    return Folder(services().instance_dir, key)
