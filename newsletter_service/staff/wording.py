"""What pages say of staff: their roles, their accounts, and what is wrong with a password."""

from flask_babel import lazy_gettext as _l

from newsletter_service.staff.accounts.rules import AccountState
from newsletter_service.staff.rules import MAX_PASSWORD, MIN_PASSWORD, NoticeKind, Role
from newsletter_service.staff.strength import Weakness

ROLES = {
    Role.HEAD: _l("hoofd"),
    Role.COMMUNICATOR: _l("communicatie"),
    Role.ADMINISTRATOR: _l("beheer"),
}
WHAT_ROLES_DO = {
    Role.HEAD: _l("Maakt berichten voor de eigen organisatie en geeft akkoord."),
    Role.COMMUNICATOR: _l("Maakt edities, verstuurt ze en helpt lezers."),
    Role.ADMINISTRATOR: _l("Regelt accounts, de kalender en alles bij Beheer."),
}
STATES = {
    AccountState.INVITED: _l("uitgenodigd"),
    AccountState.OPEN: _l("open"),
    AccountState.CLOSED: _l("gesloten"),
}
WEAKNESSES = {
    Weakness.SHORT: _l("Uw wachtwoord is te kort. Gebruik minstens %(number)s tekens.", number=MIN_PASSWORD),
    Weakness.LONG: _l("Uw wachtwoord is te lang. Gebruik hooguit %(number)s tekens.", number=MAX_PASSWORD),
    Weakness.OWN: _l(
        "Uw wachtwoord bestaat vooral uit woorden die een ander kan raden, zoals uw naam of die van de nieuwsbrief. "
        "Kies andere woorden."
    ),
    Weakness.KNOWN: _l(
        "Uw wachtwoord lijkt op een dat veel mensen gebruiken. Kies andere woorden, of meer woorden."
    ),
    Weakness.PATTERN: _l(
        "Uw wachtwoord is een rijtje, een datum of een herhaling. Kies woorden die niet bij elkaar horen."
    ),
    Weakness.GUESSABLE: _l("Uw wachtwoord is te makkelijk te raden. Maak er een paar woorden bij."),
}
NOTICES = {
    NoticeKind.COMPOSED: _l("Een editie staat klaar om te bekijken"),
    NoticeKind.REFUSALS: _l("Mailservers weigeren onze brieven"),
    NoticeKind.SIGN_INS: _l("Er wordt vaak een verkeerd wachtwoord ingevuld"),
}
