"""What staff do for a reader who asks: each act has a page that says what it means and wants to know who asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from newsletter_service.db import db, unit_of_work
from newsletter_service.delivery.models import Suppression
from newsletter_service.delivery.rules import Suppressed
from newsletter_service.errors import NotFound
from newsletter_service.registry import service
from newsletter_service.registry.desk import wording
from newsletter_service.registry.desk.forms import MoveForm, NameForm, PauseForReaderForm, ReasonForm
from newsletter_service.registry.four_eyes import service as acts_of_two
from newsletter_service.services import services
from newsletter_service.staff.four_eyes.asking import asks_first
from newsletter_service.staff.four_eyes.rules import Act as TwoPersonAct
from newsletter_service.staff.guards import acting, require, signed_in, staff_only
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import may_see_readers
from newsletter_service.subscriptions.addresses import Address, readable
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf import service as on_behalf
from newsletter_service.subscriptions.on_behalf.rules import Allowed
from newsletter_service.subscriptions.pausing.rules import is_paused
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.service import ended_by
from newsletter_service.web.formatting import date_text

acts = staff_only(Blueprint("acts", __name__, url_prefix="/redactie/lezers/<int:number>"))

Said = tuple[str, str]
"""What is said once it is done, and of which kind that is: ok, or warn where nothing was changed.

None is what asked for a second person, which is said already.
"""


@dataclass(frozen=True)
class Act:
    """One thing that is done for a reader: its name (of page and button), what it means, its form, and what it does."""

    title: LazyString
    about: LazyString
    form: Callable[[Subscriber, datetime], ReasonForm]
    do: Callable[[Session, Subscriber, Any, User, datetime], Said | None]
    is_final: bool = False


def _only_a_reason(_reader: Subscriber, _now: datetime) -> ReasonForm:
    return ReasonForm()


def _length(_reader: Subscriber, now: datetime) -> PauseForReaderForm:
    form = PauseForReaderForm()
    form.offer(now)
    return form


def _name(reader: Subscriber, _now: datetime) -> NameForm:
    return NameForm(name=reader.name)


def _other_address(reader: Subscriber, _now: datetime) -> MoveForm:
    form = MoveForm()
    form.current = reader.address
    return form


def _or_nothing(done: bool, said: str) -> Said:
    return (said, "ok") if done else (_("Er is niets veranderd: dat kan nu niet voor deze lezer."), "warn")


def _pause(session: Session, reader: Subscriber, form: PauseForReaderForm, user: User, now: datetime) -> Said:
    done = on_behalf.pause_for(session, reader, form.until, form.reason.data or "", user, now)
    return _or_nothing(done, _("De lezer heeft pauze tot %(day)s.", day=date_text(form.until, "full")))


def _resume(session: Session, reader: Subscriber, form: ReasonForm, user: User, now: datetime) -> Said:
    done = on_behalf.resume_for(session, reader, form.reason.data or "", user, now)
    return _or_nothing(done, _("De pauze is voorbij: de lezer krijgt de volgende editie weer."))


def _rename(session: Session, reader: Subscriber, form: NameForm, user: User, now: datetime) -> Said:
    on_behalf.correct_name(session, reader, form.name.data or "", form.reason.data or "", user, now)
    return _("De naam is veranderd."), "ok"


def _move(session: Session, reader: Subscriber, form: MoveForm, user: User, now: datetime) -> Said:
    reason = form.reason.data or ""
    done = on_behalf.ask_to_move(session, services(), reader, form.parsed, reason, user, now)
    return _or_nothing(
        done, _("We vragen het nieuwe adres om te bevestigen. Het oude kan drie dagen lang weigeren.")
    )


def _unsubscribe(session: Session, reader: Subscriber, form: ReasonForm, user: User, now: datetime) -> Said:
    done = on_behalf.unsubscribe(session, reader, form.reason.data or "", user, now)
    return _or_nothing(done, _("De lezer is afgemeld."))


def _suppress(session: Session, reader: Subscriber, form: ReasonForm, user: User, now: datetime) -> Said:
    key, reason = services().suppression_key, form.reason.data or ""
    on_behalf.suppress_address(session, Address(reader.address), key, reason, user, now)
    return _("Dit adres wordt niet meer gemaild."), "ok"


def _allow(session: Session, reader: Subscriber, form: ReasonForm, user: User, now: datetime) -> Said:
    key, reason = services().suppression_key, form.reason.data or ""
    allowed = on_behalf.allow_address(session, Address(reader.address), key, reason, user, now)
    return wording.allowed(allowed), "warn" if allowed is Allowed.NOT_SUPPRESSED else "ok"


def _erase(session: Session, reader: Subscriber, form: ReasonForm, user: User, now: datetime) -> Said | None:
    key, reason = services().suppression_key, form.reason.data or ""
    if acts_of_two.is_second_today(session, user, now):
        what = acts_of_two.what_is_erased(reader, reason)
        if asks_first(session, TwoPersonAct.ERASE, what, user, now):
            return None
    on_behalf.erase_address(session, Address(reader.address), key, reason, user, now)
    return _("De lezer is gewist."), "ok"


ACTS = {
    "pauze": Act(
        _l("Pauzeer de nieuwsbrief"),
        _l("De lezer krijgt in die tijd geen edities, en die ook later niet. De pauze eindigt vanzelf."),
        _length,
        _pause,
    ),
    "hervatten": Act(
        _l("Stop de pauze"), _l("De lezer krijgt de volgende editie weer."), _only_a_reason, _resume
    ),
    "naam": Act(
        _l("Verbeter de naam"), _l("Met deze naam spreken we de lezer in de nieuwsbrief aan."), _name, _rename
    ),
    "adres": Act(
        _l("Verander het adres"),
        _l(
            "Voor wie niet meer bij de oude mailbox kan. Het nieuwe adres krijgt een e-mail om te bevestigen. Het oude "
            "krijgt bericht en kan drie dagen lang weigeren. Keuzes en geschiedenis blijven; functies wachten weer op "
            "controle."
        ),
        _other_address,
        _move,
    ),
    "afmelden": Act(
        _l("Meld de lezer af"),
        _l(
            "De lezer krijgt geen nieuwsbrief meer, ook niet wat al klaarstond. Opnieuw aanmelden kan altijd."
        ),
        _only_a_reason,
        _unsubscribe,
    ),
    "niet-meer-mailen": Act(
        _l("Stuur nooit meer e-mail"),
        _l("Dit adres krijgt niets meer van ons, ook niet na een nieuwe aanmelding of een lijst."),
        _only_a_reason,
        _suppress,
    ),
    "weer-mailen": Act(
        _l("Stuur weer e-mail"),
        _l(
            "Dit adres mag weer e-mail krijgen. Wie alleen stopte omdat onze e-mail terugkwam, is meteen weer lezer."
        ),
        _only_a_reason,
        _allow,
    ),
    "wissen": Act(
        _l("Wis alles over deze lezer"),
        _l(
            "Wissen kunt u niet ongedaan maken. Naam, adres, keuzes en brieven verdwijnen binnen een minuut; tellingen "
            "blijven kloppen."
        ),
        _only_a_reason,
        _erase,
        is_final=True,
    ),
}
"""By the word that the address of its page ends with."""


def acts_for(reader: Subscriber, suppression: Suppression | None, now: datetime) -> dict[str, Act]:
    """What can be done for a reader as they stand now, and as what is known of their address says."""
    reads = reader.status == Status.ACTIVE
    suppressed = suppression is not None and suppression.scope == Suppressed.ALL_MAIL
    possible = {
        "pauze": reads,
        "hervatten": reads and is_paused(reader.paused_until, now),
        "naam": True,
        "adres": reads or (suppression is not None and ended_by(reader, suppression)),
        "afmelden": reads,
        "niet-meer-mailen": not suppressed,
        "weer-mailen": suppressed,
        "wissen": True,
    }
    return {slug: act for slug, act in ACTS.items() if possible[slug]}


@acts.before_request
def _only_who_answers_readers() -> None:
    require(may_see_readers(acting()))


@acts.get("/<act>")
def ask(number: int, act: str) -> str:
    """Says what would happen, and asks who wants it."""
    chosen, reader = _act(act), service.subscriber_numbered(db.session(), number)
    return _page(chosen, reader, chosen.form(reader, services().clock()))


@acts.post("/<act>")
def do(number: int, act: str) -> Any:
    """Does it, with the reason that was given."""
    chosen, reader = _act(act), service.subscriber_numbered(db.session(), number)
    form = chosen.form(reader, services().clock())
    if not form.validate():
        return _page(chosen, reader, form), 422
    with unit_of_work() as session:
        said = chosen.do(
            session, service.subscriber_to_change(session, number), form, signed_in(), services().clock()
        )
    if said is not None:
        flash(*said)
    return _back_to(number)


def _act(slug: str) -> Act:
    if slug not in ACTS:
        raise NotFound(f"nothing called {slug!r} is done for readers")
    return ACTS[slug]


def _page(act: Act, reader: Subscriber, form: ReasonForm) -> str:
    return render_template(
        "registry/act.html", act=act, reader=reader, address=readable(reader.address), form=form
    )


def _back_to(number: int) -> Response:
    """The reader's page, or the list where there is no such reader any more."""
    gone = service.is_gone(db.session(), number)
    return redirect(url_for("register.index") if gone else url_for("register.show", number=number), 303)
