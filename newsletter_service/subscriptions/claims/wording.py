"""What the claims screen says, in words."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from newsletter_service.letters.dates import day_with_year
from newsletter_service.subscriptions.addresses import readable
from newsletter_service.subscriptions.claims.forms import REASONS
from newsletter_service.subscriptions.claims.service import (
    COUNTED,
    Colleagues,
    VerifiedThere,
    place_of,
)
from newsletter_service.subscriptions.models import Membership
from newsletter_service.subscriptions.verification.rules import ClaimState, Evidence
from newsletter_service.web.formatting import number_text
from newsletter_service.web.locale import language


@dataclass(frozen=True)
class Line:
    """One claim that waits: its key for forms and its place for addresses, and what is known of its reader."""

    key: str
    place: str
    name: str
    address: str
    domain: str
    organisation: str
    segment: str
    waited: str


@dataclass(frozen=True)
class Evident:
    """What speaks for or against a claim, in words."""

    confirmed: str
    colleagues: str
    verified: tuple[str, ...]
    earlier: str
    until: str


def line(claim: Membership, now: datetime) -> Line:
    """One claim in the list."""
    reader = claim.subscriber
    return Line(
        key=f"{claim.subscriber_id}-{claim.segment_id}",
        place=str(place_of(claim)),
        name=reader.name or _("Een lezer zonder naam"),
        address=readable(reader.address),
        domain=reader.domain,
        organisation=reader.organisation,
        segment=claim.segment.choice(language()),
        waited=waited(claim.claimed_at, now),
    )


def waited(since: datetime, now: datetime) -> str:
    """How long a claim has waited, in days."""
    days = (now - since).days
    return (
        ngettext("wacht %(num)s dag", "wacht %(num)s dagen", days) if days > 0 else _("wacht sinds vandaag")
    )


def number_in_words(number: int) -> str:
    """A number that was counted up to COUNTED."""
    return _("meer dan %(number)s", number=number_text(COUNTED)) if number > COUNTED else number_text(number)


def evident(claim: Membership, there: Colleagues, decided_by: str, until: datetime) -> Evident:
    """What is known beside a claim, which somebody (or nobody, empty) decided on before; a yes holds until `until`."""
    reader = claim.subscriber
    return Evident(
        confirmed=_("bevestigd op %(day)s", day=_day(reader.confirmed_at)) if reader.confirmed_at else "",
        colleagues=_colleagues(there),
        verified=tuple(_verified(one) for one in there.verified),
        earlier=_earlier(claim, decided_by),
        until=_day(until),
    )


def _colleagues(there: Colleagues) -> str:
    if not there.number:
        return _("Geen andere lezers bij dit domein")
    return ngettext(
        "%(number)s andere lezer bij dit domein",
        "%(number)s andere lezers bij dit domein",
        there.number,
        number=number_in_words(there.number),
    )


def _verified(one: VerifiedThere) -> str:
    return _(
        "%(number)s gecontroleerd als %(segment)s: %(by)s",
        number=number_text(one.number),
        segment=one.segment.name(language()),
        by=_by(one.evidence, one.by),
    )


def _by(evidence: Evidence | None, by: str) -> str:
    match evidence:
        case Evidence.DOMAIN:
            return _("domein %(domain)s staat op de lijst", domain=by)
        case Evidence.IMPORT:
            return _("uit een lijst (%(source)s)", source=by)
    return _("door %(name)s", name=by) if by else _("door een collega")


def _earlier(claim: Membership, who: str) -> str:
    """What was decided before the claim waited again."""
    if claim.decided_at is None:
        return _("Nooit eerder gecontroleerd of afgewezen")
    day = _day(claim.decided_at)
    if claim.reason is not None:
        return _(
            "Afgewezen op %(day)s door %(name)s: %(reason)s", day=day, name=who, reason=REASONS[claim.reason]
        )
    return _("Gecontroleerd op %(day)s: %(by)s", day=day, by=_by(claim.evidence, who or claim.source))


def verified_since(claim: Membership, who: str) -> str:
    """Since when a claim is verified, by what or `who`, and until when: for staff."""
    since, until = _day(claim.decided_at), _day(claim.until)
    by = _by(claim.evidence, who or claim.source)
    return _("Sinds %(since)s: %(by)s. Dit geldt tot %(until)s.", since=since, by=by, until=until)


def done(claims: list[Membership]) -> str:
    """What was decided a moment ago."""
    if not claims:
        return ""
    declined = claims[0].state is ClaimState.DECLINED
    if len(claims) == 1:
        name, segment = line(claims[0], claims[0].claimed_at).name, claims[0].segment.choice(language())
        words = (
            _("%(name)s is afgewezen als “%(segment)s”.")
            if declined
            else _("%(name)s is gecontroleerd als “%(segment)s”.")
        )
        return words % {"name": name, "segment": segment}
    words = (
        _("%(number)s functies zijn afgewezen.") if declined else _("%(number)s functies zijn gecontroleerd.")
    )
    return words % {"number": number_text(len(claims))}


def _day(moment: datetime | None) -> str:
    return day_with_year(moment, language()) if moment else ""
