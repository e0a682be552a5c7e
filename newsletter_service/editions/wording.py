"""What pages about editions say: states, reasons, conflicts and checks in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from newsletter_service.editions.composing.checks import Check, Fault
from newsletter_service.editions.composing.editing import CannotAdd
from newsletter_service.editions.models import Edition
from newsletter_service.editions.remarks import remark
from newsletter_service.editions.rules import (
    EditionConflict,
    EditionState,
    ExclusionReason,
    HoldReason,
    Move,
    Reason,
    WrongState,
)
from newsletter_service.editions.texts import PersonalLink
from newsletter_service.letters.values import LARGEST_HTML
from newsletter_service.web.formatting import date_text, listed, moment, number_text

FAULTS = {
    Check.SUBJECT: _l("Het onderwerp is %(number)s tekens lang; een telefoon toont er ongeveer 60."),
    Check.PREHEADER: _l("De preheader is %(number)s tekens lang; 30 tot 110 past overal."),
    Check.INTRODUCTION: _l("Er is geen introductie."),
    Check.SIZE: _l("De brief is %(size)s; boven %(largest)s breken mailprogramma's hem af."),
    Check.ALT: _l("De afbeelding bij “%(title)s” heeft geen beschrijving."),
    Check.LEAD: _l("“%(title)s” heeft geen samenvatting."),
    Check.TIMELY: _l("“%(title)s” is voorbij voordat deze editie uitgaat."),
    Check.READERS: _l("Geen enkele lezer krijgt “%(title)s” te zien."),
    Check.TITLES: _l("“%(title)s” staat er %(number)s keer in."),
}
MISSING = {
    Check.SUBJECT: _l("Er is nog geen onderwerp."),
    Check.PREHEADER: _l("Er is geen preheader; mailprogramma's tonen dan een willekeurig stuk tekst."),
}


def state_name(state: EditionState) -> str:
    """The state of an edition, in a word or two."""
    return {
        EditionState.COLLECTING: _("Verzamelt kopij"),
        EditionState.COMPOSED: _("Samengesteld"),
        EditionState.SENDING: _("Wordt verstuurd"),
        EditionState.SENT: _("Verstuurd"),
        EditionState.HELD: _("Vastgehouden"),
        EditionState.CANCELLED: _("Geannuleerd"),
    }[state]


def reason_in(reason: Reason, detail: Mapping[str, Any], zone: str) -> str:
    """Why an item is in an edition."""
    match reason:
        case Reason.WAITED_LONG:
            times = int(detail.get("times", 2))
            return ngettext(
                "Schoof %(times)s keer door en gaat nu voor",
                "Schoof %(times)s keer door en gaat nu voor",
                times,
                times=times,
            )
        case Reason.DUE:
            return _(
                "Kan niet wachten: na %(day)s heeft het geen zin meer", day=_day(detail, "deadline", zone)
            )
        case Reason.PRIORITY:
            return _("Hoge prioriteit")
        case Reason.FILLS:
            return _fills(int(detail.get("readers", 0)), int(detail.get("few", 0)))
        case Reason.ADDED_BY_HAND:
            return _("Erbij gezet door %(name)s", name=detail.get("by", ""))
        case _turn:
            days = int(detail.get("days", 0))
            if not days:
                return _("Aan de beurt")
            return ngettext(
                "Aan de beurt: wacht %(days)s dag", "Aan de beurt: wacht %(days)s dagen", days, days=days
            )


def reason_out(reason: Reason | None, detail: Mapping[str, Any], zone: str, other: str = "") -> str:
    """Why an item waits; None: nobody decided about it yet. `other` names the item that it looks like."""
    if reason is None:
        return _("Kwam binnen na het samenstellen")
    if reason in (Reason.LOOK_ALIKE, Reason.SENT_BEFORE):
        return _looks_like(other, sent=reason is Reason.SENT_BEFORE)
    match reason:
        case Reason.EMBARGOED:
            return _("Mag pas vanaf %(day)s", day=_day(detail, "until", zone))
        case Reason.EXPIRED | Reason.STARTED:
            return _too_late(reason, _day(detail, "deadline", zone))
        case Reason.UNAGREED:
            return _("Gezamenlijk bericht: wacht tot elke organisatie akkoord is")
        case Reason.DROPPED_BY_HAND:
            return _("Eruit gehaald door %(name)s", name=detail.get("by", ""))
        case Reason.NO_ROOM:
            return _no_room(detail, zone)
        case _otherwise:
            return _("Staat niet meer in deze editie")


def _fills(number: int, few: int) -> str:
    if not few:
        return _("Gaat eerder mee: %(readers)s kregen anders niets", readers=readers(number))
    return ngettext(
        "Gaat eerder mee: %(readers)s kregen anders hooguit %(few)s bericht",
        "Gaat eerder mee: %(readers)s kregen anders hooguit %(few)s berichten",
        few,
        few=few,
        readers=readers(number),
    )


def _no_room(detail: Mapping[str, Any], zone: str) -> str:
    limit = detail.get("limit", "")
    if not detail.get("readers"):
        return _("Er gaan al %(limit)s berichten mee", limit=limit)
    return _(
        "Wacht tot %(day)s: %(full)s van de %(readers)s voor wie dit is, hebben al %(limit)s berichten",
        day=_day(detail, "until", zone),
        full=number_text(int(detail["full"])),
        readers=readers(int(detail["readers"])),
        limit=limit,
    )


def _too_late(reason: Reason, day: str) -> str:
    if reason is Reason.EXPIRED:
        return _("Verlopen sinds %(day)s", day=day)
    return _("Begint al op %(day)s, voor deze editie uitgaat", day=day)


def _looks_like(title: str, *, sent: bool) -> str:
    if sent:
        return _("Lijkt op “%(title)s”, dat al verstuurd is", title=title)
    return _("Lijkt op “%(title)s”", title=title)


def hold_reason(reason: HoldReason) -> str:
    """Why we held an edition."""
    known = {
        HoldReason.LATE: _("Het moment van versturen is te lang voorbij."),
        HoldReason.UNSIGNED: _("Nog niet alle organisaties zijn akkoord."),
        HoldReason.EMPTY: _("Er staat geen bericht in."),
        HoldReason.PAUSED: _("De mailserver neemt de brieven niet aan."),
        HoldReason.UNPRINTABLE: _("Er kon geen goede brief van worden gemaakt; misschien is hij te groot."),
        HoldReason.PERSONAL_LINK: _("Er staat een persoonlijke link van één lezer in."),
        HoldReason.CANCELLING: _("Wordt geannuleerd."),
        HoldReason.RESTORED: _(
            "De dienst is op een oudere kopie teruggezet; misschien is deze editie al verstuurd."
        ),
    }
    return known[reason]


def why_held(edition: Edition) -> str:
    """Why an edition is held: our own reasons in words, people's as they are."""
    return hold_reason(edition.hold_reason) if edition.hold_reason else edition.hold_words


def goes_without(names: Sequence[str], edition: Edition, now: datetime) -> str:
    """Whose agreement an edition does without that goes out now, and by how much it is early; "" if all agreed."""
    if not names:
        return ""
    said = _(
        "Nog niet akkoord: %(names)s. Hun akkoord is niet nodig: de editie gaat vanzelf uit, "
        "tenzij iemand die vasthoudt.",
        names=listed(names),
    )
    if now >= edition.sends_at:
        return said
    early = _(
        "Dat zou pas %(moment)s zijn. Verstuurt u de editie nu, dan kan niemand die nog eerst bekijken.",
        moment=moment(edition.sends_at, "long", edition.zone),
    )
    return f"{said} {early}"


def goes_to(reached: int) -> str:
    """How many readers an edition goes to that somebody is about to send."""
    if not reached:
        return _("Er is geen lezer voor wie iets in deze editie staat.")
    return ngettext(
        "De editie gaat meteen naar %(count)s lezer.",
        "De editie gaat meteen naar %(count)s lezers.",
        reached,
        count=number_text(reached),
    )


def not_agreed(names: Sequence[str]) -> str:
    """Whose agreement an edition still waits for."""
    return _("Nog niet akkoord: %(names)s. Zonder hun akkoord gaat de editie niet uit.", names=listed(names))


def conflict(error: EditionConflict) -> str:
    """Why something cannot be done to an edition now, and what to do instead."""
    if isinstance(error, WrongState):
        return _wrong_state(error)
    if isinstance(error, PersonalLink):
        return remark(error.noticed)
    if isinstance(error, CannotAdd) and error.code == "not_waiting":
        return _("Dit bericht staat niet meer in de wachtrij.")
    sentences = {
        "too_late": _(
            "Het moment van versturen is al voorbij. Kies een nieuw moment, of verstuur de editie nu."
        ),
        "still_open": _("Er zijn nog brieven onderweg."),
        "unsigned": _("Nog niet alle organisaties zijn akkoord met wat er nu staat."),
        "empty": _("Er staat nog geen bericht in deze editie."),
        "changed_since_seen": _(
            "De editie is veranderd sinds u deze pagina opende. Kijk alles nog eens na en geef dan akkoord."
        ),
        "not_released": _("Deze editie is nog niet verstuurd."),
        "nobody_has_it": _("Nog niemand kreeg deze editie. Een correctie is dus niet nodig."),
        "nothing_written": _("Deze correctie is al verstuurd of weggegooid. Er gaat niets dubbel uit."),
        "correction_changed": _(
            "Deze correctie is veranderd sinds u deze pagina opende. Kijk de tekst nog eens na."
        ),
        "not_offered": _("Deze correctie wacht nu niet op akkoord: die is nog niet voorgelegd."),
        "already_offered": _("Deze correctie is al voorgelegd. Op deze pagina ziet u hoe het ermee staat."),
        "not_in_edition": _("Dit bericht staat niet meer in deze editie."),
        "nothing_to_see": _("Deze doelgroep krijgt deze editie niet: er staat geen bericht voor hen in."),
        "embargoed": _("Dit bericht mag nog niet worden verstuurd op het moment dat deze editie uitgaat."),
        "expired": _("Dit bericht is verlopen voordat deze editie uitgaat."),
        "too_many_proofs": _(
            "U heeft het afgelopen uur al heel veel proeven gekregen. Vraag de volgende over een uur aan."
        ),
        "started": _("Deze bijeenkomst is al begonnen voordat deze editie uitgaat."),
        "look_alike": _(
            "Dit bericht lijkt op een bericht in de editie. Kijk eerst samen of ze hetzelfde zijn."
        ),
        "unagreed": _("Dit gezamenlijke bericht wacht nog tot elke organisatie akkoord is."),
        "sent_before": _(
            "Dit bericht lijkt op een bericht dat al verstuurd is. Kijk eerst of lezers er iets nieuws in lezen."
        ),
    }
    return sentences.get(error.code, _("Dit kan op dit moment niet. Kijk hoe de editie er nu voor staat."))


def fault(found: Fault) -> str:
    """What a check found, and what would mend it."""
    values = {
        "title": found.about,
        "number": found.number,
        "size": kilobytes(found.number),
        "largest": kilobytes(LARGEST_HTML),
    }
    if not found.number and found.check in MISSING:
        return str(MISSING[found.check])
    return str(FAULTS[found.check]) % values


def kilobytes(size: int) -> str:
    """A size in bytes as people read it: "31 kB"."""
    return f"{number_text(round(size / 1000))} kB"


def readers(number: int) -> str:
    """A number of readers in words: "1.284 lezers"."""
    return ngettext("%(count)s lezer", "%(count)s lezers", number, count=number_text(number))


def delivery_groups() -> dict[str, str]:
    """What the numbers of a statement are called, in the order in which they are shown."""
    return {
        "sent": _("Verstuurd"),
        "open": _("Onderweg"),
        "deferred": _("Uitgesteld"),
        "failed": _("Mislukt"),
        "skipped": _("Geen brief"),
        "cancelled": _("Gestopt"),
        "uncertain": _("Onzeker"),
        "repeated": _("Mogelijk dubbel"),
    }


def delivery_state(state: str) -> str:
    """The state of one letter, in a word or two."""
    return {
        "ready": _("Wacht"),
        "claimed": _("Gaat nu weg"),
        "sent": _("Verstuurd"),
        "deferred": _("Wordt opnieuw geprobeerd"),
        "failed": _("Mislukt"),
        "uncertain": _("Onzeker"),
        "cancelled": _("Gestopt"),
        "skipped": _("Geen brief"),
    }[state]


def exclusion_reason(reason: ExclusionReason) -> str:
    """Why a reader got no letter."""
    return {
        ExclusionReason.NOTHING_VISIBLE: _("Er was geen bericht voor deze lezer"),
        ExclusionReason.SUPPRESSED: _("Dit adres wil geen e-mail meer"),
        ExclusionReason.PAUSED: _("Deze lezer heeft de nieuwsbrief gepauzeerd"),
    }[reason]


def reply_meaning(code: int | None, status: str) -> str:
    """What the mail server's last answer comes down to; empty where there is no answer, or nothing to add."""
    known = {
        "5.1.1": _("Dit adres bestaat niet"),
        "5.1.2": _("Dit domein bestaat niet"),
        "5.1.3": _("Dit adres klopt niet"),
        "5.1.6": _("Dit adres is verhuisd"),
        "5.1.10": _("Dit domein neemt geen e-mail aan"),
        "5.2.1": _("Deze postbus is uitgezet"),
        "5.2.2": _("Deze postbus is vol"),
        "4.2.2": _("Deze postbus is vol"),
        "5.3.4": _("Deze brief is te groot voor de ontvanger"),
    }
    if status in known:
        return known[status]
    if status.startswith("5.7."):
        return _("Geweigerd door het beleid van de ontvanger")
    if code is not None and 400 <= code < 500:
        return _("Kan nu niet, later wel")
    return _("Geweigerd") if code is not None and code >= 500 else ""


def moment_left(seconds: float) -> str:
    """How long something still takes, as people say it: "minder dan een minuut", "ongeveer 5 minuten"."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return _("minder dan een minuut")
    if minutes < 90:
        return ngettext("ongeveer %(count)s minuut", "ongeveer %(count)s minuten", minutes, count=minutes)
    hours = round(minutes / 60)
    return ngettext("ongeveer %(count)s uur", "ongeveer %(count)s uur", hours, count=hours)


def _wrong_state(error: WrongState) -> str:
    state = error.status.state
    if error.move is Move.RELEASE and state in (EditionState.SENDING, EditionState.SENT):
        return _("Deze editie is al verstuurd. Er gaat niets dubbel uit.")
    if state is EditionState.COLLECTING:
        return _("Dit kan nog niet: deze editie verzamelt nog kopij.")
    if error.move is Move.RESUME and state in (EditionState.COMPOSED, EditionState.SENDING):
        return _("Deze editie wordt niet vastgehouden.")
    if state is EditionState.HELD and error.move is Move.HOLD:
        return _("Deze editie wordt al vastgehouden.")
    if state is EditionState.HELD:
        return _(
            "Deze editie is al vrijgegeven en wordt nu vastgehouden. Hervat de editie om de rest te versturen."
        )
    return _("Dit kan niet meer: de editie staat op “%(state)s”.", state=state_name(state).lower())


def _day(detail: Mapping[str, Any], name: str, zone: str) -> str:
    value = detail.get(name)
    return date_text(datetime.fromisoformat(value), "medium", zone) if isinstance(value, str) else "?"
