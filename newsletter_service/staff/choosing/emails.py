"""Mails about a password to whom it belongs."""

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice
from newsletter_service.links.urls import NEW_PASSWORD_WITHIN

_MINUTES = int(NEW_PASSWORD_WITHIN.total_seconds() // 60)


def lost_password(newsletter: str, url: str, language: Language) -> Notice:
    """Leads to choosing another password."""
    _ = texts(language).gettext
    told = _(
        "Iemand vroeg om een nieuw wachtwoord voor uw account bij %(newsletter)s. Was u dat? Druk dan op de knop."
    )
    return Notice(
        language=language,
        subject=_("Kies een nieuw wachtwoord"),
        heading=_("Kies een nieuw wachtwoord"),
        paragraphs=(
            told % {"newsletter": newsletter},
            _("De link werkt %(minutes)s minuten, en één keer.") % {"minutes": _MINUTES},
        ),
        action=Action(_("Kies een nieuw wachtwoord"), url),
        small_print=(
            (_("Was u dit niet? Dan hoeft u niets te doen. Uw wachtwoord blijft zoals het is."), "", ""),
        ),
    )


def password_changed(newsletter: str, url: str, language: Language) -> Notice:
    """Tells that the password is another one now; `url` leads to where one can be asked for."""
    _ = texts(language).gettext
    told = _(
        "Het wachtwoord van uw account bij %(newsletter)s is gewijzigd. Op andere apparaten bent u uitgelogd."
    )
    return Notice(
        language=language,
        subject=_("Uw wachtwoord is gewijzigd"),
        heading=_("Uw wachtwoord is gewijzigd"),
        paragraphs=(
            told % {"newsletter": newsletter},
            _("Was u dit zelf? Dan hoeft u niets te doen."),
            _("Was u dit niet? Vraag meteen een nieuw wachtwoord aan, en waarschuw uw beheerder."),
        ),
        action=Action(_("Vraag een nieuw wachtwoord aan"), url),
    )
