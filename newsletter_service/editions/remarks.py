"""What there is to say about the texts of an edition, in words and with their place."""

from typing import Any

from flask_babel import lazy_gettext as _l

from newsletter_service.editions.texts import Noticed, Place
from newsletter_service.letters.review import Remark

_PLACES = {
    Place.SUBJECT: _l("het onderwerp"),
    Place.PREHEADER: _l("de preheader"),
    Place.INTRODUCTION: _l("de introductie"),
    Place.CORRECTION: _l("de tekst van de correctie"),
    Place.TITLE: _l("de titel van “%(title)s”"),
    Place.LEAD: _l("de samenvatting van “%(title)s”"),
    Place.BODY: _l("de tekst van “%(title)s”"),
    Place.LINK: _l("de link bij “%(title)s”"),
    Place.LABEL: _l("de tekst van de link bij “%(title)s”"),
    Place.LOCATION: _l("de plaats van “%(title)s”"),
    Place.ALT: _l("de beschrijving van de afbeelding bij “%(title)s”"),
}
_REMARKS: dict[Remark, Any] = {
    Remark.PERSONAL_LINK: _l(
        "In %(place)s staat een persoonlijke link van één lezer (/%(what)s/…): wie erop klikt, komt bij de keuzes "
        "van die lezer. Zo gaat dit niet uit. Schrijf [mijn voorkeuren](voorkeuren) of [afmelden](afmelden): "
        "dat wordt voor elke lezer de eigen link."
    ),
    Remark.REFUSED_LINK: _l("In %(place)s staat een link die niet werkt of die misleidt: %(what)s."),
    Remark.BROKEN_LINK: _l("In %(place)s wordt “%(what)s” geen link: begin met https://, mailto: of tel:."),
    Remark.SHORTENED_LINK: _l(
        "In %(place)s staat een verkorte link (%(what)s): lezers zien niet waar die heen gaat. Gebruik het volle adres."
    ),
    Remark.STAFF_LINK: _l(
        "In %(place)s staat een link naar de redactie (%(what)s): lezers komen daar niet in."
    ),
    Remark.NAMING_LINK: _l("In %(place)s staat een link met een e-mailadres erin (%(what)s). Hoort dat zo?"),
    Remark.UNENCRYPTED_LINK: _l("In %(place)s staat een link die niet beveiligd is (http): %(what)s."),
    Remark.PLACEHOLDER: _l("In %(place)s moet nog iets worden ingevuld: “%(what)s”."),
    Remark.GREETING: _l(
        "In %(place)s staat “%(what)s”, maar de brief begint al met een aanhef. Lezers zien die dan twee keer."
    ),
    Remark.HTML: _l("In %(place)s staat HTML (%(what)s). Lezers zien die letterlijk."),
    Remark.PICTURE: _l("In %(place)s staat een afbeelding (%(what)s). In de tekst werkt die niet."),
    Remark.FOOTNOTE: _l("In %(place)s staat een voetnoot (%(what)s). Lezers zien die letterlijk."),
    Remark.CODE: _l("In %(place)s staan tekens voor code (%(what)s). Lezers zien die letterlijk."),
    Remark.STRUCK_OUT: _l(
        "In %(place)s staat doorgestreepte tekst (%(what)s). Lezers zien de tekens letterlijk."
    ),
    Remark.TASK: _l(
        "In %(place)s staat een lijst om af te vinken (%(what)s). Lezers zien de haken letterlijk."
    ),
    Remark.REFERENCE: _l(
        "In %(place)s staat een verwijzing (%(what)s) die geen link wordt. Schrijf [tekst](adres)."
    ),
    Remark.MARKUP: _l(
        "In %(place)s staan tekens voor opmaak (%(what)s). Daar werken die niet: lezers zien ze."
    ),
    Remark.WIDE_TABLE: _l(
        "In %(place)s staat een tabel van %(what)s kolommen. Op een telefoon passen er hooguit vier."
    ),
}


def remark(noticed: Noticed) -> str:
    """What was noticed, where, and what would mend it."""
    return str(_REMARKS[noticed.finding.remark]) % {
        "place": place_name(noticed.place, noticed.title),
        "what": noticed.finding.what,
    }


def place_name(place: Place, title: str = "") -> str:
    """Where a text is, in words."""
    return str(_PLACES[place]) % {"title": title}
