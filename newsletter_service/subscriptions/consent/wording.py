"""Words for steps of consent, for the reader whose they are."""

from flask_babel import lazy_gettext as _l

from newsletter_service.subscriptions.consent.rules import Step

SAID = {
    Step.ASKED: _l("U meldde zich aan"),
    Step.CONFIRMED: _l("U bevestigde dat u de nieuwsbrief wilt"),
    Step.CHANGED: _l("U veranderde uw keuzes"),
    Step.IMPORTED: _l("U kwam op de lijst, met toestemming die u elders gaf"),
    Step.VERIFIED: _l("Uw functie is gecontroleerd"),
    Step.DECLINED: _l("Uw functie kon niet worden bevestigd"),
    Step.REOPENED: _l("Uw functie wacht weer op controle"),
    Step.LAPSED: _l("De controle van uw functie verliep"),
    Step.PAUSED: _l("U zette de nieuwsbrief stil"),
    Step.RESUMED: _l("U kreeg de nieuwsbrief weer"),
    Step.LEFT: _l("U meldde zich af"),
    Step.RETURNED: _l("U kwam terug"),
    Step.BOUNCED: _l("Uw adres nam geen post meer aan"),
    Step.COMPLAINED: _l("U meldde een brief als ongewenst"),
    Step.ERASED: _l("Uw gegevens zijn gewist"),
    Step.ALLOWED: _l("Uw adres mag weer post krijgen"),
}
