"""The five steps of an edition's path, as the bar at the top of its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from newsletter_service.editions import wording
from newsletter_service.editions.composing.sign_offs import SignOffState
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionState, EditionStatus
from newsletter_service.editions.service import Statement
from newsletter_service.web.formatting import moment, number_text

_SIGN_OFF = 2


@dataclass(frozen=True)
class Step:
    """One step: its name, what there is to say about it, and whether it is done, now, held, todo or passed: left
    behind without having been done.
    """

    name: str
    text: str
    mark: str


def steps(
    edition: Edition,
    at: EditionStatus,
    inside: int,
    decided: int,
    signed: Sequence[SignOffState],
    numbers: Statement,
    now: datetime,
) -> tuple[Step, ...]:
    """The path of `edition`: copy, composed, sign-off, sending, sent."""
    texts = (
        (_("Kopij"), _copy(edition, at, now)),
        (_("Samengesteld"), _composed(edition, inside, decided)),
        (_("Akkoord"), _signed(edition, signed)),
        (_("Versturen"), _sending(edition, numbers)),
        (_("Verstuurd"), _sent(edition, numbers)),
    )
    here, all_signed = _here(at), bool(signed) and all(one.valid for one in signed)
    return tuple(
        Step(name, text, _mark(index, here, at, all_signed)) for index, (name, text) in enumerate(texts)
    )


def _here(at: EditionStatus) -> int:
    """Which step an edition is at; -1 for one that was given up."""
    state = at.held_from if at.state is EditionState.HELD and at.held_from is not None else at.state
    return {
        EditionState.COLLECTING: 0,
        EditionState.COMPOSED: 2,
        EditionState.SENDING: 3,
        EditionState.SENT: 4,
    }.get(state, -1)


def _mark(index: int, here: int, at: EditionStatus, all_signed: bool) -> str:
    if here < 0 or index > here:
        return "todo"
    if index == _SIGN_OFF and index < here and not all_signed:
        return "passed"
    if index < here or at.state is EditionState.SENT:
        return "done"
    return "held" if at.state is EditionState.HELD else "now"


def _copy(edition: Edition, at: EditionStatus, now: datetime) -> str:
    closes = moment(edition.closes_at, "medium", edition.zone)
    if at.state is EditionState.COLLECTING:
        return _("open tot %(moment)s", moment=closes)
    if edition.closes_at > now:
        return _("zou sluiten %(moment)s", moment=closes)
    return _("gesloten %(moment)s", moment=closes)


def _composed(edition: Edition, inside: int, decided: int) -> str:
    if edition.composed_at is None:
        return _("gaat vanzelf bij kopijsluiting")
    return _("%(inside)s van %(all)s berichten", inside=inside, all=max(inside, decided))


def _signed(edition: Edition, signed: Sequence[SignOffState]) -> str:
    if edition.composed_at is None:
        return "–"
    released = edition.mailing_id is not None
    parts = []
    for one in signed:
        if one.valid:
            parts.append(f"{one.short_name} ✓")
        elif released:
            parts.append(_("%(name)s niet", name=one.short_name))
        elif one.signed_at is not None:
            parts.append(_("%(name)s vervallen", name=one.short_name))
        else:
            parts.append(_("%(name)s nog niet", name=one.short_name))
    return " · ".join(parts) or "–"


def _sending(edition: Edition, numbers: Statement) -> str:
    if edition.released_at is None:
        return moment(edition.sends_at, "medium", edition.zone)
    if numbers.open:
        return _(
            "nog %(open)s van %(all)s", open=number_text(numbers.open), all=number_text(numbers.intended)
        )
    return moment(edition.released_at, "medium", edition.zone)


def _sent(edition: Edition, numbers: Statement) -> str:
    return wording.readers(numbers.sent) if edition.sent_at is not None else "–"
