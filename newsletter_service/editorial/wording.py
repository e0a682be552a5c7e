"""What pages about items say: kinds, priorities, and what may be wrong, in words."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from newsletter_service.editorial.images import ImageProblem
from newsletter_service.editorial.plain_dutch.rules import Hint, Sort
from newsletter_service.editorial.rules import ItemState, Kind, Problem

KINDS: dict[str, Any] = {
    Kind.NEWS: _l("Nieuws"),
    Kind.EVENT: _l("Bijeenkomst"),
    Kind.PUBLICATION: _l("Publicatie"),
    Kind.CALL: _l("Oproep"),
}
STATES: dict[str, Any] = {
    ItemState.QUEUED: _l("In de wachtrij"),
    ItemState.DRAFT: _l("Klad"),
    ItemState.WITHDRAWN: _l("Ingetrokken"),
    ItemState.SENT: _l("Verstuurd"),
}
PRIORITIES: dict[str, Any] = {"2": _l("Hoog"), "1": _l("Gewoon"), "0": _l("Laag")}
CLOCK_CHANGE: dict[str, Any] = {"0": _l("De eerste keer (zomertijd)"), "1": _l("De tweede keer (wintertijd)")}

IMAGE_PROBLEMS: dict[ImageProblem, Any] = {
    ImageProblem.TOO_LARGE: _l("Deze afbeelding is te groot: gebruik een bestand van hooguit 8 MB."),
    ImageProblem.BUSY: _l(
        "Er worden nu al andere afbeeldingen verwerkt. Wacht een minuut en kies uw afbeelding dan opnieuw."
    ),
    ImageProblem.TOO_MANY_PIXELS: _l(
        "Deze afbeelding heeft te veel beeldpunten: verklein de afbeelding eerst."
    ),
    ImageProblem.NOT_AN_IMAGE: _l(
        "Dit bestand is geen afbeelding die we kunnen lezen. Gebruik JPEG, PNG, WebP of GIF."
    ),
}
PROBLEMS: dict[Problem, tuple[str, Any]] = {
    Problem.NO_TITLE: ("title", _l("Geef het bericht een titel.")),
    Problem.NO_LEAD: ("lead", _l("Vat het bericht samen in een of twee zinnen.")),
    Problem.NO_START: ("day", _l("Vul in wanneer de bijeenkomst begint: dag en tijd.")),
    Problem.STARTED: ("day", _l("Deze bijeenkomst is al begonnen.")),
    Problem.ENDS_BEFORE_START: ("end_time", _l("Het einde ligt niet na het begin.")),
    Problem.LABEL_WITHOUT_LINK: ("link_url", _l("U heeft wel een tekst voor de link, maar geen adres.")),
    Problem.NO_ALT: ("image_alt", _l("Beschrijf wat er op de afbeelding staat, voor wie die niet ziet.")),
    Problem.RESTRICTED_TO_NOBODY: (
        "segments",
        _l("Kies bij beperkte toegang voor welke doelgroepen het bericht is."),
    ),
    Problem.HELD_BACK_TOO_LONG: ("not_before", _l("Op deze dag is de bijeenkomst al begonnen.")),
    Problem.EXPIRED: ("expires", _l("Deze dag is al voorbij.")),
    Problem.EXPIRES_TOO_EARLY: (
        "expires",
        _l("Deze dag ligt vóór de eerste dag waarop het bericht mee mag."),
    ),
}
"""For each problem the field to show it at, and what to say there."""

DAY_MISSING = _l("Vul ook de dag in.")
SKIPPED_TIME = _l("Deze tijd bestaat niet: die nacht gaat de klok vooruit. Kies een andere tijd.")
REPEATED_TIME = _l("Deze tijd komt die nacht twee keer. Kies hieronder welke u bedoelt.")

IMAGE_GONE = _l("De afbeelding die u eerder koos is niet bewaard gebleven. Kies opnieuw een afbeelding.")

HINTS: dict[Sort, Any] = {
    Sort.LONG: _l("Een lange zin. Kunt u er twee van maken?"),
    Sort.PASSIVE: _l("Wie doet dit? Noem die eerst: dan leest de zin makkelijker."),
    Sort.WORD: _l("“%(words)s” is een moeilijk woord. Makkelijker is: “%(instead)s”."),
    Sort.ABBREVIATION: _l("Niet elke lezer kent “%(words)s”. Schrijf de eerste keer ook de hele naam op."),
    Sort.LINK: _l("“%(words)s” zegt niet waar de link heen gaat. Noem wat de lezer daar vindt."),
}


def hint_words(hint: Hint) -> str:
    """What to tell the writer about a sentence."""
    instead = hint.instead.replace(" / ", gettext("” of “"))
    return str(HINTS[hint.sort]) % {"words": hint.words, "instead": instead}
