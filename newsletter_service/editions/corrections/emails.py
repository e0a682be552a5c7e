"""The mails that tell heads and communicators about a correction."""

from dataclasses import dataclass
from datetime import datetime

from newsletter_service.editions.emails import look_at
from newsletter_service.editions.rules import Hindrance
from newsletter_service.languages import Language
from newsletter_service.letters.dates import moment_in_words
from newsletter_service.letters.markdown.html import to_text
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice, NoticeList
from newsletter_service.links.urls import Links


@dataclass(frozen=True)
class OfferedFacts:
    """A correction as it is put to the heads: who wants it to go out, and when it does if nobody does anything.

    Without `due_at` it waits until all heads have agreed. `text` is Markdown.
    """

    number: int
    zone: str
    by: str
    subject: str
    text: str
    due_at: datetime | None


def correction_held(number: int, words: str, links: Links, language: Language) -> Notice:
    """Tells that the mail server does not take a correction; `words` is what it said."""
    _ = texts(language).gettext
    subject = _("De correctie op editie %(number)s wordt vastgehouden") % {"number": number}
    paragraphs = [
        _(
            "Het versturen van deze correctie is gestopt, omdat de mailserver de correctie niet aanneemt. "
            "Wie de correctie al kreeg, krijgt die niet nog eens. Ga verder als het probleem is opgelost."
        )
    ]
    if words:
        paragraphs.append(_("De mailserver antwoordde: %(words)s") % {"words": words})
    return Notice(language, subject, subject, tuple(paragraphs), look_at(number, links, language))


def correction_offered(facts: OfferedFacts, links: Links, language: Language) -> Notice:
    """Asks a head to agree to a correction, and says what it says and what happens otherwise."""
    _ = texts(language).gettext
    subject = _("Wilt u kijken naar de correctie op editie %(number)s?") % {"number": facts.number}
    if facts.due_at is None:
        plan = _("%(name)s wil deze correctie versturen. Dat gebeurt pas als elke organisatie akkoord is.")
    else:
        plan = _(
            "%(name)s wil deze correctie versturen. Dat gebeurt %(moment)s, tenzij iemand de correctie "
            "vasthoudt. Is elke organisatie eerder akkoord, dan gaat de correctie meteen uit."
        )
    moment = moment_in_words(facts.due_at, facts.zone, language) if facts.due_at is not None else ""
    words = NoticeList(_("Wat er in de correctie staat"), ((facts.subject, ""), (_plain(facts.text), "")))
    look = Action(_("Bekijk de correctie"), links.staff(f"edities/{facts.number}/correctie"))
    paragraphs = (plan % {"name": facts.by, "moment": moment},)
    return Notice(language, subject, subject, paragraphs, look, lists=(words,))


def correction_held_back(number: int, by: str, links: Links, language: Language) -> Notice:
    """Tells that somebody keeps a correction from going out."""
    _ = texts(language).gettext
    subject = _("De correctie op editie %(number)s wordt vastgehouden") % {"number": number}
    sentence = _("%(name)s houdt deze correctie vast tot elke organisatie akkoord is.")
    look = Action(_("Bekijk de correctie"), links.staff(f"edities/{number}/correctie"))
    return Notice(language, subject, subject, (sentence % {"name": by},), look)


def correction_hindered(number: int, why: Hindrance, links: Links, language: Language) -> Notice:
    """Tells that a correction did not go out by itself, and why."""
    _ = texts(language).gettext
    subject = _("De correctie op editie %(number)s wordt vastgehouden") % {"number": number}
    sentence = {
        Hindrance.LATE: _(
            "Deze correctie had al lang moeten uitgaan. Daarom gebeurt dat niet meer vanzelf, maar pas als elke "
            "organisatie akkoord is."
        ),
        Hindrance.UNPRINTABLE: _(
            "Van deze correctie kon geen goede brief worden gemaakt. Kijk de tekst nog eens na."
        ),
        Hindrance.NOBODY: _(
            "Er is niemand meer die deze correctie moet krijgen. U kunt de correctie weggooien."
        ),
    }[why]
    look = Action(_("Bekijk de correctie"), links.staff(f"edities/{number}/correctie"))
    return Notice(language, subject, subject, (sentence,), look)


def _plain(text: str) -> str:
    return " ".join(to_text(text).split())
