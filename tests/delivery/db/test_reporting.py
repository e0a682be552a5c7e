"""What pages read out of the ledger: pages of names, domains that wait, and how fast it goes."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery import reporting
from newsletter_service.delivery.models import Delivery, DomainBackoff, Worker
from newsletter_service.delivery.reporting import Filter, Group, Held, Pace
from newsletter_service.delivery.rules import DeliveryState
from tests.conftest import NOW
from tests.delivery.db.conftest import release


@pytest.fixture
def mailing_id(session: Session) -> int:
    """Eight letters, one of each standing and two that were sent without any doubt."""
    number = release(session, 8).id
    standings = (
        (DeliveryState.SENT, 0),
        (DeliveryState.SENT, 0),
        (DeliveryState.SENT, 1),
        (DeliveryState.FAILED, 0),
        (DeliveryState.CANCELLED, 0),
        (DeliveryState.UNCERTAIN, 1),
        (DeliveryState.DEFERRED, 0),
    )
    rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
    for row, (state, ambiguous_attempts) in zip(rows, standings, strict=False):
        row.state, row.ambiguous_attempts = state, ambiguous_attempts
        row.settled_at = None if state == "deferred" else NOW
    session.commit()
    return number


def names(session: Session, mailing_id: int, which: Filter) -> list[str]:
    return [row.name for row in reporting.rows(session, mailing_id, which, 0, 100)]


@pytest.mark.parametrize(
    ("group", "readers"),
    [
        (Group.SENT, [1, 2, 3]),
        (Group.REPEATED, [3]),
        (Group.FAILED, [4]),
        (Group.CANCELLED, [5]),
        (Group.UNCERTAIN, [6]),
        (Group.OPEN, [7, 8]),
    ],
)
def test_each_group_holds_its_letters_and_counts_them(
    session: Session, mailing_id: int, group: Group, readers: list[int]
) -> None:
    assert names(session, mailing_id, Filter(group)) == [f"Lezer {number}" for number in readers]
    assert reporting.number_of(session, mailing_id, Filter(group)) == len(readers)


def test_a_letter_with_an_unknown_outcome_that_is_sent_again_is_still_open(
    session: Session, mailing_id: int
) -> None:
    row = session.scalars(select(Delivery).where(Delivery.state == "uncertain")).one()
    row.settled_at = None
    session.flush()
    assert names(session, mailing_id, Filter(Group.UNCERTAIN)) == []
    assert row.name in names(session, mailing_id, Filter(Group.OPEN))


def test_pages_follow_one_another_without_gaps_or_repeats(session: Session, mailing_id: int) -> None:
    found: list[str] = []
    last = 0
    while page := reporting.rows(session, mailing_id, Filter(Group.SENT), last, 2):
        assert len(page) <= 2
        found += [row.name for row in page]
        last = page[-1].id
    assert found == ["Lezer 1", "Lezer 2", "Lezer 3"]


def test_letters_of_another_mailing_are_not_among_them(session: Session, mailing_id: int) -> None:
    other = release(session, 3).id
    assert len(names(session, other, Filter(Group.OPEN))) == 3
    assert reporting.number_of(session, mailing_id, Filter(Group.OPEN)) == 2


def test_letters_are_narrowed_down_by_domain_words_and_number(session: Session, mailing_id: int) -> None:
    one, two, three = reporting.rows(session, mailing_id, Filter(Group.SENT), 0, 100)
    two.domain, two.address, two.name = "korps.example", "a_b@korps.example", "Één Agent"
    session.flush()
    assert names(session, mailing_id, Filter(Group.SENT, domain="korps.example")) == [two.name]
    assert names(session, mailing_id, Filter(Group.SENT, words="A_B@KORPS")) == [two.name]
    assert names(session, mailing_id, Filter(Group.SENT, words="agent")) == [two.name]
    assert names(session, mailing_id, Filter(Group.SENT, words="%")) == []
    chosen = Filter(Group.SENT, ids=(one.id, three.id, 999_999))
    assert names(session, mailing_id, chosen) == [one.name, three.name]
    assert names(session, mailing_id, Filter(Group.FAILED, ids=(one.id,))) == []


def test_the_domains_that_put_most_letters_off_come_first(session: Session, mailing_id: int) -> None:
    for row, domain in zip(
        session.scalars(select(Delivery)), ("b.example", "a.example", "b.example"), strict=False
    ):
        row.state, row.settled_at, row.domain = DeliveryState.DEFERRED, None, domain
    session.flush()
    assert reporting.deferred_domains(session, mailing_id)[:2] == [
        Held("b.example", 2),
        Held("a.example", 1),
    ]


def test_only_domains_whose_rest_is_not_over_are_told(session: Session) -> None:
    for domain, minutes in (("over.example", -1), ("kort.example", 1), ("lang.example", 60)):
        until = NOW + timedelta(minutes=minutes)
        session.add(DomainBackoff(domain=domain, failures=3, until=until, reply="451 later"))
    session.flush()
    assert [one.domain for one in reporting.backing_off(session, NOW)] == ["lang.example", "kort.example"]


def test_the_pace_is_that_of_all_senders_that_showed_themselves_of_late(session: Session) -> None:
    assert reporting.pace(session, NOW) == Pace(0, 0.0)
    for name, seconds in (("a", 1), ("b", 14), ("gone", 16)):
        seen = NOW - timedelta(seconds=seconds)
        session.add(Worker(id=name, host="een", process_id=1, pace=100, started_at=NOW, seen_at=seen))
    session.flush()
    assert reporting.pace(session, NOW) == Pace(2, 200.0)
