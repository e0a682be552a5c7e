"""Claims to segments: what proves them, until when, and what their owners hear of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, SegmentDomain
from newsletter_service.audience.rules import ItemView, ListedDomain
from newsletter_service.delivery.models import Letter
from newsletter_service.editions.readers import active_subscribers
from newsletter_service.services import Services
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.domains.service import list_domain, unlist_domain
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.verification import notices
from newsletter_service.subscriptions.verification.rules import (
    ASK_BEFORE,
    REMIND_BEFORE,
    UNDO_WITHIN,
    ClaimState,
    DeclineReason,
    Evidence,
)
from newsletter_service.subscriptions.verification.service import (
    decline_claims,
    renew,
    reopen_claims,
    settle,
    settle_waiting,
    undo,
    verify_claims,
)
from tests.conftest import NOW
from tests.factories import make_segment, make_subscriber
from tests.staff_browser import make_staff
from tests.subscriptions.db.conftest import Written

DAY = timedelta(days=1)
YEAR = timedelta(days=365)


@pytest.fixture
def police(session: Session) -> Segment:
    return make_segment(session, "politie", ("politie.example",))


@pytest.fixture
def samira(session: Session) -> User:
    return make_staff(session, Role.COMMUNICATOR)


def claim_of(reader: Subscriber) -> Membership:
    (claim,) = reader.memberships
    return claim


def verified_readers(session: Session) -> set[int]:
    """Whom a release would send restricted items."""
    segments = frozenset(session.scalars(select(Segment.id)))
    restricted = ItemView(1, segments, restricted=True)
    return {one.id for some in active_subscribers(session, [restricted], NOW) for one in some if one.seen}


def check(session: Session, mail_context: Services, now: datetime) -> None:
    """What the scheduled job does."""
    settle_waiting(session, now)
    for told in notices.to_tell(session, now):
        notices.tell(session, mail_context, told, now)
    for asked in notices.coming_to_an_end(session, now):
        notices.ask_or_end(session, mail_context, asked, now)


def test_an_address_in_a_listed_domain_counts_once_it_is_confirmed(
    session: Session, police: Segment, mail_context: Services
) -> None:
    anna = make_subscriber(session, "anna@utrecht.politie.example", now=NOW, status="pending")
    service.change_preferences(session, anna, Choices("", "nl", frozenset({police.id}), frozenset()), NOW)
    assert claim_of(anna).state is ClaimState.WAITING
    service.confirm(session, mail_context, anna, "nl", NOW + DAY)
    claim = claim_of(anna)
    assert (claim.state, claim.evidence, claim.source) == (
        ClaimState.VERIFIED,
        Evidence.DOMAIN,
        "politie.example",
    )
    assert (claim.decided_at, claim.until) == (NOW + DAY, NOW + DAY + YEAR)
    assert verified_readers(session) == {anna.id}


def test_a_domain_that_is_listed_later_proves_the_claims_that_wait(
    session: Session, police: Segment, mail_context: Services, written: Written
) -> None:
    anna = make_subscriber(session, "anna@meldkamer.example", now=NOW, segments=(police,))
    bob = make_subscriber(session, "bob@nepmeldkamer.example", now=NOW, segments=(police,))
    below = make_subscriber(session, "cor@zuid.meldkamer.example", now=NOW, segments=(police,))
    police.domains.append(SegmentDomain(domain="meldkamer.example", subdomains=False))
    session.flush()
    check(session, mail_context, NOW)
    assert verified_readers(session) == {anna.id}
    assert {claim_of(one).state for one in (bob, below)} == {ClaimState.WAITING}
    assert written() == ["Uw functie is gecontroleerd · Veilig Verbonden"]


def test_a_communicator_verifies_and_the_reader_hears_of_it_once_it_cannot_be_undone(
    session: Session, police: Segment, samira: User, mail_context: Services, written: Written
) -> None:
    anna = make_subscriber(session, "anna@gemeente.example", now=NOW, segments=(police,))
    assert verify_claims(session, [(anna.id, police.id)], samira, NOW) == [claim_of(anna)]
    assert verify_claims(session, [(anna.id, police.id)], samira, NOW) == [], "a second press does nothing"
    assert (claim_of(anna).evidence, claim_of(anna).decided_by_id) == (Evidence.PERSON, samira.id)
    check(session, mail_context, NOW + UNDO_WITHIN - timedelta(seconds=1))
    assert written() == []
    for _ in range(2):
        check(session, mail_context, NOW + UNDO_WITHIN)
    assert written() == ["Uw functie is gecontroleerd · Veilig Verbonden"]
    assert verified_readers(session) == {anna.id}
    (entry,) = session.scalars(select(AuditEntry))
    assert (entry.action, entry.actor_id, entry.detail) == (
        "claim.verified",
        samira.id,
        {"segment": "politie"},
    )


@pytest.mark.parametrize(
    ("tell", "subjects"), [(True, ["We konden uw functie niet bevestigen · Veilig Verbonden"]), (False, [])]
)
def test_a_decline_has_a_reason_that_the_reader_can_be_told(
    session: Session,
    police: Segment,
    samira: User,
    mail_context: Services,
    written: Written,
    tell: bool,
    subjects: list[str],
) -> None:
    anna = make_subscriber(session, "anna@gemeente.example", now=NOW, segments=(police,))
    decline_claims(session, [(anna.id, police.id)], DeclineReason.NOT_FOUND, samira, NOW, tell=tell)
    check(session, mail_context, NOW + DAY)
    assert (claim_of(anna).state, claim_of(anna).reason) == (ClaimState.DECLINED, DeclineReason.NOT_FOUND)
    assert written() == subjects
    assert verified_readers(session) == set()


def test_what_was_decided_in_bulk_is_taken_back_as_a_whole_and_nobody_hears_of_it(
    session: Session, police: Segment, samira: User, mail_context: Services, written: Written
) -> None:
    some = [make_subscriber(session, f"{n}@gemeente.example", now=NOW, segments=(police,)) for n in range(3)]
    verify_claims(session, [(some[0].id, police.id)], samira, NOW)
    verify_claims(session, [(one.id, police.id) for one in some[1:]], samira, NOW + timedelta(seconds=9))
    taken_back = undo(session, NOW + timedelta(seconds=9), samira, NOW + timedelta(minutes=2))
    assert {claim.subscriber_id for claim in taken_back} == {one.id for one in some[1:]}
    check(session, mail_context, NOW + DAY)
    assert verified_readers(session) == {some[0].id}
    assert len(written()) == 1


def test_nothing_is_taken_back_by_somebody_else_or_too_late(
    session: Session, police: Segment, samira: User
) -> None:
    anna = make_subscriber(session, "anna@gemeente.example", now=NOW, segments=(police,))
    verify_claims(session, [(anna.id, police.id)], samira, NOW)
    other = make_staff(session, Role.COMMUNICATOR, name="Ander Iemand")
    assert undo(session, NOW, other, NOW) == []
    assert undo(session, NOW, samira, NOW + UNDO_WITHIN) == []
    assert claim_of(anna).state is ClaimState.VERIFIED


def test_after_a_year_the_reader_is_asked_reminded_and_then_unverified(
    session: Session, police: Segment, mail_context: Services, written: Written
) -> None:
    anna = make_subscriber(session, now=NOW, segments=(police,), approved=(police,))
    end = NOW + YEAR
    subjects = []
    for moment in (end - ASK_BEFORE - DAY, end - ASK_BEFORE, end - 9 * DAY, end - REMIND_BEFORE, end - DAY):
        check(session, mail_context, moment)
        subjects.append(len(written()))
    assert subjects == [0, 1, 1, 2, 2]
    assert verified_readers(session) == {anna.id}
    check(session, mail_context, end)
    assert claim_of(anna).state is ClaimState.LAPSED
    assert verified_readers(session) == set()
    assert written() == [
        "Klopt uw functie nog? · Veilig Verbonden",
        "Herinnering: klopt uw functie nog? · Veilig Verbonden",
        "De controle van uw functie is verlopen · Veilig Verbonden",
    ]


def test_one_answer_is_good_for_another_year(
    session: Session, police: Segment, mail_context: Services, written: Written
) -> None:
    anna = make_subscriber(session, now=NOW, segments=(police,), approved=(police,))
    asked = NOW + YEAR - ASK_BEFORE
    renew(session, anna, asked)
    assert claim_of(anna).until == NOW + YEAR, "who was not asked has nothing to renew"
    check(session, mail_context, asked)
    renew(session, anna, asked + DAY)
    renew(session, anna, asked + 2 * DAY)
    assert claim_of(anna).until == asked + DAY + YEAR
    check(session, mail_context, NOW + YEAR)
    assert (claim_of(anna).state, len(written())) == (ClaimState.VERIFIED, 1)


def test_an_answer_that_comes_too_late_lets_the_claim_wait_for_a_person(
    session: Session, police: Segment, mail_context: Services
) -> None:
    anna = make_subscriber(session, now=NOW, segments=(police,), approved=(police,))
    for moment in (NOW + YEAR - ASK_BEFORE, NOW + YEAR - REMIND_BEFORE, NOW + YEAR):
        check(session, mail_context, moment)
    renew(session, anna, NOW + YEAR + DAY)
    assert (claim_of(anna).state, verified_readers(session)) == (ClaimState.WAITING, set())


def test_nobody_loses_a_verification_unasked_where_the_scheduler_stood_still(
    session: Session, police: Segment, mail_context: Services, written: Written
) -> None:
    anna = make_subscriber(session, now=NOW, segments=(police,), approved=(police,))
    late = NOW + YEAR + 40 * DAY
    check(session, mail_context, late)
    assert (claim_of(anna).state, claim_of(anna).until) == (ClaimState.VERIFIED, late + 2 * REMIND_BEFORE)
    assert written() == ["Klopt uw functie nog? · Veilig Verbonden"]


def test_who_was_asked_before_the_scheduler_stood_still_is_reminded_and_has_a_week(
    session: Session, police: Segment, mail_context: Services, written: Written
) -> None:
    anna = make_subscriber(session, now=NOW, segments=(police,), approved=(police,))
    check(session, mail_context, NOW + YEAR - ASK_BEFORE)
    late = NOW + YEAR + 40 * DAY
    check(session, mail_context, late)
    assert (claim_of(anna).state, claim_of(anna).until) == (ClaimState.VERIFIED, late + REMIND_BEFORE)
    assert written()[1:] == ["Herinnering: klopt uw functie nog? · Veilig Verbonden"]
    check(session, mail_context, late + REMIND_BEFORE)
    assert claim_of(anna).state is ClaimState.LAPSED


def test_who_comes_back_after_the_end_is_asked_first(
    session: Session, police: Segment, mail_context: Services, written: Written
) -> None:
    anna = make_subscriber(session, now=NOW, segments=(police,), approved=(police,))
    service.leave(session, anna, NOW + YEAR - ASK_BEFORE - DAY)
    for moment in (NOW + YEAR - ASK_BEFORE, NOW + YEAR - REMIND_BEFORE, NOW + YEAR):
        check(session, mail_context, moment)
    assert written() == []
    back = NOW + YEAR - 2 * DAY
    assert service.undo_leave(session, anna, back)
    check(session, mail_context, back)
    assert (claim_of(anna).state, claim_of(anna).until) == (ClaimState.VERIFIED, back + 2 * REMIND_BEFORE)
    assert written() == ["Klopt uw functie nog? · Veilig Verbonden"]


def test_who_was_erased_while_the_job_ran_is_passed_over(
    session: Session, police: Segment, mail_context: Services
) -> None:
    gone = 999_999
    assert not notices.tell(session, mail_context, gone, NOW)
    assert not notices.ask_or_end(session, mail_context, gone, NOW)


def test_a_decision_that_could_be_taken_back_does_not_return_with_a_claim_that_was_given_up(
    session: Session, police: Segment, samira: User
) -> None:
    anna = make_subscriber(session, "anna@gemeente.example", now=NOW, segments=(police,))
    verify_claims(session, [(anna.id, police.id)], samira, NOW)
    none, claims = (Choices("", "nl", frozenset(chosen), frozenset()) for chosen in ((), (police.id,)))
    service.change_preferences(session, anna, none, NOW + timedelta(minutes=1))
    assert undo(session, NOW, samira, NOW + timedelta(minutes=2)) == []
    service.change_preferences(session, anna, claims, NOW + timedelta(minutes=3))
    assert (claim_of(anna).state, verified_readers(session)) == (ClaimState.WAITING, set())


def test_another_address_has_all_its_claims_checked_anew(session: Session, police: Segment) -> None:
    mayors = make_segment(session, "burgemeesters")
    anna = make_subscriber(
        session, "anna@politie.example", now=NOW, segments=(police, mayors), approved=(mayors,)
    )
    service.change_preferences(session, anna, Choices("", "nl", frozenset({police.id}), frozenset()), NOW)
    anna.address, anna.domain = "anna@gemeente.example", "gemeente.example"
    both = Choices("", "nl", frozenset({police.id, mayors.id}), frozenset())
    service.change_preferences(session, anna, both, NOW + DAY)
    assert [claim.state for claim in anna.memberships] == [ClaimState.WAITING, ClaimState.WAITING]
    assert verified_readers(session) == set()


def test_who_waits_again_because_a_domain_is_off_the_list_hears_of_it_once_in_one_mail(
    session: Session, police: Segment, samira: User, mail_context: Services, written: Written
) -> None:
    fire = make_segment(session, "brandweer", ("politie.example",))
    anna = make_subscriber(session, "anna@politie.example", now=NOW, segments=(police, fire))
    for segment in (police, fire):
        assert unlist_domain(session, segment.slug, "politie.example", samira, NOW) == 1
    session.expire_all()
    check(session, mail_context, NOW + UNDO_WITHIN - timedelta(seconds=1))
    assert written() == []
    for days in range(3):
        check(session, mail_context, NOW + UNDO_WITHIN + days * DAY)
    assert written() == ["Uw functie wordt opnieuw gecontroleerd · Veilig Verbonden"]
    assert str(session.scalars(select(Letter.words)).one()).count("controleren we opnieuw") == 2
    assert {claim.state for claim in anna.memberships} == {ClaimState.WAITING}


def test_a_domain_that_was_off_the_list_by_mistake_is_nobodys_news(
    session: Session, police: Segment, samira: User, mail_context: Services, written: Written
) -> None:
    anna = make_subscriber(session, "anna@politie.example", now=NOW, segments=(police,))
    unlist_domain(session, police.slug, "politie.example", samira, NOW)
    session.expire_all()
    list_domain(session, police.slug, ListedDomain("politie.example", True), samira, NOW)
    check(session, mail_context, NOW + timedelta(minutes=1))
    check(session, mail_context, NOW + DAY)
    assert verified_readers(session) == {anna.id}
    assert written() == []


def test_who_moves_to_another_address_hears_which_functions_are_checked_again(
    session: Session, police: Segment, mail_context: Services, written: Written
) -> None:
    mayors = make_segment(session, "burgemeesters")
    anna = make_subscriber(
        session, "anna@gemeente.example", now=NOW, segments=(police, mayors), approved=(police,)
    )
    reopen_claims(session, anna, NOW)
    anna.address, anna.domain = "anna@elders.example", "elders.example"
    check(session, mail_context, NOW)
    check(session, mail_context, NOW + DAY)
    assert written() == ["Uw functie wordt opnieuw gecontroleerd · Veilig Verbonden"]
    assert "Burgemeesters" not in str(session.scalars(select(Letter.words)).one())


def test_who_moves_to_an_address_that_proves_the_same_hears_nothing(
    session: Session, police: Segment, mail_context: Services, written: Written
) -> None:
    anna = make_subscriber(session, "anna@gemeente.example", now=NOW, segments=(police,), approved=(police,))
    reopen_claims(session, anna, NOW)
    anna.address, anna.domain = "anna@politie.example", "politie.example"
    settle(session, anna, NOW)
    check(session, mail_context, NOW + DAY)
    assert written() == []
    assert verified_readers(session) == {anna.id}


def steps(session: Session) -> list[str]:
    return list(session.scalars(select(Consent.step).order_by(Consent.id)))


def test_the_ledger_says_what_was_taken_back_and_what_came_to_its_end(
    session: Session, police: Segment, samira: User, mail_context: Services
) -> None:
    anna = make_subscriber(session, "anna@gemeente.example", now=NOW, segments=(police,))
    verify_claims(session, [(anna.id, police.id)], samira, NOW)
    undo(session, NOW, samira, NOW)
    assert steps(session) == ["verified", "reopened"]
    verify_claims(session, [(anna.id, police.id)], samira, NOW)
    for days in range(365 - ASK_BEFORE.days, 400):
        check(session, mail_context, NOW + days * DAY)
    assert steps(session) == ["verified", "reopened", "verified", "lapsed"]


def test_claims_that_a_new_domain_proves_are_settled_some_at_a_time(
    session: Session, police: Segment
) -> None:
    mayors = make_segment(session, "burgemeesters")
    for number in range(4):
        make_subscriber(session, f"r{number}@meldkamer.example", now=NOW, segments=(police, mayors))
    for segment in (police, mayors):
        segment.domains.append(SegmentDomain(domain="meldkamer.example", subdomains=False))
    session.flush()
    assert [settle_waiting(session, NOW, most=3) for _ in range(4)] == [3, 3, 2, 0]
