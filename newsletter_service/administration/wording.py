"""What pages for administrators say."""

from typing import Any

from flask_babel import lazy_gettext as _l

from newsletter_service.administration.rules import Act, Part

TITLES = {
    Part.ORGANISATIONS: _l("Organisaties"),
    Part.SEGMENTS: _l("Doelgroepen"),
    Part.TOPICS: _l("Thema's"),
}
ABOUT = {
    Part.ORGANISATIONS: _l(
        "Welke organisaties samen de nieuwsbrief maken, in de volgorde waarin ze overal staan. Wat u verandert, geldt "
        "meteen, ook op het web bij eerdere edities. Brieven die al verstuurd zijn, blijven zoals ze zijn."
    ),
    Part.SEGMENTS: _l(
        "Wie uw lezers zijn, in de volgorde waarin ze op het aanmeldformulier staan. Welke domeinen meteen tellen, "
        "regelt u bij Domeinen."
    ),
    Part.TOPICS: _l("Waar berichten over gaan, in de volgorde waarin lezers kunnen kiezen."),
}
NEW = {
    Part.ORGANISATIONS: _l("Nieuwe organisatie"),
    Part.SEGMENTS: _l("Nieuwe doelgroep"),
    Part.TOPICS: _l("Nieuw thema"),
}
RETIRED = {
    Part.ORGANISATIONS: _l(
        "Een organisatie die niet meer meedoet, schrijft geen nieuwe berichten en hoeft geen akkoord meer te geven. "
        "Eerdere berichten houden de naam."
    ),
    Part.SEGMENTS: _l(
        "Een doelgroep die niet meer meedoet, kan niemand nog kiezen, ook niet voor nieuwe berichten. Wie erin zit, "
        "blijft erin tot die zelf iets anders kiest. Eerdere edities houden de naam."
    ),
    Part.TOPICS: _l(
        "Een thema dat niet meer meedoet, kan niemand nog kiezen, ook niet voor nieuwe berichten. Wie het koos, houdt "
        "het tot die zelf iets anders kiest. Eerdere edities houden de naam."
    ),
}
DONE: dict[Act, Any] = {
    Act.UP: _l("%(name)s staat nu hoger."),
    Act.DOWN: _l("%(name)s staat nu lager."),
    Act.RETIRE: _l("%(name)s doet niet meer mee."),
    Act.RESTORE: _l("%(name)s doet weer mee."),
    Act.REMOVE: _l("%(name)s is verwijderd."),
}
