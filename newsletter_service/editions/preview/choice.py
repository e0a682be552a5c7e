"""What is picked of a preview: as which reader, in which language and in which shape."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from newsletter_service.languages import LANGUAGES, Language, is_language
from newsletter_service.web.locale import language

EVERYBODY = "alle"
SHAPES = ("mobiel", "computer", "donker", "tekst")


@dataclass(frozen=True)
class Choice:
    """One link of a picker."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class PreviewChoice:
    """What was picked: a segment's slug (None: a reader without any), a language and a shape."""

    segment: str | None
    language: Language
    shape: str

    @property
    def values(self) -> dict[str, str]:
        """The choice, as addresses say it."""
        return {"doelgroep": self.segment or EVERYBODY, "taal": self.language, "vorm": self.shape}


def chosen() -> PreviewChoice:
    """What the address asks for; anything unknown falls back to what is shown first."""
    asked = request.args
    segment = asked.get("doelgroep", EVERYBODY)
    tongue = asked.get("taal", language())
    shape = asked.get("vorm", SHAPES[0])
    return PreviewChoice(
        segment=None if segment == EVERYBODY else segment,
        language=tongue if is_language(tongue) else language(),
        shape=shape if shape in SHAPES else SHAPES[0],
    )


def languages(choice: PreviewChoice) -> tuple[Choice, ...]:
    """The languages that letters are made in."""
    return tuple(Choice(code, name, code == choice.language) for code, name in LANGUAGES.items())


def shapes(choice: PreviewChoice) -> tuple[Choice, ...]:
    """The ways to look at a letter."""
    return tuple(Choice(name, label, name == choice.shape) for name, label in _shapes().items())


def _shapes() -> dict[str, str]:
    names = (_("Mobiel"), _("Computer"), _("Donker"), _("Platte tekst"))
    return dict(zip(SHAPES, names, strict=True))
