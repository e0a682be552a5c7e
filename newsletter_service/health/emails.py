"""The mails about trouble: that it began, and that it is over."""

from datetime import datetime

from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.health.models import Trouble
from newsletter_service.health.sentences import words
from newsletter_service.languages import Language
from newsletter_service.letters.dates import moment_in_words
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Action, Notice


def began(trouble: Trouble, address: str, language: Language) -> Notice:
    """Tells what is wrong and what to do; `address` is that of the page that says how it stands."""
    _ = texts(language).gettext
    said = words(trouble.kind, trouble.subject, trouble.detail, language)
    since = _("Dit merkten we op %(moment)s. Is het voorbij, dan krijgt u daar ook bericht van.")
    paragraphs = (said.says, said.advice, since % {"moment": _moment(trouble.began_at, language)})
    return Notice(language, said.heading, said.heading, paragraphs, Action(_("Bekijk de toestand"), address))


def over(trouble: Trouble, address: str, language: Language) -> Notice:
    """Tells that it is over, and how long it lasted."""
    _ = texts(language).gettext
    said = words(trouble.kind, trouble.subject, trouble.detail, language)
    heading = _("Voorbij: %(what)s") % {"what": said.heading}
    lasted = _("Dit was zo van %(began)s tot %(over)s. U hoeft niets meer te doen.") % {
        "began": _moment(trouble.began_at, language),
        "over": _moment(trouble.over_at or trouble.began_at, language),
    }
    return Notice(language, heading, heading, (lasted,), Action(_("Bekijk de toestand"), address))


def _moment(moment: datetime, language: Language) -> str:
    return moment_in_words(moment, DEFAULT_ZONE, language)
