"""What is wrong with a plan, in plain words."""

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts
from newsletter_service.publisher.wording import contrast_words
from newsletter_service.setup.plans import Difference
from newsletter_service.setup.reading import Fault, Problem


def fault_words(fault: Fault, language: Language) -> str:
    """What is wrong, as a sentence that says what to do."""
    _ = texts(language).gettext
    if fault.pair is not None:
        return contrast_words(fault.pair, language)
    told = {
        Problem.MISSING: _("Dit ontbreekt. Vul het in."),
        Problem.UNKNOWN: _("Dit kennen we niet. Hier kan staan: %(known)s."),
        Problem.NO_TABLE: _("Hier horen regels met een naam, een = en een waarde, niet één losse waarde."),
        Problem.NO_LIST: _("Hier hoort een lijst: zet de waarden tussen [ en ], met komma's ertussen."),
        Problem.NO_TEXT: _("Hier hoort tekst: zet de waarde tussen dubbele aanhalingstekens."),
        Problem.UNPRINTABLE: _("Hier staat een teken in dat niet te lezen is. Typ de tekst opnieuw."),
        Problem.TOO_LONG: _("Dit is %(typed)s tekens lang. Gebruik er hooguit %(limit)s."),
        Problem.NO_CHOICE: _("Kies een van deze woorden: %(options)s."),
        Problem.NO_NUMBER: _("Vul een getal in van %(lowest)s tot %(highest)s."),
        Problem.NO_TIME: _("Vul een tijd in, zoals 13:30."),
        Problem.NO_DAY: _("Vul een datum in, zoals 2026-12-10."),
        Problem.NO_YES_OR_NO: _("Vul true (ja) of false (nee) in."),
        Problem.TWICE: _("“%(twice)s” staat er twee keer. Laat er één weg, of geef ze elk een eigen naam."),
        Problem.NO_SLUG: _("Gebruik alleen kleine letters, cijfers en streepjes, zoals om-noord."),
        Problem.NO_COLOUR: _(
            "Dit is geen kleur. Schrijf een # met zes cijfers of letters a tot en met f erachter."
        ),
        Problem.NO_DOMAIN: _("Dit is geen domein. Het ziet eruit als gemeente.nl: wat na de @ staat."),
        Problem.PUBLIC_SUFFIX: _(
            "Onder dit domein kan iedereen een eigen naam nemen. Het bewijst dus niets."
        ),
        Problem.FOR_ANYBODY: _("Bij dit domein kan iedereen een adres krijgen. Het bewijst dus niets."),
        Problem.NO_ADDRESS: _("Dit is geen volledig e-mailadres. Het ziet eruit als naam@gemeente.nl."),
        Problem.NO_ZONE: _("Deze tijdzone kennen we niet. Schrijf bijvoorbeeld Europe/Amsterdam."),
        Problem.CLOSES_LATE: _("De kopij moet sluiten voordat de editie uitgaat."),
        Problem.NEVER_IN_A_FILE: _(
            "Zet nooit een wachtwoord in een bestand. Haal deze regel weg: we vragen erom."
        ),
    }[fault.problem]
    return told % fault.about


def difference_words(one: Difference, language: Language) -> str:
    """Where a file and what stands differ, on one line."""
    _ = texts(language).gettext
    nothing = _("niets")
    told = {"place": one.place, "planned": one.planned or nothing, "stands": one.stands or nothing}
    return _("%(place)s: in het bestand “%(planned)s”, nu “%(stands)s”") % told
