"""Mails about a second factor that somebody else took away."""

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice


def second_factor_reset(newsletter: str, whose: str, by: str, url: str, language: Language) -> Notice:
    """Tells administrators who took whose second factor away; `by` is empty where it was done on the server."""
    _ = texts(language).gettext
    names = {"whose": whose, "by": by, "newsletter": newsletter}
    told = (
        _("%(by)s heeft de tweede stap van %(whose)s bij %(newsletter)s weggehaald.") % names
        if by
        else _("Op de server is de tweede stap van %(whose)s bij %(newsletter)s weggehaald.") % names
    )
    return Notice(
        language=language,
        subject=_("De tweede stap van %(whose)s is weggehaald") % names,
        heading=_("De tweede stap van %(whose)s is weggehaald") % names,
        paragraphs=(
            told,
            _("Wie alleen nog een wachtwoord heeft, kan bij het inloggen een nieuwe tweede stap instellen."),
            _("Klopt dit niet? Sluit dan het account, en overleg met uw collega's."),
        ),
        action=Action(_("Bekijk de accounts"), url),
    )


def your_second_factor_reset(newsletter: str, by: str, url: str, language: Language) -> Notice:
    """Tells somebody that their own second factor was taken away."""
    _ = texts(language).gettext
    names = {"by": by, "newsletter": newsletter}
    told = (
        _(
            "%(by)s heeft de tweede stap van uw account bij %(newsletter)s weggehaald. U bent overal uitgelogd."
        )
        % names
        if by
        else _(
            "Op de server is de tweede stap van uw account bij %(newsletter)s weggehaald. U bent overal uitgelogd."
        )
        % names
    )
    return Notice(
        language=language,
        subject=_("Uw tweede stap is weggehaald"),
        heading=_("Uw tweede stap is weggehaald"),
        paragraphs=(
            told,
            _("Log in met uw wachtwoord, en stel een nieuwe tweede stap in."),
            _("Vroeg u hier niet om? Waarschuw dan meteen uw beheerder."),
        ),
        action=Action(_("Inloggen"), url),
    )
