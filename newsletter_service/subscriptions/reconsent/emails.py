"""The mail that asks readers for consent again, and the one that reminds them."""

from dataclasses import dataclass
from datetime import datetime

from newsletter_service.languages import Language
from newsletter_service.letters.dates import day_with_year
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice


@dataclass(frozen=True)
class Question:
    """Where readers answer and where they leave; `ends` is when silence ends their subscription (None: it does not)."""

    url: str
    leave_url: str
    ends: datetime | None


def ask(newsletter: str, language: Language, question: Question) -> Notice:
    """Asks readers to agree to a text that changed."""
    _ = texts(language).gettext
    return _notice(newsletter, language, question, _("Gaat u akkoord met onze nieuwe tekst?"))


def remind(newsletter: str, language: Language, question: Question) -> Notice:
    """Asks those who did not answer once more."""
    _ = texts(language).gettext
    return _notice(newsletter, language, question, _("Herinnering: gaat u akkoord met onze nieuwe tekst?"))


def _notice(newsletter: str, language: Language, question: Question, heading: str) -> Notice:
    _ = texts(language).gettext
    why = _(
        "U krijgt %(newsletter)s omdat u daarmee instemde. De tekst waarmee u instemde is veranderd. Daarom vragen we "
        "het u opnieuw. U leest de nieuwe tekst op onze site, en gaat daar met één knop akkoord."
    )
    return Notice(
        language=language,
        subject=f"{heading} · {newsletter}",
        heading=heading,
        paragraphs=(why % {"newsletter": newsletter}, _without_answer(question.ends, language)),
        action=Action(_("Lees de tekst en ga akkoord"), question.url),
        small_print=((_("Wilt u de nieuwsbrief niet meer?"), _("Meld u af"), question.leave_url),),
    )


def _without_answer(ends: datetime | None, language: Language) -> str:
    _ = texts(language).gettext
    if ends is None:
        return _(
            "Horen we niets van u, dan blijft u de nieuwsbrief krijgen, en blijft de tekst gelden waarmee u instemde."
        )
    return _("Horen we niets van u, dan sturen we u vanaf %(day)s de nieuwsbrief niet meer.") % {
        "day": day_with_year(ends, language)
    }
