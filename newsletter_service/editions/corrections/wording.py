"""What pages about a correction say."""

from flask_babel import gettext as _

from newsletter_service.editions.rules import Hindrance


def hindrance(why: Hindrance) -> str:
    """Why a correction did not go out by itself."""
    known = {
        Hindrance.LATE: _("De correctie had al lang moeten uitgaan en wordt daarom vastgehouden."),
        Hindrance.UNPRINTABLE: _("Van deze correctie kon geen goede brief worden gemaakt."),
        Hindrance.NOBODY: _("Er is niemand meer die deze correctie moet krijgen."),
    }
    return known[why]
