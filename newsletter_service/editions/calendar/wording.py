"""What pages say of the calendar: its days and holidays, and when editions may go out."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from newsletter_service.editions.calendar.days_off import Holiday
from newsletter_service.editions.rules import ReleaseRule

DAYS = (
    _l("maandag"),
    _l("dinsdag"),
    _l("woensdag"),
    _l("donderdag"),
    _l("vrijdag"),
    _l("zaterdag"),
    _l("zondag"),
)
HOLIDAYS = {
    Holiday.NEW_YEAR: _l("nieuwjaarsdag"),
    Holiday.GOOD_FRIDAY: _l("Goede Vrijdag"),
    Holiday.EASTER: _l("Pasen"),
    Holiday.KINGS_DAY: _l("Koningsdag"),
    Holiday.LIBERATION_DAY: _l("Bevrijdingsdag"),
    Holiday.ASCENSION: _l("Hemelvaartsdag"),
    Holiday.DAY_AFTER_ASCENSION: _l("de dag na Hemelvaart"),
    Holiday.PENTECOST: _l("Pinksteren"),
    Holiday.CHRISTMAS: _l("Kerstmis"),
}
RULES = {
    ReleaseRule.AUTOMATIC: _l("Vanzelf op de geplande tijd, tenzij iemand de editie vasthoudt"),
    ReleaseRule.BOTH: _l("Pas als het hoofd van elke organisatie akkoord is"),
}


def in_words(rule: ReleaseRule) -> str:
    """What holds for editions and corrections under a rule."""
    if rule is ReleaseRule.BOTH:
        return _("Een editie en een correctie gaan pas uit als het hoofd van elke organisatie akkoord is.")
    return _("Een editie gaat vanzelf uit. Bij een correctie krijgen de andere hoofden eerst bericht.")
