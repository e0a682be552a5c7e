"""The one letter that an address gets which is never mailed: its owner asked for it, or so somebody says."""

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice


def may_we_mail_again(newsletter: str, language: Language, url: str) -> Notice:
    """Asks the owner of an address whether it may be mailed again."""
    _ = texts(language).gettext
    told = _(
        "U vroeg ons ooit om dit e-mailadres nooit meer te mailen. Nu vroeg iemand of %(newsletter)s hier toch weer "
        "mag komen. Was u dat? Druk dan op de knop."
    )
    return Notice(
        language=language,
        subject=_("Mogen we dit e-mailadres weer mailen?"),
        heading=_("Mogen we u weer mailen?"),
        paragraphs=(
            told % {"newsletter": newsletter},
            _("Daarna kunt u zich weer aanmelden. De link werkt zeven dagen."),
        ),
        action=Action(_("Sta e-mail weer toe"), url),
        small_print=((_("Was u dit niet? Dan hoeft u niets te doen. We mailen u niet meer."), "", ""),),
    )
