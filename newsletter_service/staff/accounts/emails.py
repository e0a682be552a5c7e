"""The mail that invites somebody to make the newsletter with us."""

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice
from newsletter_service.links.urls import INVITED_FOR


def invitation(newsletter: str, inviter: str, url: str, language: Language) -> Notice:
    """Leads to choosing a password; `inviter` is empty where it was done on the server."""
    _, ngettext = texts(language).gettext, texts(language).ngettext
    names = {"newsletter": newsletter, "name": inviter}
    first = (
        _("%(name)s nodigt u uit om mee te werken aan %(newsletter)s.") % names
        if inviter
        else _("U bent uitgenodigd om mee te werken aan %(newsletter)s.") % names
    )
    lasts = ngettext(
        "De link werkt %(days)s dag, en één keer.",
        "De link werkt %(days)s dagen, en één keer.",
        INVITED_FOR.days,
    )
    return Notice(
        language=language,
        subject=_("Uw account voor %(newsletter)s") % names,
        heading=_("Uw account staat klaar"),
        paragraphs=(
            first,
            _("Kies een wachtwoord. Daarna kunt u inloggen."),
            lasts % {"days": INVITED_FOR.days},
        ),
        action=Action(_("Kies een wachtwoord"), url),
        small_print=((_("Verwachtte u dit niet? Dan hoeft u niets te doen."), "", ""),),
    )
