"""Through whatever happens to it, an address gets mail if and only if its last wish allows that.

The machine drives the real use cases; what it holds them to is tests/subscriptions/last_wish.py. LAST_WISH_EXAMPLES
(20) says how many ways through it are tried: a thousand take some minutes.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.bounces.reading import read
from newsletter_service.bounces.rules import MOST_SOFT
from newsletter_service.bounces.service import take_in
from newsletter_service.delivery import service as delivery
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState, envelope_sender, message_id
from newsletter_service.editions.content import item_views
from newsletter_service.editions.models import Edition
from newsletter_service.editions.readers import active_subscribers
from newsletter_service.editions.releasing.addressing import Addressing
from newsletter_service.editorial.models import Item
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import BadToken, ExpiredToken, Purpose, Tokens
from newsletter_service.links.urls import Links
from newsletter_service.services import Services
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.importing.rules import Answers, Proof
from newsletter_service.subscriptions.importing.service import import_subscribers
from newsletter_service.subscriptions.importing.service import read as read_sheet
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf.service import allow_address, erase_address, suppress_address
from newsletter_service.subscriptions.pausing.rules import end_of_pause, today
from newsletter_service.subscriptions.pausing.service import pause, resume
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.service import find_subscriber
from newsletter_service.subscriptions.verification.service import verify_claims
from tests.bounces.samples import sample
from tests.conftest import NOW
from tests.factories import SUPPRESSION_KEY, make_item, make_organisation, make_segment
from tests.staff_browser import make_staff
from tests.subscriptions.last_wish import BOUNCED, Wish

EXAMPLES = int(os.environ.get("LAST_WISH_EXAMPLES", "20"))
STEPS = 50
ADD_UP = MOST_SOFT - 1
"""So often a mailbox may be full without anything that follows from it."""
ADDRESSES = tuple(f"{name}@gemeente.example" for name in ("anna", "bob"))
address = st.sampled_from(ADDRESSES)
link = st.integers(0, 3)
"""Which of the links in an address's mails, the newest first."""


@dataclass(frozen=True)
class Link:
    """A link in a mail: what it is for, of which subscription of whom, and when it was made."""

    token: str
    purpose: Purpose
    generation: int
    at: datetime


@dataclass(frozen=True)
class Sent:
    """A letter that went out, of which subscription of its address."""

    number: int
    generation: int


class LastWish(RuleBasedStateMachine):
    """Everything that can happen to an address; each step is one use case."""

    session: ClassVar[Session]
    first_wired: ClassVar[Services]

    def __init__(self) -> None:
        super().__init__()
        self.wired = self.first_wired
        self.now, self.editions, self.keys = NOW, 0, 0
        self.wishes = {one: Wish() for one in ADDRESSES}
        self.links: dict[str, list[Link]] = {one: [] for one in ADDRESSES}
        self.full = dict.fromkeys(ADDRESSES, 0)
        self.sent: dict[str, list[Sent]] = {one: [] for one in ADDRESSES}

    def teardown(self) -> None:
        """Nothing of it stays: use cases never commit."""
        self.session.rollback()

    @initialize(whom=st.sampled_from([ADDRESSES, ADDRESSES, ADDRESSES[:1], ()]))
    def some_are_readers(self, whom: tuple[str, ...]) -> None:
        """Most ways begin where most of life is spent."""
        for who in whom:
            self.sign_up(who)
            self.confirm(who, 0)

    @rule(days=st.sampled_from([1, 2, 8, 31]))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(who=address)
    def sign_up(self, who: str) -> None:
        self.now += timedelta(days=1)  # three mails a day are the limit, and another test's business
        wish, choices = self.wishes[who], Choices("", "nl", frozenset({self._police().id}), frozenset())
        service.sign_up(self.session, self.wired, Address(who), choices, "nl", self.now)
        wish.sign_up(self.now)
        reader = self._reader(who)
        if reader is not None and reader.status == "pending":
            self._keep(who, Purpose.CONFIRM, self.wired.links.confirm(reader.link_key, self.now))
            self._keep(who, Purpose.NEVER, self.wired.links.never(reader.link_key, self.now))

    @rule(who=address, which=link)
    def confirm(self, who: str, which: int) -> None:
        def press(reader: Subscriber) -> None:
            service.confirm(self.session, self.wired, reader, "nl", self.now)

        found = self._press(who, Purpose.CONFIRM, which, press)
        if found is not None:
            self.wishes[who].confirm(found.generation, found.at, self.now)

    @rule(who=address, which=link)
    def leave(self, who: str, which: int) -> None:
        found = self._press(
            who, Purpose.UNSUBSCRIBE, which, lambda reader: service.leave(self.session, reader, self.now)
        )
        if found is not None:
            self.wishes[who].leave(found.generation, self.now)

    @rule(who=address, which=link)
    def take_the_leaving_back(self, who: str, which: int) -> None:
        found = self._press(
            who, Purpose.UNSUBSCRIBE, which, lambda reader: service.undo_leave(self.session, reader, self.now)
        )
        if found is not None:
            self.wishes[who].come_back(found.generation, self.now)

    @rule(who=address, which=link)
    def say_never(self, who: str, which: int) -> None:
        found = self._press(
            who, Purpose.NEVER, which, lambda reader: service.never(self.session, reader, self.now)
        )
        wish = self.wishes[who]
        if found is not None and found.generation == wish.generation and wish.status is not None:
            wish.halt("asked", self.now)

    @rule(who=address, claims=st.booleans())
    def change_choices(self, who: str, claims: bool) -> None:
        wish, reader = self.wishes[who], self._reader(who)
        if reader is None or wish.status != "active":
            return
        self.now += timedelta(days=1)  # a check that can no more be taken back is kept
        chosen = frozenset({self._police().id} if claims else ())
        service.change_preferences(self.session, reader, Choices("", "nl", chosen, frozenset()), self.now)
        wish.claim(claims, self.now)

    @rule(who=address, days=st.sampled_from([1, 10]))
    def pause(self, who: str, days: int) -> None:
        """Until a day; what was on its way is not sent later either."""
        reader, wish = self._reader(who), self.wishes[who]
        day = today(self.now) + timedelta(days=days)
        if reader is not None and pause(self.session, reader, day, self.now):
            wish.paused_until = end_of_pause(day)

    @rule(who=address)
    def end_the_pause(self, who: str) -> None:
        reader = self._reader(who)
        if reader is not None:
            resume(self.session, reader, self.now)
            self.wishes[who].paused_until = None

    @rule(who=address)
    def verify(self, who: str) -> None:
        reader = self._reader(who)
        if reader is not None:
            verify_claims(self.session, [(reader.id, self._police().id)], self._staff(), self.now)
            self.wishes[who].verify(self.now)

    @rule(who=address, what=st.sampled_from(["allow", "allow", "suppress", "erase"]))
    def staff_act(self, who: str, what: str) -> None:
        """Each with a reason; one rule, for what ends everything is not to happen all the time."""
        wish = self.wishes[who]
        given = (self.session, Address(who), SUPPRESSION_KEY, "belde", None, self.now)
        if what == "allow":
            allow_address(*given)
            wish.allow()
        elif what == "suppress":
            suppress_address(*given)
            wish.halt("staff", self.now)
        else:
            erase_address(*given)
            self.session.expire_all()
            wish.erase(self.now)
            self.sent[who].clear()

    @rule(who=address)
    def import_from_a_list(self, who: str) -> None:
        sheet = read_sheet(self.session, lambda: StringIO(f"address\n{who}\n"), SUPPRESSION_KEY, self.now)
        answers = Answers(Proof("op papier"))
        import_subscribers(self.session, sheet, answers, SUPPRESSION_KEY, self.now)
        self.session.expire_all()
        self.wishes[who].import_(self.now)

    @rule()
    def forget_who_did_not_confirm(self) -> None:
        service.purge_stale(self.session, self.now)
        for wish in self.wishes.values():
            wish.forget_stale(self.now)

    @rule()
    def another_key(self) -> None:
        """SECRET_KEY is changed, and the one before opens what it sealed."""
        self.keys += 1
        keys = SecretKeys(f"key number {self.keys} that only tests know 0123456789", self.wired.keys.every)
        links = Links(self.wired.links.base_url, Tokens(keys))
        self.wired = replace(self.wired, keys=keys, tokens=links.tokens, links=links)

    @rule(waits=st.booleans())
    def an_edition_is_released(self, waits: bool) -> None:
        """It goes out as it should, or is still on its way when the next thing happens."""
        self._release()
        if not waits:
            open_ = update(Delivery).where(Delivery.settled_at.is_(None), Delivery.mailing_id.is_not(None))
            self.session.execute(open_.values(state=DeliveryState.SENT, settled_at=self.now))
            self.session.expire_all()

    @rule()
    def one_more_waits(self) -> None:
        self.an_edition_is_released(waits=True)

    @precondition(lambda self: any(self.sent.values()))
    @rule(who=address, which=link, what=st.sampled_from(["postfix_unknown", "arf_abuse", "exim_full"]))
    def something_comes_back(self, who: str, which: int, what: str) -> None:
        """A hard bounce, a complaint, or one that says that the mailbox is full, which alone changes nothing."""
        letters = self.sent[who]
        self.full[who] += what == "exim_full"
        if not letters or (what == "exim_full" and self.full[who] > ADD_UP):
            return
        letter = letters[-1 - which % len(letters)]
        key = self.wired.keys.every[-1]
        sender = envelope_sender(letter.number, key, "bounces.nieuwsbrief.example")
        raw = sample(what, sender, message_id(letter.number, key, "nieuwsbrief.example"))
        letters.remove(letter)
        take_in(self.session, self.wired, read(raw), self.now)
        self.session.expire_all()
        self._came_back(who, letter, what)

    def _came_back(self, who: str, letter: Sent, what: str) -> None:
        wish = self.wishes[who]
        if wish.status is None:
            return
        if what == "arf_abuse":
            wish.halt("complained", self.now)
        elif what == "postfix_unknown" and letter.generation == wish.generation:
            wish.halt(BOUNCED, self.now)

    @invariant()
    def exactly_who_wishes_it_would_get_the_next_edition(self) -> None:
        self.session.flush()
        views = item_views(self._items())
        found = {
            one.id: one.seen
            for some in active_subscribers(self.session, views, self.now)
            for one in some
            if not one.suppressed and not one.paused
        }
        names = dict(self.session.execute(select(Subscriber.id, Subscriber.address)).all())
        everybody, police = (view.id for view in views)
        wished = {
            who: (everybody, police) if wish.is_verified else (everybody,)
            for who, wish in self.wishes.items()
            if wish.gets_mail(self.now)
        }
        assert {names[number]: seen for number, seen in found.items()} == wished

    @invariant()
    def nothing_is_on_its_way_to_anybody_else(self) -> None:
        waiting = select(Delivery.address).where(
            Delivery.settled_at.is_(None), Delivery.mailing_id.is_not(None)
        )
        assert {
            who for who in self.session.scalars(waiting) if not self.wishes[who].gets_mail(self.now)
        } == set()

    def _release(self) -> None:
        """What a release does, but for the edition's own affairs."""
        self.editions += 1
        edition = Edition(
            number=self.editions, closes_at=self.now, sends_at=self.now, zone="Europe/Amsterdam"
        )
        self.session.add(edition)
        delivery.block_unsubscribes(self.session)
        mailing, items = delivery.open_mailing(self.session, self.now), self._items()
        views = item_views(items)
        Addressing(self.session, self.wired, edition, mailing, items, views, self.now).write_down()
        rows = self.session.scalars(select(Delivery).where(Delivery.mailing_id == mailing.id)).all()
        assert {row.address for row in rows} == {
            who for who, wish in self.wishes.items() if wish.gets_mail(self.now)
        }
        for row in rows:
            self.sent[row.address].append(Sent(row.id, self.wishes[row.address].generation))
            self._keep(
                row.address, Purpose.UNSUBSCRIBE, self.wired.links.unsubscribe(row.subscriber_key or "")
            )

    def _keep(self, who: str, purpose: Purpose, url: str) -> None:
        token = url.rpartition("/")[2]
        self.links[who].insert(0, Link(token, purpose, self.wishes[who].generation, self.now))

    def _press(
        self, who: str, purpose: Purpose, which: int, press: Callable[[Subscriber], object]
    ) -> Link | None:
        """Press the button behind a link; the link, if there is one of that kind."""
        mine = [one for one in self.links[who] if one.purpose is purpose]
        if not mine:
            return None
        found = mine[min(which, len(mine) - 1)]
        try:
            holder = self.wired.tokens.read(purpose, found.token, self.now)
        except (BadToken, ExpiredToken):
            assert purpose is not Purpose.UNSUBSCRIBE, "the link of a letter holds for ever, whatever the key"
            return None
        reader = find_subscriber(self.session, holder, to_change=True)
        if reader is not None:
            press(reader)
        return found

    def _reader(self, who: str) -> Subscriber | None:
        return self.session.scalars(select(Subscriber).where(Subscriber.address == who)).one_or_none()

    def _police(self) -> Segment:
        return self.session.scalars(select(Segment)).one()

    def _staff(self) -> User:
        return self.session.scalars(select(User)).one()

    def _items(self) -> list[Item]:
        return list(self.session.scalars(select(Item).order_by(Item.id)))


def test_an_address_gets_mail_if_and_only_if_its_last_wish_allows_it(
    session: Session, mail_context: Services
) -> None:
    police, north = make_segment(session, "politie"), make_organisation(session)
    make_item(session, north, now=NOW, title="Voor iedereen")
    make_item(session, north, now=NOW, title="Voor wie gecontroleerd is", segments=(police,), restricted=True)
    make_staff(session, Role.COMMUNICATOR)
    session.commit()

    LastWish.session, LastWish.first_wired = session, mail_context
    run_state_machine_as_test(
        LastWish,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize="LAST_WISH_EXAMPLES"
            not in os.environ,  # what is searched for anew is searched for at length
            suppress_health_check=list(HealthCheck),
        ),
    )
