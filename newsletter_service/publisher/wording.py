"""What is said of an organisation's colours, in plain words."""

from newsletter_service.languages import Language
from newsletter_service.letters.colours import Refusal
from newsletter_service.letters.texts import texts


def contrast_words(pair: Refusal, language: Language) -> str:
    """Which two colours cannot be told apart well enough, and by how much."""
    _ = texts(language).gettext
    names = {
        "stroke": _("het streepje"),
        "ink": _("de naam"),
        "tint": _("op het eigen vlak"),
        "ground": _("op de achtergrond van de pagina"),
        "paper": _("op het papier van de brief"),
        "sunk": _("op een verzonken vlak"),
    }
    told = {
        "pair": f"{names[pair.colour]} {names[pair.ground]}",
        "contrast": _decimal(f"{pair.contrast:.1f}", language),
        "needed": _decimal(f"{pair.needed:g}", language),
    }
    said = _("Dit is niet goed te lezen: %(pair)s heeft een contrast van %(contrast)s. Nodig is %(needed)s.")
    return said % told


def _decimal(number: str, language: Language) -> str:
    """A number with the sign that the language has between units and tenths."""
    return number if language == "en" else number.replace(".", ",")
