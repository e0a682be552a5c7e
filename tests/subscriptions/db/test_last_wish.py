"""Through whatever happens to it, an address gets mail if and only if its last wish allows that.

The machine drives the real use cases (tests/subscriptions/driving.py); what it holds them to is last_wish.py there.
LAST_WISH_EXAMPLES (20) says how many ways through it are tried, others each time: a thousand take some minutes.
"""

import os
from dataclasses import replace
from datetime import timedelta
from io import StringIO

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

from newsletter_service.bounces.reading import read
from newsletter_service.bounces.rules import MOST_SOFT
from newsletter_service.bounces.service import take_in
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState, envelope_sender, message_id
from newsletter_service.editions.content import item_views
from newsletter_service.editions.readers import active_subscribers
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import Purpose, Tokens
from newsletter_service.links.urls import Links
from newsletter_service.services import Services
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.address_changes import service as changes
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.rules import COMMAND
from newsletter_service.subscriptions.importing.rows import Bringing, waiting_rows
from newsletter_service.subscriptions.importing.rules import Answers, Proof
from newsletter_service.subscriptions.importing.service import import_subscribers
from newsletter_service.subscriptions.importing.service import read as read_sheet
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf.service import allow_address, erase_address, suppress_address
from newsletter_service.subscriptions.pausing.rules import end_of_pause, today
from newsletter_service.subscriptions.pausing.service import end_due, pause, resume
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.rules import Choices, Status
from newsletter_service.subscriptions.signing_up import service as signing_up
from newsletter_service.subscriptions.verification.service import verify_claims
from tests.bounces.samples import sample
from tests.conftest import NOW
from tests.factories import SUPPRESSION_KEY, make_item, make_organisation, make_segment
from tests.staff_browser import make_staff
from tests.subscriptions.driving import ADDRESSES, Driver
from tests.subscriptions.last_wish import BOUNCED
from tests.subscriptions.mails_out import Sent

EXAMPLES = int(os.environ.get("LAST_WISH_EXAMPLES", "20"))
STEPS = 50
ADD_UP = MOST_SOFT - 1
"""So often a mailbox may be full without anything that follows from it."""
address = st.sampled_from(ADDRESSES)
which = st.integers(0, 3)
"""Which of the links or letters that went out, the newest first."""
ENDS = ("never", "suppress", "erase")
ANSWERS = ((), (True,), (True, False))
"""Which addresses agree at once: the new one is True."""


class LastWish(Driver, RuleBasedStateMachine):
    """Everything that can happen to an address; each step is one use case."""

    @initialize(readers=st.integers(0, 2), waits=st.booleans())
    def some_are_readers(self, readers: int, waits: bool) -> None:
        """Most ways begin where most of life is spent."""
        for who in ADDRESSES[:readers]:
            self.sign_up(who)
            self.confirm(0)
        self.an_edition_is_released(waits)

    @rule(days=st.sampled_from([1, 2, 8, 31]))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(who=address)
    def sign_up(self, who: str) -> None:
        self.next_day()
        wish, choices = self.wishes[who], Choices("", "nl", frozenset({self.police().id}), frozenset())
        signing_up.sign_up(self.session, self.wired, Address(who), choices, "nl", self.now)
        wish.sign_up(self.now)
        reader = self.reader(who)
        beside = self.session.get(Renewal, reader.id) if reader is not None else None
        if reader is not None and wish.reader is not None and reader.status == "pending":
            self.keep_both(reader.link_key, wish.reader.generation)
        elif beside is not None and wish.reader is not None and wish.reader.beside is not None:
            self.keep_both(beside.link_key, wish.reader.beside.generation)

    @rule(which=which)
    def confirm(self, which: int) -> None:
        def press(reader: Subscriber, beside: Renewal | None) -> None:
            service.confirm(self.session, self.wired, reader, "nl", self.now, beside)

        self.press(Purpose.CONFIRM, which, press, lambda wish, of: wish.confirm(of, self.now))

    @rule(which=which)
    def leave(self, which: int) -> None:
        self.now += timedelta(minutes=1)  # what is a wish of its own has a moment of its own

        def press(reader: Subscriber, _beside: Renewal | None) -> None:
            service.leave(self.session, reader, self.now)

        self.press(Purpose.UNSUBSCRIBE, which, press, lambda wish, _of: wish.leave(self.now))

    @precondition(lambda self: self.is_any(Status.LEFT))
    @rule(which=which)
    def take_the_leaving_back(self, which: int) -> None:
        def press(reader: Subscriber, _beside: Renewal | None) -> None:
            service.undo_leave(self.session, reader, self.now)

        self.press(Purpose.UNSUBSCRIBE, which, press, lambda wish, _of: wish.come_back(self.now))

    @rule(who=address, which=which, what=st.sampled_from(ENDS))
    def it_is_for_good(self, who: str, which: int, what: str) -> None:
        """One rule, for what ends everything is not to happen all the time."""
        given = (self.session, Address(who), SUPPRESSION_KEY, "belde", None, self.now)
        if what == "never":
            self.press(Purpose.NEVER, which, self._never, lambda wish, _of: wish.halt("asked", self.now))
        elif what == "suppress":
            suppress_address(*given)
            self.wishes[who].halt("staff", self.now)
        else:
            erase_address(*given)
            self.session.expire_all()
            self.wishes.erase(who, self.now)
            self.mails.letters = [one for one in self.mails.letters if one.who != who]

    def _never(self, reader: Subscriber, _beside: Renewal | None) -> None:
        service.never(self.session, reader, self.now)

    @precondition(lambda self: any(wish.stop for wish in self.wishes.values()))
    @rule(which=which)
    def staff_allow(self, which: int) -> None:
        stopped = [who for who, wish in self.wishes.items() if wish.stop]
        who = stopped[which % len(stopped)]
        allow_address(self.session, Address(who), SUPPRESSION_KEY, "belde", None, self.now)
        self.wishes[who].allow()

    @precondition(lambda self: any(wish.moves for wish in self.wishes.values()))
    @rule(which=which, farther=st.booleans(), by_staff=st.booleans(), answers=st.sampled_from(ANSWERS))
    def ask_to_move(self, which: int, farther: bool, by_staff: bool, answers: tuple[bool, ...]) -> None:
        """To an address that may be somebody's, or may want no mail; often it is answered before anything else."""
        readers = [who for who, wish in self.wishes.items() if wish.moves]
        who = readers[which % len(readers)]
        to, reader = ADDRESSES[(ADDRESSES.index(who) + 1 + farther) % len(ADDRESSES)], self.reader(who)
        assert reader is not None
        self.next_day()
        staff_id = self.staff().id if by_staff else None
        move = self.wishes.ask_to_move(who, to, self.now, by_staff=by_staff)
        asked = changes.ask(self.session, self.wired, reader, Address(to), self.now, staff_id)
        assert asked == (move is not None)
        if move is not None:
            key, links = self.session.get_one(AddressChange, reader.id).link_key, self.wired.links
            if self.was_written_to(to):
                self.mails.keep(Purpose.NEW_ADDRESS, links.new_address(key, self.now), move.number)
            self.mails.keep(Purpose.OLD_ADDRESS, links.old_address(key, self.now), move.number)
        for at_new in answers:
            self.agree_to_the_move(0, at_new)

    @precondition(lambda self: self.wishes.is_anybody_moving)
    @rule(which=which, at_new=st.booleans())
    def agree_to_the_move(self, which: int, at_new: bool) -> None:
        purpose = Purpose.NEW_ADDRESS if at_new else Purpose.OLD_ADDRESS
        agree = changes.agree_at_new if at_new else changes.agree_at_old
        found = self.change(purpose, which)
        if found is not None:
            link, change = found
            agree(self.session, self.wired, change, self.now)
            self.wishes.agree_to_move(link.number, self.now, at_new=at_new)
            self.letters_follow()

    @precondition(lambda self: self.wishes.is_anybody_moving)
    @rule(which=which)
    def take_the_move_back(self, which: int) -> None:
        found = self.change(Purpose.OLD_ADDRESS, which)
        if found is not None:
            link, change = found
            changes.refuse(self.session, change, self.now)
            self.wishes.take_back(link.number)

    @rule(who=address, claims=st.booleans())
    def change_choices(self, who: str, claims: bool) -> None:
        wish, reader = self.wishes[who].reader, self.reader(who)
        if reader is None or wish is None or wish.status != "active":
            return
        self.next_day()  # a check that can no more be taken back is kept
        chosen = frozenset({self.police().id} if claims else ())
        service.change_preferences(self.session, reader, Choices("", "nl", chosen, frozenset()), self.now)
        wish.claim(claims, self.now)

    @rule(who=address, days=st.sampled_from([1, 10]))
    def pause(self, who: str, days: int) -> None:
        """Until a day; what was on its way is not sent later either."""
        reader, wish = self.reader(who), self.wishes[who].reader
        day = today(self.now) + timedelta(days=days)
        if reader is not None and pause(self.session, reader, day, self.now):
            assert wish is not None
            wish.paused_until = end_of_pause(day)

    @rule(who=address)
    def end_the_pause(self, who: str) -> None:
        reader, wish = self.reader(who), self.wishes[who].reader
        if reader is not None and wish is not None and wish.status == "active":
            resume(self.session, reader, self.now)
            wish.paused_until = None

    @rule(who=address)
    def verify(self, who: str) -> None:
        reader = self.reader(who)
        if reader is not None:
            verify_claims(self.session, [(reader.id, self.police().id)], self.staff(), self.now)
            self.wishes[who].verify(self.now)

    @rule(who=address)
    def import_from_a_list(self, who: str) -> None:
        bringing = Bringing(Answers(Proof("op papier")), SUPPRESSION_KEY, self.now, COMMAND)
        with waiting_rows() as rows:
            sheet = read_sheet(self.session, lambda: StringIO(f"address\n{who}\n"), bringing, rows)
            import_subscribers(self.session, sheet, rows, bringing)
        self.session.expire_all()
        self.wishes[who].import_(self.now)

    @rule()
    def jobs_run(self) -> None:
        """Who did not confirm in time is forgotten, who may move by now does, and pauses end."""
        service.purge_stale(self.session, self.now)
        for number in changes.due(self.session, self.now):
            changes.finish(self.session, self.wired, number, self.now)
        end_due(self.session, self.now)
        self.wishes.forget_stale(self.now)
        self.letters_follow()

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
        self.release()
        if not waits:
            open_ = update(Delivery).where(Delivery.settled_at.is_(None), Delivery.mailing_id.is_not(None))
            self.session.execute(open_.values(state=DeliveryState.SENT, settled_at=self.now))
            self.session.expire_all()

    @rule()
    def one_more_waits(self) -> None:
        self.an_edition_is_released(waits=True)

    @precondition(lambda self: self.mails.letters)
    @rule(which=which, what=st.sampled_from(["postfix_unknown", "postfix_unknown", "arf_abuse", "exim_full"]))
    def something_comes_back(self, which: int, what: str) -> None:
        """A hard bounce, a complaint, or one that says that the mailbox is full, which alone changes nothing."""
        letter = self.mails.letter(which)
        self.full[letter.who] += what == "exim_full"
        if what == "exim_full" and self.full[letter.who] > ADD_UP:
            return
        number, key = letter.delivery_id, self.wired.keys.every[-1]
        sender = envelope_sender(number, key, "bounces.nieuwsbrief.example")
        raw = sample(what, sender, message_id(number, key, "nieuwsbrief.example"))
        self.mails.letters.remove(letter)
        take_in(self.session, self.wired, read(raw), self.now)
        self.session.expire_all()
        self._came_back(letter, what)

    def _came_back(self, letter: Sent, what: str) -> None:
        wish = self.wishes[letter.who]
        if wish.reader is None or wish.reader.number != letter.reader:
            return
        if what == "arf_abuse":
            wish.halt("complained", self.now)
        elif what == "postfix_unknown" and letter.generation == wish.reader.generation:
            wish.halt(BOUNCED, self.now)

    @invariant()
    def exactly_who_wishes_it_would_get_the_next_edition(self) -> None:
        self.session.flush()
        views = item_views(self.items())
        found = {
            one.id: one.seen
            for some in active_subscribers(self.session, views, self.now)
            for one in some
            if not one.suppressed and not one.paused
        }
        names = dict(self.session.execute(select(Subscriber.id, Subscriber.address)).all())
        everybody, police = (view.id for view in views)
        wished = {
            who: (everybody, police) if wish.reader.is_verified else (everybody,)
            for who, wish in self.wishes.items()
            if wish.reader is not None and wish.gets_mail(self.now)
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
            suppress_health_check=list(HealthCheck),
        ),
    )
