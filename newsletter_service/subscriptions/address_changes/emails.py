"""The letters about a change of address; they name neither address, as one of them may be a stranger's."""

from datetime import datetime

from newsletter_service.languages import Language
from newsletter_service.letters.dates import day_with_year
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice


def confirm_new_address(newsletter: str, language: Language, url: str) -> Notice:
    """Asks the owner of a new address whether a reader's newsletter may go there."""
    _ = texts(language).gettext
    asked = _(
        "Een lezer van %(newsletter)s wil de nieuwsbrief voortaan op dit e-mailadres krijgen. Bent u dat?"
    )
    return Notice(
        language=language,
        subject=_("Bevestig uw nieuwe e-mailadres voor %(newsletter)s") % {"newsletter": newsletter},
        heading=_("Bevestig uw nieuwe e-mailadres"),
        paragraphs=(
            f"{asked % {'newsletter': newsletter}} {_('Druk dan op de knop.')}",
            _("Uw keuzes blijven zoals ze waren. De link werkt zeven dagen."),
        ),
        action=Action(_("Nieuw adres bevestigen"), url),
        small_print=((_("Was u dit niet? Dan hoeft u niets te doen. U krijgt dan niets van ons."), "", ""),),
    )


def agree_at_old_address(newsletter: str, language: Language, url: str) -> Notice:
    """Asks at the address of now whether a change that was asked for there is right."""
    _ = texts(language).gettext
    return Notice(
        language=language,
        subject=_("Klopt uw nieuwe e-mailadres voor %(newsletter)s?") % {"newsletter": newsletter},
        heading=_("Wilt u de nieuwsbrief op een ander adres?"),
        paragraphs=(
            _("U vroeg om %(newsletter)s voortaan naar een ander e-mailadres te sturen.")
            % {"newsletter": newsletter},
            _(
                "Kijk of dat adres klopt, en druk dan op de knop. Ook naar het nieuwe adres sturen we een e-mail. "
                "Pas als u in allebei heeft bevestigd, verandert er iets. De link werkt zeven dagen."
            ),
        ),
        action=Action(_("Bekijk de wijziging"), url),
        small_print=((_("Heeft u dit niet gevraagd? Weiger het dan met dezelfde knop."), "", ""),),
    )


def object_at_old_address(newsletter: str, language: Language, until: datetime, url: str) -> Notice:
    """Tells the address of now what staff asked for its reader, and until when it can be refused."""
    _ = texts(language).gettext
    told = _(
        "Een medewerker van de redactie vroeg namens u om %(newsletter)s voortaan naar een ander e-mailadres te "
        "sturen, omdat u bij dit adres niet meer kunt."
    )
    return Notice(
        language=language,
        subject=_("Uw e-mailadres voor %(newsletter)s verandert") % {"newsletter": newsletter},
        heading=_("De nieuwsbrief gaat naar een ander adres"),
        paragraphs=(
            told % {"newsletter": newsletter},
            _(
                "Klopt dat niet? Weiger het dan vóór %(until)s met de knop. Anders gaat het door, "
                "zodra het nieuwe adres is bevestigd."
            )
            % {"until": day_with_year(until, language)},
        ),
        action=Action(_("Bekijk de wijziging"), url),
    )


def address_is_known(newsletter: str, language: Language, sign_up_url: str) -> Notice:
    """Tells the owner of a new address that they have a subscription there already, or had one."""
    _ = texts(language).gettext
    told = _(
        "Een lezer van %(newsletter)s wil de nieuwsbrief voortaan op dit e-mailadres krijgen. Maar met dit adres heeft "
        "iemand zich al eens aangemeld. Daarom is er niets veranderd."
    )
    return Notice(
        language=language,
        subject=_("Dit e-mailadres is al bekend bij %(newsletter)s") % {"newsletter": newsletter},
        heading=_("Dit adres is al aangemeld"),
        paragraphs=(
            told % {"newsletter": newsletter},
            _(
                "Was u dat? Meld dan uw oude adres af. Krijgt u op dit adres nu geen nieuwsbrief, "
                "meld het dan opnieuw aan met de knop."
            ),
        ),
        action=Action(_("Naar het aanmeldformulier"), sign_up_url),
        small_print=((_("Was u dit niet? Dan hoeft u niets te doen."), "", ""),),
    )
