"""Words for steps of consent, and for where they were taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from newsletter_service.subscriptions.consent.rules import Place, Step

SAID = {
    Step.ASKED: _l("U meldde zich aan"),
    Step.CONFIRMED: _l("U bevestigde dat u de nieuwsbrief wilt"),
    Step.CHANGED: _l("U veranderde uw keuzes"),
    Step.MOVED: _l("U veranderde uw e-mailadres"),
    Step.IMPORTED: _l("U kwam op de lijst, met toestemming die u elders gaf"),
    Step.REQUESTED: _l("U kreeg de vraag of u de nieuwsbrief wilt"),
    Step.VERIFIED: _l("Uw functie is gecontroleerd"),
    Step.DECLINED: _l("Uw functie kon niet worden bevestigd"),
    Step.REOPENED: _l("Uw functie wacht weer op controle"),
    Step.LAPSED: _l("De controle van uw functie verliep"),
    Step.PAUSED: _l("U pauzeerde de nieuwsbrief"),
    Step.RESUMED: _l("U kreeg de nieuwsbrief weer"),
    Step.LEFT: _l("U meldde zich af"),
    Step.UNANSWERED: _l("Gestopt omdat u niet antwoordde op de vraag of u akkoord gaat"),
    Step.RETURNED: _l("U kwam terug"),
    Step.BOUNCED: _l("Uw adres nam geen post meer aan"),
    Step.COMPLAINED: _l("U meldde een brief als ongewenst"),
    Step.ERASED: _l("Uw gegevens zijn gewist"),
    Step.ALLOWED: _l("Uw adres mag weer post krijgen"),
}
_PLACES: dict[str, LazyString] = {
    Place.SIGN_UP: _l("op de aanmeldpagina"),
    Place.CONFIRM: _l("met de link in de bevestigingsmail"),
    Place.PREFERENCES: _l("op de pagina met voorkeuren"),
    Place.OWN: _l("op de pagina met uw gegevens"),
    Place.NOT_ME: _l("met de link voor wie zich niet had aangemeld"),
    Place.LEAVE: _l("op de afmeldpagina"),
    Place.RETURN: _l("op de afmeldpagina"),
    Place.ALLOW: _l("met de link die daarom werd gestuurd"),
    Place.ONE_CLICK: _l("met de afmeldknop van het mailprogramma"),
    Place.MAIL: _l("per e-mail"),
    Place.SMTP: _l("gemeld door de mailserver"),
    Place.DESK: _l("door de redactie"),
    Place.COMMAND: _l("door het beheer"),
    Place.CLAIMS: _l("bij de controle van functies"),
    Place.AGREE: _l("op de pagina met de nieuwe tekst"),
}


def place_in_words(source: str) -> str:
    """Where a step was taken; the name of a file stays as it is."""
    return str(_PLACES.get(source, source))


def named(detail: Mapping[str, Any] | None, kinds: tuple[str, ...], names: Mapping[str, str]) -> str:
    """The names of what the `detail` of a step has under these `kinds`, in one line.

    `names` are those of today; what is no longer among them goes by the word that was written down.
    """
    values = [(detail or {}).get(kind) or [] for kind in kinds]
    words = [word for value in values for word in ([value] if isinstance(value, str) else value)]
    return ", ".join(names.get(word, word) for word in words)
