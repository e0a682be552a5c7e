"""The mail with the head of the audit trail, which nobody who changes the database can change with it."""

from datetime import datetime

from newsletter_service.languages import Language
from newsletter_service.letters.dates import day_with_year
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Notice, NoticeList
from newsletter_service.staff.trail.rules import Head


def head_of_the_trail(name: str, head: Head, now: datetime, language: Language) -> Notice:
    """Tells what the trail of `name` ends with tonight, why that is mailed, and what to do with it."""
    _ = texts(language).gettext
    subject = _("Zegel van het logboek, %(day)s") % {"day": day_with_year(now, language)}
    paragraphs = (
        _(
            "In het logboek van %(newsletter)s staat wie wat deed. Elke regel is verzegeld, samen met de regel ervoor. "
            "Hieronder staat het zegel van de laatste regel van vannacht."
        )
        % {"newsletter": name},
        _(
            "Bewaar deze e-mail. Verandert of verwijdert iemand later een regel, ook in de database zelf, dan klopt "
            "dit zegel niet meer. U hoeft nu niets te doen."
        ),
        _("Wie de server beheert, controleert het zegel met: %(command)s")
        % {"command": "newsletter audit verify --head ZEGEL"},
    )
    seal = NoticeList(_("Zegel van regel %(number)s") % {"number": head.number}, ((str(head), ""),))
    return Notice(language, subject, subject, paragraphs, lists=(seal,))
