"""What the calendar's page calls holidays."""

from flask_babel import lazy_gettext as _l

from newsletter_service.editions.calendar.days_off import Holiday

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
