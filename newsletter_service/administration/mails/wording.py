"""What the mails to readers are called, and when they go."""

from flask_babel import lazy_gettext as _l

from newsletter_service.publisher.rules import ReaderMail

TITLES = {
    ReaderMail.CONFIRM: _l("Aanmelding bevestigen"),
    ReaderMail.ALREADY: _l("Al aangemeld"),
    ReaderMail.WELCOME: _l("Welkom"),
    ReaderMail.LINK: _l("Link naar de voorkeuren"),
    ReaderMail.ASKED: _l("Vraag om toestemming"),
    ReaderMail.DECIDED: _l("Besluit over een functie"),
    ReaderMail.STILL_THERE: _l("Klopt de functie nog?"),
    ReaderMail.LAPSED: _l("Controle verlopen"),
    ReaderMail.AGREE_AGAIN: _l("Opnieuw akkoord"),
}
WHEN = {
    ReaderMail.CONFIRM: _l("Zodra iemand zich aanmeldt."),
    ReaderMail.ALREADY: _l("Als een lezer zich nog eens aanmeldt."),
    ReaderMail.WELCOME: _l("Zodra iemand de aanmelding bevestigt."),
    ReaderMail.LINK: _l("Als een lezer de eigen link kwijt is."),
    ReaderMail.ASKED: _l("Eén keer, aan wie op een lijst zonder bewijs van toestemming staat."),
    ReaderMail.DECIDED: _l("Als een medewerker een functie goedkeurde of afwees."),
    ReaderMail.STILL_THERE: _l("Voordat de controle van een functie verloopt, en nog eens als herinnering."),
    ReaderMail.LAPSED: _l("Als de controle van een functie is verlopen."),
    ReaderMail.AGREE_AGAIN: _l("Als een tekst zo veranderde dat lezers opnieuw akkoord moeten geven."),
}
