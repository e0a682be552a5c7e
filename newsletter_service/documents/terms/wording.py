"""What the terms are about."""

from flask_babel import lazy_gettext as _l

from newsletter_service.retention import Term

NAMES = {
    Term.UNCONFIRMED: _l("aanmeldingen die niemand bevestigt"),
    Term.NOTICES: _l("e-mails over een aanmelding"),
    Term.DELIVERIES: _l("wie welke editie kreeg"),
    Term.BOUNCE_HEADERS: _l("kopregels van wat terugkwam"),
    Term.BOUNCES: _l("wat terugkwam, en waarom"),
    Term.LISTS: _l("lijsten die niemand inleest"),
    Term.LIST_REPORTS: _l("verslagen van lijsten"),
    Term.SESSIONS: _l("inlogsessies die voorbij zijn"),
    Term.PICTURES: _l("afbeeldingen die nergens in staan"),
    Term.AUDIT: _l("het logboek"),
}
ABOUT = {
    Term.DELIVERIES: _l(
        "Daarna tellen we alleen nog. De cijfers van een editie blijven kloppen, zonder namen."
    ),
    Term.AUDIT: _l("Wat overblijft, blijft verzegeld. Er staat bij waar het logboek begint."),
    Term.UNCONFIRMED: _l("De link in de e-mail werkt zeven dagen."),
}
