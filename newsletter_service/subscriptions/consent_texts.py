"""The wording readers agree to: change it together with rules.WORDING_VERSION."""

from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts


def wording(language: Language, newsletter: str) -> str:
    """The sentence beside the button, in `language`, as it is shown and as it is kept with the consent."""
    _ = texts(language).gettext
    return _(
        "Ik wil %(newsletter)s per e-mail ontvangen. Mijn gegevens worden alleen gebruikt om deze "
        "nieuwsbrief te sturen. Er wordt niet gemeten wat ik open of aanklik. "
        "Ik kan mij op elk moment afmelden."
    ) % {"newsletter": newsletter}
