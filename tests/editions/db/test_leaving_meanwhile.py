"""A reader who leaves while letters are being written down gets none, though neither sees the other's work."""

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Filter, Group
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.suppressions import suppress
from newsletter_service.editions.releasing.service import release
from newsletter_service.editions.results import service
from newsletter_service.subscriptions import service as subscriptions
from newsletter_service.subscriptions.erasing.service import erase_at_own_wish
from newsletter_service.subscriptions.models import Subscriber
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.editions.db.conftest import CLOSES, SENDS, House
from tests.factories import make_item, make_subscriber

OF_THE_EDITION = Delivery.mailing_id.is_not(None)
_LONG_ENOUGH_TO_SLIP_THROUGH = 0.3


def leave(session: Session, reader: Subscriber) -> bool:
    return subscriptions.leave(session, reader, SENDS)


def be_suppressed(session: Session, reader: Subscriber) -> bool:
    """As by a list, or a bounce: the reader stays one, and gets nothing."""
    suppress(session, reader.address_hmac, reader.id, "bounced", SENDS)
    return True


def be_erased(session: Session, reader: Subscriber) -> bool:
    erase_at_own_wish(session, reader, SENDS)
    return True


class Leaving(threading.Thread):
    """A reader who leaves, on a page of their own."""

    def __init__(
        self, session: Session, subscriber_id: int, how: Callable[[Session, Subscriber], bool]
    ) -> None:
        super().__init__(name="leaving")
        self._bind, self._subscriber_id, self._how = session.get_bind(), subscriber_id, how
        self.left = False

    def run(self) -> None:
        with Session(self._bind) as session:
            reader = session.get_one(Subscriber, self._subscriber_id, with_for_update=True)
            self.left = self._how(session, reader)
            session.commit()


def leave_before_the_commit(
    session: Session, subscriber_id: int, how: Callable[[Session, Subscriber], bool] = leave
) -> None:
    leaving = Leaving(session, subscriber_id, how)
    leaving.start()
    time.sleep(_LONG_ENOUGH_TO_SLIP_THROUGH)
    session.commit()
    leaving.join(PATIENCE_SECONDS)
    assert leaving.left


def test_who_is_erased_during_a_release_stands_in_no_letter(session: Session, house: House) -> None:
    reader = make_subscriber(session, now=CLOSES)
    address = reader.address
    make_item(session, house.north, now=CLOSES)
    edition = house.composed()
    session.commit()
    release(session, house.mail_context, edition, None, SENDS)
    assert session.scalars(select(Delivery.address).where(OF_THE_EDITION)).all() == [address]
    leave_before_the_commit(session, reader.id, be_erased)
    session.expire_all()
    (row,) = session.scalars(select(Delivery).where(OF_THE_EDITION)).all()
    assert (row.state, row.address, row.subscriber_id) == (DeliveryState.CANCELLED, "", None)
    assert session.scalars(select(Subscriber)).all() == []


@pytest.mark.parametrize("how", [leave, be_suppressed])
def test_who_leaves_during_a_release_gets_no_letter(
    session: Session, house: House, how: Callable[[Session, Subscriber], bool]
) -> None:
    reader = make_subscriber(session, now=CLOSES)
    make_item(session, house.north, now=CLOSES)
    edition = house.composed()
    session.commit()
    release(session, house.mail_context, edition, None, SENDS)
    leave_before_the_commit(session, reader.id, how)
    assert session.scalars(select(Delivery.state).where(OF_THE_EDITION)).all() == [DeliveryState.CANCELLED]


def test_who_leaves_while_letters_go_out_once_more_gets_none(session: Session, house: House) -> None:
    reader = make_subscriber(session, now=CLOSES)
    make_item(session, house.north, now=CLOSES)
    edition = house.composed()
    release(session, house.mail_context, edition, None, SENDS)
    row = session.scalars(select(Delivery).where(OF_THE_EDITION)).one()
    row.state, row.settled_at = DeliveryState.FAILED, SENDS
    session.commit()
    mailed, failed = service.mailed(session, edition), Filter(Group.FAILED)
    service.retry(session, mailed, failed, house.communicator, SENDS)
    leave_before_the_commit(session, reader.id)
    assert session.scalars(select(Delivery.state).where(OF_THE_EDITION)).all() == [DeliveryState.CANCELLED]
