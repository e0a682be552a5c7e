"""Words for what is held about a reader."""

from flask_babel import lazy_gettext as _l

from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.subscriptions.rules import Status

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
