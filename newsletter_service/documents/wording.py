"""Words for texts on pages: what each is called, and what can be filled in."""

from flask_babel import lazy_gettext as _l

from newsletter_service.documents.rules import ONE_LINE, Kind, Slot

TITLES = {
    Kind.CONSENT: _l("Tekst bij de knop waarmee lezers zich aanmelden"),
    Kind.PRIVACY: _l("Hoe we met uw gegevens omgaan"),
    Kind.ACCESSIBILITY: _l("Toegankelijkheid"),
    Kind.CONTACT: _l("Contact en colofon"),
}
_SLOTS = {
    Slot.NEWSLETTER: _l("de naam van de nieuwsbrief"),
    Slot.ORGANISATIONS: _l("de namen van de organisaties"),
    Slot.MAIL: _l("het e-mailadres voor antwoorden"),
    Slot.POST: _l("het postadres"),
    Slot.CHECKS: _l("hoe functies worden gecontroleerd, zoals het nu is ingesteld"),
    Slot.RETENTION: _l("hoe lang alles wordt bewaard, zoals het echt gebeurt"),
    Slot.MAKERS: _l("de organisaties met wie zij zijn"),
}


def slots_for(kind: Kind) -> dict[str, object]:
    """What can be filled in, in a text of this kind: what to type, and what it becomes."""
    known = ONE_LINE if kind is Kind.CONSENT else Slot
    return {f"{{{slot}}}": words for slot, words in _SLOTS.items() if slot in known}
