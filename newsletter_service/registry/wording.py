"""Words for what is held about a reader."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from newsletter_service.bounces.rules import Verdict
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.wording import why_it_came_back

STATES = {
    Status.PENDING: _l("u moet uw aanmelding nog bevestigen"),
    Status.ACTIVE: _l("u krijgt de nieuwsbrief"),
    Status.LEFT: _l("u krijgt de nieuwsbrief niet"),
}
FATES = {
    DeliveryState.READY: _l("staat klaar"),
    DeliveryState.CLAIMED: _l("staat klaar"),
    DeliveryState.SENT: _l("verstuurd"),
    DeliveryState.DEFERRED: _l("uitgesteld, we proberen het opnieuw"),
    DeliveryState.FAILED: _l("niet aangekomen"),
    DeliveryState.UNCERTAIN: _l("misschien aangekomen"),
    DeliveryState.CANCELLED: _l("niet verstuurd"),
}


def returned_in_words(verdict: str, status: str) -> str:
    """What something that came back means to the reader whose letter it was."""
    match verdict:
        case Verdict.POLICY:
            return _("uw mailserver weigerde onze brief; dat ligt aan ons en niet aan uw adres")
        case Verdict.COMPLAINT:
            return _("u noemde een brief van ons ongewenst")
        case Verdict.UNSUBSCRIBE:
            return _("u vroeg per e-mail om u af te melden")
    return why_it_came_back(status)
