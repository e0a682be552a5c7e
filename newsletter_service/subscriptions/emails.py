"""The mails that readers get besides editions; they hold nothing that a visitor typed."""

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice


def confirmation(newsletter: str, language: Language, confirm_url: str, never_url: str) -> Notice:
    """Asks the reader of this address to confirm that they asked for the newsletter."""
    _ = texts(language).gettext
    asked = _(
        "Iemand heeft dit e-mailadres opgegeven om %(newsletter)s te ontvangen. Was u dat? "
        "Bevestig dan uw aanmelding."
    )
    return Notice(
        language=language,
        subject=_("Bevestig uw aanmelding voor %(newsletter)s") % {"newsletter": newsletter},
        heading=_("Nog één stap: bevestig uw aanmelding"),
        paragraphs=(
            asked % {"newsletter": newsletter},
            _("De link werkt zeven dagen. Zonder uw bevestiging sturen we u de nieuwsbrief niet."),
        ),
        action=Action(_("Aanmelding bevestigen"), confirm_url),
        small_print=(
            (
                _("Was u dit niet? Dan hoeft u niets te doen. Wilt u ook zo'n e-mail als deze nooit meer?"),
                _("Stuur mij nooit meer e-mail"),
                never_url,
            ),
        ),
    )


def already_subscribed(newsletter: str, language: Language, manage_url: str) -> Notice:
    """Answers a sign-up of somebody who is a reader already."""
    _ = texts(language).gettext
    asked = _(
        "Iemand heeft dit e-mailadres opgegeven om %(newsletter)s te ontvangen, maar u krijgt die al. "
        "Er is niets veranderd."
    )
    return Notice(
        language=language,
        subject=_("U ontvangt %(newsletter)s al") % {"newsletter": newsletter},
        heading=_("U bent al aangemeld"),
        paragraphs=(
            asked % {"newsletter": newsletter},
            _("Wilt u andere thema's kiezen? Dat kan met de knop hieronder. De link werkt één dag."),
        ),
        action=Action(_("Voorkeuren aanpassen"), manage_url),
        small_print=((_("Was u dit niet? Dan hoeft u niets te doen."), "", ""),),
    )


def lost_link(newsletter: str, language: Language, manage_url: str) -> Notice:
    """Gives a reader the way back to their own preferences."""
    _ = texts(language).gettext
    return Notice(
        language=language,
        subject=_("Uw link voor %(newsletter)s") % {"newsletter": newsletter},
        heading=_("Hier is uw link"),
        paragraphs=(_("Met deze link past u uw voorkeuren aan of meldt u zich af. De link werkt één dag."),),
        action=Action(_("Naar mijn voorkeuren"), manage_url),
        small_print=((_("Heeft u hier niet om gevraagd? Dan hoeft u niets te doen."), "", ""),),
    )
