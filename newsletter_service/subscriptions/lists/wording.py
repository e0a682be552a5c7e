"""What the pages of lists say, in words."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from flask_babel import gettext as _

from newsletter_service.files.csv import BEGINNING, csv_line
from newsletter_service.subscriptions.importing.rules import STAYS_OUT, Fate, Problem
from newsletter_service.subscriptions.lists.folder import Folder
from newsletter_service.subscriptions.lists.rules import ListState
from newsletter_service.web.formatting import number_text

_STAYS_OUT = "stays_out"


def columns() -> dict[str, str]:
    """What a column of a file may be."""
    return {
        "address": _("E-mailadres"),
        "name": _("Naam"),
        "first_name": _("Voornaam"),
        "infix": _("Tussenvoegsel"),
        "last_name": _("Achternaam"),
        "organisation": _("Organisatie"),
        "language": _("Taal"),
        "segments": _("Doelgroepen"),
        "topics": _("Thema's"),
        "status": _("Stand (actief, afgemeld …)"),
        "asked_at": _("Aangemeld op"),
        "confirmed_at": _("Bevestigd op"),
        "left_at": _("Afgemeld op"),
        "bounced_at": _("Onbestelbaar sinds"),
        "paused_until": _("Stil tot"),
        "source": _("Waar toestemming is gegeven"),
        "verified": _("Gecontroleerd als"),
    }


def states() -> dict[ListState, str]:
    """Where a list stands."""
    return {
        ListState.HANDED_IN: _("wordt bekeken"),
        ListState.LOOKED_AT: _("wacht op uw antwoorden"),
        ListState.ANSWERED: _("wordt gecontroleerd"),
        ListState.CHECKED: _("gecontroleerd, nog niet ingelezen"),
        ListState.APPROVED: _("wordt ingelezen"),
        ListState.TAKEN_IN: _("ingelezen"),
        ListState.UNREADABLE: _("niet te lezen"),
        ListState.STUCK: _("mislukt"),
        ListState.THROWN_AWAY: _("weggegooid"),
        ListState.FORGOTTEN: _("vervallen"),
    }


def busy(state: ListState) -> str:
    """What is being done with a list."""
    return {
        ListState.HANDED_IN: _("We kijken wat er in het bestand staat."),
        ListState.ANSWERED: _("We controleren elke regel. Er verandert nog niets."),
        ListState.APPROVED: _("We lezen de lijst in."),
    }[state]


def _fates(state: ListState) -> dict[str, str]:
    """What becomes of lines, or became; why an address stays out is told nowhere."""
    done = state is ListState.TAKEN_IN
    return {
        Fate.ADDED: _("toegevoegd als lezer") if done else _("komt erbij als lezer"),
        Fate.ASKED: _("krijgt per e-mail de vraag om lezer te worden"),
        Fate.CONFIRMED: _("had zich aangemeld, en is nu bevestigd")
        if done
        else _("had zich aangemeld, en wordt bevestigd"),
        Fate.KNOWN: _("was al bekend: niets veranderd") if done else _("is al bekend: verandert niet"),
        Fate.WAITS: _("wacht zelf nog op bevestiging: verandert niet"),
        Fate.LEFT_THERE: _("ging daar weg: blijft weg, en dat onthouden we"),
        Fate.NOT_ACTIVE: _("was daar niet actief: blijft weg"),
        _STAYS_OUT: _("mag niet worden ingelezen: blijft weg"),
    }


def counted(state: ListState, outcome: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many lines meet which fate, in words."""
    together = dict(outcome) | {_STAYS_OUT: sum(outcome.get(one, 0) for one in STAYS_OUT)}
    return [(words, together[one]) for one, words in _fates(state).items() if together.get(one)]


def asked_until(outcome: Mapping[str, int]) -> datetime | None:
    """When the last is asked by mail; None where nobody is."""
    until = outcome.get("asked_until")
    return datetime.fromtimestamp(until, UTC) if until else None


def problem(name: str, about: Mapping[str, str]) -> str:
    """What is wrong or odd about a line."""
    said = columns()
    given = {"about": "", "known": ""} | dict(about) | {"column": said.get(about.get("column", ""), "")}
    return {
        Problem.UNREADABLE: _("Het bestand is beschadigd vanaf deze regel."),
        Problem.NO_ADDRESSES: _("Er is geen kolom met e-mailadressen."),
        Problem.TWICE_NAMED: _(
            "De kop “%(about)s” staat er twee keer, of staat samengevoegd boven twee kolommen.", **given
        ),
        Problem.UNUSED: _("De kolom “%(about)s” gebruiken we niet.", **given),
        Problem.TOO_WIDE: _("Deze regel heeft meer cellen dan er koppen zijn."),
        Problem.TOO_MANY: _("Een lijst heeft hooguit %(about)s regels. Deel het bestand op.", **given),
        Problem.FOREIGN_KEY: _(
            "Deze regel hoort bij een andere installatie, met een andere sleutel. "
            "Laat zulke regels weg, of vraag de beheerder."
        ),
        Problem.BAD_KEY: _("De sleutel van het adres is niet van ons."),
        Problem.BAD_REASON: _("De reden naast de sleutel is niet van ons."),
        Problem.AGAIN: _("Dit adres staat ook op regel %(about)s.", **given),
        Problem.BAD_ADDRESS: _("Dit is geen e-mailadres waar we naar kunnen mailen."),
        Problem.NO_NAME: _("“%(about)s” nemen we niet als naam over.", **given),
        Problem.DAMAGED: _("De naam heeft kapotte letters: het bestand is eens verkeerd opgeslagen."),
        Problem.BAD_NAME: _("De kolom %(column)s heeft een naam die niet in een brief kan.", **given),
        Problem.UNKNOWN_WORD: _("“%(about)s” kennen we niet als %(column)s. We kennen: %(known)s.", **given),
        Problem.FUTURE: _("%(column)s ligt in de toekomst.", **given),
        Problem.LONG_PAUSE: _("%(column)s ligt meer dan een jaar in de toekomst.", **given),
        Problem.NOT_A_MOMENT: _("%(column)s is geen datum zoals 23-11-2026 09:00.", **given),
        Problem.NO_SUCH_TIME: _("%(column)s is een tijd die de klok oversloeg.", **given),
        Problem.TWICE_THAT_HOUR: _(
            "%(column)s valt in het uur dat twee keer kwam: zet er +0100 achter.", **given
        ),
        Problem.NOT_VERIFIED: _("“%(about)s” is geen doelgroep.", **given),
        Problem.STILL_WAITS: _("Deze lezer wacht op bevestiging. Alleen de lezer zelf kan die geven."),
    }[Problem[name]]


def report(folder: Folder, state: ListState) -> Iterator[str]:
    """The report of a list as a file for spreadsheets, row by row: lines by number, and nobody's address."""
    said = _fates(state)
    yield BEGINNING + csv_line([_("Regel"), _("Wat er gebeurt"), _("Opmerking")])
    for line, fate, name, about in folder.report():
        became = said[_STAYS_OUT if fate in STAYS_OUT else fate] if fate else ""
        yield csv_line([str(line) if line else "", became, problem(name, about) if name else ""])


def how_far(done: int, of: int) -> str:
    """How far the work is, in per cent."""
    return _("%(percent)s procent", percent=number_text(min(100, 100 * done // of)))
