"""Who received the letter of a mailing, or may have."""

from sqlalchemy import ColumnElement, and_, or_

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState

_SENT = Delivery.state == DeliveryState.SENT
_MAY_HAVE_COME = or_(
    Delivery.state == DeliveryState.UNCERTAIN,
    Delivery.ambiguous_attempts > 0,
    Delivery.handed_at.is_not(None),
)  # with the server at this moment, or an attempt ended without a reply


def reached(mailing_id: int) -> ColumnElement[bool]:
    """The rows of all who received the letter or may have."""
    return and_(Delivery.mailing_id == mailing_id, or_(_SENT, _MAY_HAVE_COME))


def perhaps_reached(mailing_id: int) -> ColumnElement[bool]:
    """The rows of those of whom it is unknown whether they received it."""
    return and_(Delivery.mailing_id == mailing_id, ~_SENT, _MAY_HAVE_COME)
