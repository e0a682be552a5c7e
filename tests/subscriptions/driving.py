"""Drives the use cases of readers as their mails and pages do, for tests that hold them to a model of wishes."""

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.delivery import service as delivery
from newsletter_service.delivery.models import Delivery
from newsletter_service.editions.content import item_views
from newsletter_service.editions.models import Edition
from newsletter_service.editions.releasing.addressing import Addressing
from newsletter_service.editorial.models import Item
from newsletter_service.links.tokens import BadToken, ExpiredToken, Holder, Purpose
from newsletter_service.services import Services
from newsletter_service.staff.models import User
from newsletter_service.subscriptions.address_changes import service as changes
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.renewing import service as renewing
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.service import find_subscriber
from tests.conftest import NOW
from tests.subscriptions.last_wish import Wish, Wishes
from tests.subscriptions.mails_out import Link, MailsOut, Sent

ADDRESSES = tuple(f"{name}@gemeente.example" for name in ("anna", "bob", "carla"))


class Driver:
    """The real use cases, what was mailed by them, and the wishes that they are held to."""

    session: ClassVar[Session]
    first_wired: ClassVar[Services]

    def __init__(self) -> None:
        super().__init__()
        self.wired = self.first_wired
        self.now, self.editions, self.keys = NOW, 0, 0
        self.wishes = Wishes({one: Wish() for one in ADDRESSES})
        self.mails = MailsOut()
        self.full = dict.fromkeys(ADDRESSES, 0)

    def teardown(self) -> None:
        """Nothing of it stays: use cases never commit."""
        self.session.rollback()

    def keep_both(self, key: str, generation: int) -> None:
        """The links in a mail that asks to confirm."""
        self.mails.keep(Purpose.CONFIRM, self.wired.links.confirm(key, self.now), generation)
        self.mails.keep(Purpose.NEVER, self.wired.links.never(key, self.now), generation)

    def was_written_to(self, who: str) -> bool:
        """Whether any mail to that address was written down just now."""
        written = select(Delivery.id).where(Delivery.address == who, Delivery.created_at == self.now)
        return self.session.scalars(written).first() is not None

    def change(self, purpose: Purpose, which: int) -> tuple[Link, AddressChange] | None:
        """The change behind a link that works still."""
        link = self.mails.link(purpose, which)
        holder = self.holder(link) if link is not None else None
        if link is None or holder is None:
            return None
        change = changes.find_change(self.session, holder, to_change=True)
        assert (change is not None) == self.wishes.waits(link.number)
        return (link, change) if change is not None else None

    def letters_follow(self) -> None:
        """What is still on its way to who moved goes along, with links of their own."""
        for letter in tuple(self.mails.letters):
            row = self.session.get_one(Delivery, letter.delivery_id)
            if row.address != letter.who:
                self.mails.letters.remove(letter)
                self.keep_letter(row)

    def release(self) -> None:
        """What a release does, but for the edition's own affairs."""
        self.editions += 1
        edition = Edition(
            number=self.editions, closes_at=self.now, sends_at=self.now, zone="Europe/Amsterdam"
        )
        self.session.add(edition)
        delivery.block_unsubscribes(self.session)
        mailing, items = delivery.open_mailing(self.session, self.now), self.items()
        views = item_views(items)
        Addressing(self.session, self.wired, edition, mailing, items, views, self.now).write_down()
        rows = self.session.scalars(select(Delivery).where(Delivery.mailing_id == mailing.id)).all()
        assert {row.address for row in rows} == {
            who for who, wish in self.wishes.items() if wish.gets_mail(self.now)
        }
        for row in rows:
            self.keep_letter(row)

    def keep_letter(self, row: Delivery) -> None:
        """A letter is on its way to a reader, with the link to leave."""
        reader = self.wishes[row.address].reader
        assert reader is not None
        self.mails.letters.insert(0, Sent(row.id, row.address, reader.number, reader.generation))
        leave = self.wired.links.unsubscribe(row.subscriber_key or "")
        self.mails.keep(Purpose.UNSUBSCRIBE, leave, reader.generation)

    def next_day(self) -> None:
        """Three mails a day are the limit, and another test's business."""
        self.now += timedelta(days=1)

    def press(
        self,
        purpose: Purpose,
        which: int,
        press: Callable[[Subscriber, Renewal | None], None],
        wished: Callable[[Wish, int], None],
    ) -> None:
        """Press the button behind a link, and let the model do what that means."""
        link = self.mails.link(purpose, which)
        holder = self.holder(link) if link is not None else None
        if link is None or holder is None:
            return
        beside = renewing.find(self.session, holder, to_change=True)
        reader = beside.subscriber if beside else find_subscriber(self.session, holder, to_change=True)
        wish = self.wishes.of(link.number)
        assert (reader is None) == (wish is None)
        if reader is not None and wish is not None:
            press(reader, beside)
            wished(wish, link.number)

    def holder(self, link: Link) -> Holder | None:
        """Whose link it is, as long as it works."""
        try:
            return self.wired.tokens.read(link.purpose, link.token, self.now)
        except (BadToken, ExpiredToken):
            lasts = link.purpose is Purpose.UNSUBSCRIBE
            assert not lasts, "the link of a letter holds for ever, whatever the key"
            return None

    def is_any(self, status: Status) -> bool:
        """Whether any reader stands like that."""
        return any(wish.status is status for wish in self.wishes.values())

    def reader(self, who: str) -> Subscriber | None:
        """Whose address that is."""
        return self.session.scalars(select(Subscriber).where(Subscriber.address == who)).one_or_none()

    def police(self) -> Segment:
        """The one segment."""
        return self.session.scalars(select(Segment)).one()

    def staff(self) -> User:
        """The one communicator."""
        return self.session.scalars(select(User)).one()

    def items(self) -> list[Item]:
        """What the next edition would hold."""
        return list(self.session.scalars(select(Item).order_by(Item.id)))
