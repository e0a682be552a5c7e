"""What pages about a correction say."""

from flask_babel import gettext as _
from flask_babel import ngettext

from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editions.rules import Hindrance
from newsletter_service.web.formatting import number_text


def hindrance(why: Hindrance) -> str:
    """Why a correction did not go out by itself."""
    known = {
        Hindrance.LATE: _("De correctie had al lang moeten uitgaan en wordt daarom vastgehouden."),
        Hindrance.UNPRINTABLE: _("Van deze correctie kon geen goede brief worden gemaakt."),
        Hindrance.NOBODY: _("Er is niemand meer die deze correctie moet krijgen."),
    }
    return known[why]


def goes_to(readers: int, draft: Correction, edition: Edition) -> str:
    """How many readers a correction goes to, and what of theirs it corrects."""
    count = number_text(readers)
    if draft.item is not None:
        return ngettext(
            "De correctie gaat naar %(count)s lezer die het bericht “%(title)s” al kreeg.",
            "De correctie gaat naar %(count)s lezers die het bericht “%(title)s” al kregen.",
            readers,
            count=count,
            title=draft.item.title,
        )
    return ngettext(
        "De correctie gaat naar %(count)s lezer die editie %(number)s al kreeg.",
        "De correctie gaat naar %(count)s lezers die editie %(number)s al kregen.",
        readers,
        count=count,
        number=edition.number,
    )
