"""Mails to readers about the check of their segments, and the words that these share with their page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter_service.languages import Language
from newsletter_service.letters.dates import day_with_year
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice
from newsletter_service.subscriptions.verification.rules import DeclineReason, Evidence


@dataclass(frozen=True)
class Verified:
    """A segment (by what its members say of themselves) that was verified: by what, and until when."""

    segment: str
    evidence: Evidence | None
    source: str
    until: datetime


@dataclass(frozen=True)
class Declined:
    """A segment (by what its members say of themselves) that was declined, and why."""

    segment: str
    reason: DeclineReason | None


@dataclass(frozen=True)
class Ending:
    """The segments whose verification ends at `until`, and where their owner says that they still belong there."""

    segments: Sequence[str]
    until: datetime
    url: str


def source_in(evidence: Evidence | None, source: str, language: Language) -> str:
    """What a verification goes by, in the middle of a sentence in `language`."""
    _ = texts(language).gettext
    match evidence:
        case Evidence.DOMAIN:
            return _("omdat uw e-mailadres eindigt op %(domain)s") % {"domain": source}
        case Evidence.IMPORT:
            return _("overgenomen uit een lijst (%(source)s)") % {"source": source}
    return _("door een medewerker van de redactie")


def reason_in(reason: DeclineReason | None, language: Language) -> str:
    """Why a claim was declined and what its owner can do, as sentences in `language`."""
    _ = texts(language).gettext
    words = {
        DeclineReason.NOT_FOUND: _("We konden niet nagaan of deze functie van u is."),
        DeclineReason.NOT_YOURS: _("Volgens onze gegevens is deze functie niet, of niet meer, van u."),
        DeclineReason.OTHER_ADDRESS: _("Hiervoor is een adres van uw organisatie nodig. Meld u daarmee aan."),
    }
    return words[reason or DeclineReason.NOT_FOUND]


def claims_decided(
    newsletter: str,
    language: Language,
    verified: Sequence[Verified],
    declined: Sequence[Declined],
    reopened: Sequence[str],
    manage_url: str,
) -> Notice:
    """Tells readers what became of the check of their segments, and which (`reopened`) are checked once more."""
    _ = texts(language).gettext
    heading = _("Uw functie wordt opnieuw gecontroleerd")
    if verified or declined:
        heading = _("Uw functie is gecontroleerd") if verified else _("We konden uw functie niet bevestigen")
    return Notice(
        language=language,
        subject=f"{heading} · {newsletter}",
        heading=heading,
        paragraphs=(
            *(_verified(one, language) for one in verified),
            *(_declined(one, language) for one in declined),
            *(_reopened(one, language) for one in reopened),
        ),
        action=Action(_("Bekijk uw voorkeuren"), manage_url),
        small_print=((_("Klopt er iets niet? Antwoord dan op deze e-mail."), "", ""),),
    )


def _verified(one: Verified, language: Language) -> str:
    _ = texts(language).gettext
    words = _(
        "“%(segment)s” klopt, %(source)s. U krijgt nu ook de berichten met beperkte toegang voor deze functie. "
        "Dit geldt tot %(until)s."
    )
    return words % {
        "segment": one.segment,
        "source": source_in(one.evidence, one.source, language),
        "until": day_with_year(one.until, language),
    }


def _declined(one: Declined, language: Language) -> str:
    _ = texts(language).gettext
    words = _(
        "“%(segment)s” hebben we niet bevestigd. %(reason)s U krijgt wel alle andere berichten, zoals u gewend bent."
    )
    return words % {"segment": one.segment, "reason": reason_in(one.reason, language)}


def _reopened(segment: str, language: Language) -> str:
    _ = texts(language).gettext
    words = _(
        "“%(segment)s” controleren we opnieuw. Uw e-mailadres is veranderd, of het bewijst deze functie niet meer. "
        "U hoeft niets te doen. Tot we klaar zijn, krijgt u geen berichten met beperkte toegang voor deze functie. "
        "Alle andere berichten blijven komen."
    )
    return words % {"segment": segment}


def still_there(newsletter: str, language: Language, ending: Ending) -> Notice:
    """Asks readers whether they still have the function that was verified a year ago."""
    _ = texts(language).gettext
    return _ask(newsletter, language, ending, _("Klopt uw functie nog?"))


def still_there_again(newsletter: str, language: Language, ending: Ending) -> Notice:
    """Asks readers once more, shortly before their verification ends."""
    _ = texts(language).gettext
    return _ask(newsletter, language, ending, _("Herinnering: klopt uw functie nog?"))


def _ask(newsletter: str, language: Language, ending: Ending, heading: str) -> Notice:
    _ = texts(language).gettext
    asked = _(
        "Een tijd geleden controleerden we uw functie: %(segments)s. Mensen wisselen van baan, daarom vragen we het u "
        "opnieuw. Werkt u daar nog? Druk dan op de knop."
    )
    return Notice(
        language=language,
        subject=f"{heading} · {newsletter}",
        heading=heading,
        paragraphs=(
            asked % {"segments": ", ".join(ending.segments)},
            _(
                "Horen we niets, dan krijgt u vanaf %(until)s geen berichten met beperkte toegang meer. "
                "De rest blijft komen."
            )
            % {"until": day_with_year(ending.until, language)},
        ),
        action=Action(_("Ik werk hier nog"), ending.url),
        small_print=(
            (_("Heeft u een andere functie? Antwoord dan op deze e-mail of pas uw voorkeuren aan."), "", ""),
        ),
    )


def lapsed(newsletter: str, language: Language, ending: Ending) -> Notice:
    """Tells readers that their verification ended, and how to have it back."""
    _ = texts(language).gettext
    heading = _("De controle van uw functie is verlopen")
    said = _(
        "We hoorden niet of uw functie nog klopt: %(segments)s. Daarom krijgt u nu geen berichten met beperkte toegang "
        "meer. Alle andere berichten blijven komen."
    )
    return Notice(
        language=language,
        subject=f"{heading} · {newsletter}",
        heading=heading,
        paragraphs=(
            said % {"segments": ", ".join(ending.segments)},
            _("Werkt u daar nog? Druk dan op de knop. Dan controleren we uw functie opnieuw."),
        ),
        action=Action(_("Ik werk hier nog"), ending.url),
    )
