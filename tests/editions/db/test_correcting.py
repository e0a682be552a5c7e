"""A correction goes to exactly those who have the edition, once."""

import re
from dataclasses import asdict
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter_service.archive.service import public_corrections
from newsletter_service.delivery.ledger.rows import Claimed
from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.delivery.rules import DeliveryState, message_id
from newsletter_service.delivery.worker.personalise import Personaliser
from newsletter_service.editions.corrections import approval, service
from newsletter_service.editions.corrections.service import (
    Words,
    WrittenMeanwhile,
    draft_of,
    fingerprint,
    released_of,
    words_of,
)
from newsletter_service.editions.models import Correction, Edition, LetterItem
from newsletter_service.editions.releasing.service import release
from newsletter_service.editions.rules import CorrectionChanged, NobodyHasIt, NothingWritten
from newsletter_service.errors import Invalid, NotFound
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.mime.reading import html_of
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.merging import fingerprints
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from tests.editions.db.conftest import COLLECTING, SENDS, House
from tests.factories import make_item, make_segment, make_subscriber, make_suppression

LATER = SENDS + timedelta(hours=1)
WORDS = Words("Correctie: de tijd", "De bijeenkomst begint om **15.00 uur**.")
VALUES = SlotValues(
    "a@b.example",
    LATER,
    "<2@b.example>",
    manage_url="https://x.example",
    unsubscribe_url="https://y.example",
    answers="<1@b.example>",
)
FATES: dict[str, dict[str, object]] = {
    "verstuurd@a.example": {"state": "sent"},
    "english@a.example": {"state": "sent"},
    "dubbel@a.example": {"state": "sent", "ambiguous_attempts": 1},
    "onzeker@a.example": {"state": "uncertain"},
    "nog-eens@a.example": {"state": "deferred", "ambiguous_attempts": 1, "settled_at": None},
    "nu-weg@a.example": {"state": "claimed", "handed_at": SENDS, "settled_at": None},
    "mislukt@a.example": {"state": "failed"},
    "gestopt@a.example": {"state": "cancelled"},
    "wacht@a.example": {"state": "ready", "settled_at": None},
    "weg@a.example": {"state": "sent"},
}
HAVE_IT = {"verstuurd", "english", "dubbel", "onzeker", "nog-eens", "nu-weg"}


@pytest.fixture
def edition(house: House) -> Edition:
    """An edition that came to some, may have come to others, and not to the rest; one got it and left."""
    session = house.session
    for address in FATES:
        language = "en" if address.startswith("english") else "nl"
        make_subscriber(session, address, now=COLLECTING, language=language)
    make_item(session, house.north, now=COLLECTING, title="Open dag")
    edition = house.composed()
    release(session, house.mail_context, edition, None, SENDS)
    for row in mailed(session, edition.mailing_id):
        for name, value in {"settled_at": SENDS, **FATES[row.address]}.items():
            setattr(row, name, value)
    gone = session.scalars(select(Subscriber).where(Subscriber.address == "weg@a.example")).one()
    gone.status = Status.LEFT
    session.flush()
    return edition


def mailed(session: Session, mailing_id: int | None) -> list[Delivery]:
    return list(session.scalars(select(Delivery).where(Delivery.mailing_id == mailing_id)))


def written(house: House, edition: Edition, words: Words = WORDS, began: str = "") -> Correction:
    service.write(house.session, house.mail_context, edition, words, began, house.communicator, LATER)
    draft = draft_of(house.session, edition)
    assert draft is not None
    return draft


def released(house: House, edition: Edition) -> Correction:
    seen = fingerprint(written(house, edition))
    approval.offer(house.session, house.mail_context, edition, seen, house.head_north, LATER)
    return approval.agree(house.session, house.mail_context, edition, seen, house.head_south, LATER)


def test_those_who_have_the_edition_or_may_have_it_get_its_correction(house: House, edition: Edition) -> None:
    assert service.audience(house.session, edition, SENDS) == service.Audience(readers=6, unsure=3)
    correction = released(house, edition)
    rows = mailed(house.session, correction.mailing_id)
    assert {row.address.partition("@")[0] for row in rows} == HAVE_IT
    assert {row.state for row in rows} == {"ready"}
    assert {row.domain for row in rows} == {"a.example"}
    assert correction.readers == 6


def test_an_address_that_is_not_to_be_mailed_any_more_gets_no_correction(
    house: House, edition: Edition
) -> None:
    make_suppression(house.session, "verstuurd@a.example", now=LATER)
    rows = mailed(house.session, released(house, edition).mailing_id)
    assert {row.address.partition("@")[0] for row in rows} == HAVE_IT - {"verstuurd"}


def test_each_reader_gets_it_in_their_own_language(house: House, edition: Edition) -> None:
    correction = released(house, edition)
    letters = house.session.scalars(select(Letter).where(Letter.mailing_id == correction.mailing_id)).all()
    words = {letter.language: letter.skeleton for letter in letters}
    assert words.keys() == {"nl", "en"}
    assert b"Beste lezer" in words["nl"]
    assert b"Dear reader" in words["en"]
    for skeleton in words.values():
        assert b"Subject: Correctie: de tijd\r\n" in skeleton
        assert b"15.00 uur" in skeleton


def test_it_has_the_headers_of_an_edition_but_counts_by_itself(house: House, edition: Edition) -> None:
    correction = released(house, edition)
    letter = house.session.scalars(select(Letter).where(Letter.mailing_id == correction.mailing_id)).first()
    assert letter is not None
    head = letter.skeleton.partition(b"\r\n\r\n")[0]
    for name in (b"List-Id: ", b"List-Unsubscribe:\r\n <", b"List-Unsubscribe-Post: ", b"Precedence: bulk"):
        assert name in head
    assert re.search(rb"\r\nFeedback-ID: 1:(nl|en):correction:veiligverbonden\r\n", head)


def test_releasing_twice_sends_once(house: House, edition: Edition) -> None:
    correction = released(house, edition)
    seen = fingerprint(correction)
    for again in (approval.offer, approval.agree):
        with pytest.raises(NothingWritten):
            again(house.session, house.mail_context, edition, seen, house.head_south, LATER)
    assert [one.numbers.open for one in released_of(house.session, edition)] == [6]


def test_what_was_not_looked_at_does_not_go_out(house: House, edition: Edition) -> None:
    draft = written(house, edition)
    before, began = fingerprint(draft), fingerprints(asdict(words_of(draft)))
    written(house, edition, Words("Correctie: de plaats", "In het stadhuis."), began)
    with pytest.raises(CorrectionChanged):
        approval.offer(house.session, house.mail_context, edition, before, house.communicator, LATER)


def test_who_changes_what_somebody_else_changed_is_told_and_loses_nothing(
    house: House, edition: Edition
) -> None:
    began = fingerprints(asdict(words_of(written(house, edition))))
    theirs = Words("Correctie: anders", "Andere tekst.")
    service.write(house.session, house.mail_context, edition, theirs, began, house.head_north, LATER)
    with pytest.raises(WrittenMeanwhile) as told:
        written(house, edition, Words("Correctie: mijn", WORDS.text), began)
    assert told.value.by == {"subject": "head-noord"}
    assert told.value.yours == Words("Correctie: mijn", "Andere tekst.")
    draft = draft_of(house.session, edition)
    assert draft is not None
    assert words_of(draft) == theirs


def test_a_correction_is_threaded_under_the_letter_of_the_edition_that_its_reader_got(
    house: House, edition: Edition
) -> None:
    first = {row.address: row.id for row in mailed(house.session, edition.mailing_id)}
    rows = mailed(house.session, released(house, edition).mailing_id)
    assert {row.address: row.answers_id for row in rows} == {row.address: first[row.address] for row in rows}
    copies = Personaliser(
        house.mail_context.links,
        house.mail_context.delivery.notices,
        lambda: LATER,
        house.mail_context.keys,
        "nieuwsbrief.example",
        "b.example",
    )
    claimed = [
        Claimed(
            r.id,
            r.mailing_id,
            r.letter_id,
            r.subscriber_key,
            r.address,
            r.domain,
            "",
            0,
            0,
            r.answers_id,
        )
        for r in rows
    ]
    copies.read(house.session.connection(), {row.letter_id for row in claimed})
    for row in claimed:
        mail = message_from_bytes(b"".join(copies.fill(row).content), policy=default)
        above = message_id(first[row.address], house.mail_context.keys.current, "nieuwsbrief.example")
        assert mail["In-Reply-To"] == mail["References"] == above


def test_a_correction_begins_in_the_inbox_with_what_it_says_and_advertises_nothing(
    house: House, edition: Edition
) -> None:
    correction = released(house, edition)
    letters = house.session.scalars(select(Letter).where(Letter.mailing_id == correction.mailing_id)).all()
    for letter in letters:
        mail = Template(letter.skeleton).fill(VALUES)
        html = html_of(mail)
        assert ">De bijeenkomst begint om 15.00 uur." in html
        assert "Wat speelt er bij u?" not in html
        assert "What is going on" not in html
        assert f"/archief/1#correctie-{correction.id}" in html


def test_a_correction_of_one_item_goes_to_those_who_got_it(house: House) -> None:
    session = house.session
    police = make_segment(session, "politie", ("politie.example",))
    for address in ("agent@politie.example", "gast@gemeente.example"):
        make_subscriber(session, address, now=COLLECTING, segments=(police,))
    make_item(session, house.north, now=COLLECTING, title="Open dag")
    secret = make_item(
        session, house.north, now=COLLECTING, title="Recherchedag", segments=(police,), restricted=True
    )
    edition = house.composed()
    release(session, house.mail_context, edition, None, SENDS)
    for row in mailed(session, edition.mailing_id):
        row.state, row.settled_at = DeliveryState.SENT, SENDS
    session.flush()
    assert service.audience(session, edition, SENDS).readers == 2
    assert service.audience(session, edition, SENDS, secret.id).readers == 1
    draft = written(house, edition, Words("Correctie", "De recherchedag vervalt.", secret.id))
    seen = fingerprint(draft)
    approval.offer(session, house.mail_context, edition, seen, house.head_north, LATER)
    sent = approval.agree(session, house.mail_context, edition, seen, house.head_south, LATER)
    assert [row.address for row in mailed(session, sent.mailing_id)] == ["agent@politie.example"]
    assert public_corrections(session, edition) == []


def test_a_correction_is_about_an_item_of_its_own_edition(house: House, edition: Edition) -> None:
    other = make_item(house.session, house.north, now=COLLECTING, title="Nog niet uit")
    with pytest.raises(Invalid):
        written(house, edition, Words("Correctie", "Anders.", other.id))


def test_an_edition_of_which_nobody_knows_who_got_what_has_no_restricted_item_to_correct(
    house: House, edition: Edition
) -> None:
    (item,) = service.items_to_correct(house.session, edition)
    house.session.execute(delete(LetterItem))
    assert service.items_to_correct(house.session, edition) == [item]
    assert service.audience(house.session, edition, SENDS, item.id).readers == 6
    item.restricted = True
    assert service.items_to_correct(house.session, edition) == []


def test_what_was_thrown_away_is_gone_and_written_down(house: House, edition: Edition) -> None:
    seen = fingerprint(written(house, edition))
    service.discard(house.session, edition, seen, house.head_north, LATER)
    assert draft_of(house.session, edition) is None
    with pytest.raises(NothingWritten):
        service.discard(house.session, edition, seen, house.head_north, LATER)
    actions = house.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "correction"))
    assert list(actions) == ["correction.write", "correction.discard"]


def test_a_second_correction_can_follow_the_first(house: House, edition: Edition) -> None:
    released(house, edition)
    released(house, edition)
    assert [one.numbers.intended for one in released_of(house.session, edition)] == [6, 6]


def test_an_edition_that_nobody_has_needs_no_correction(house: House, edition: Edition) -> None:
    for row in mailed(house.session, edition.mailing_id):
        row.state, row.ambiguous_attempts, row.handed_at = DeliveryState.FAILED, 0, None
    with pytest.raises(NobodyHasIt), house.session.begin_nested():
        released(house, edition)
    assert released_of(house.session, edition) == []


def test_before_its_release_an_edition_has_no_correction(house: House) -> None:
    make_item(house.session, house.north, now=COLLECTING)
    with pytest.raises(NotFound):
        written(house, house.composed())


def test_a_text_of_which_no_good_letter_can_be_made_is_refused(house: House, edition: Edition) -> None:
    with pytest.raises(LetterError):
        written(house, edition, Words("Correctie", "x" * 90_000))


def test_a_held_correction_is_paused_until_it_is_resumed(house: House, edition: Edition) -> None:
    correction = released(house, edition)
    assert correction.mailing is not None
    service.hold(house.session, correction, house.communicator, LATER)
    assert correction.mailing.paused_at == LATER
    assert service.hold_paused(house.session, house.mail_context, LATER) == 0
    service.resume(house.session, correction, house.communicator, LATER)
    assert correction.mailing.paused_at is None


def test_staff_are_told_once_that_the_mail_server_does_not_take_it(house: House, edition: Edition) -> None:
    correction = released(house, edition)
    assert correction.mailing is not None
    correction.mailing.paused_at, correction.mailing.pause_reason = LATER, "550 5.7.1 refused"
    assert service.hold_paused(house.session, house.mail_context, LATER) == 1
    assert service.hold_paused(house.session, house.mail_context, LATER) == 0
    subjects = house.session.scalars(select(Letter.subject).where(Letter.mailing_id.is_(None))).all()
    assert "De correctie op editie 1 wordt vastgehouden" in subjects


def test_who_wrote_and_who_released_is_written_down(house: House, edition: Edition) -> None:
    released(house, edition)
    done = select(AuditEntry).where(AuditEntry.subject_type == "correction").order_by(AuditEntry.id)
    trail = house.session.scalars(done).all()
    done_by = [(one.action, one.actor.name if one.actor else "") for one in trail]
    assert done_by == [
        ("correction.write", "communicator-alle"),
        ("correction.offer", "head-noord"),
        ("correction.agree", "head-zuid"),
        ("correction.release", "head-zuid"),
    ]
    assert trail[3].detail == {"edition": 1, "readers": 6}
