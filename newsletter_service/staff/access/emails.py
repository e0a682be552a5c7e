"""The mail that tells administrators that somebody may be guessing."""

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Notice


def many_wrong_passwords(failures: int, accounts: int, language: Language) -> Notice:
    """Tells how often signing in failed in the last quarter of an hour, what we do about it, and what they can do."""
    _, ngettext = texts(language).gettext, texts(language).ngettext
    subject = _("Er wordt vaak een verkeerd wachtwoord ingevuld")
    times = ngettext("%(count)s keer", "%(count)s keer", failures) % {"count": failures}
    known = ngettext("%(count)s account", "%(count)s accounts", accounts) % {"count": accounts}
    paragraphs = (
        _("Inloggen bij de redactie mislukte in het afgelopen kwartier %(times)s, bij %(accounts)s van ons.")
        % {"times": times, "accounts": known},
        _(
            "Misschien raadt iemand wachtwoorden. Wie blijft raden, moet steeds langer wachten. Collega's kunnen "
            "gewoon inloggen in de browser die ze altijd gebruiken."
        ),
        _(
            "U hoeft niets te doen. Vraag uw collega's wel of ze het zelf waren. Blijft het doorgaan? Overleg "
            "dan met wie de server beheert."
        ),
    )
    return Notice(language, subject, subject, paragraphs)
