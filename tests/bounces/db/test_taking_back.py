"""Staff see all that came back, and take back what stopped a reader for no good reason."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Verdict
from newsletter_service.bounces.service import refused_for_policy
from newsletter_service.delivery.suppressions import is_suppressed
from newsletter_service.errors import Conflict
from newsletter_service.registry.returned.service import Narrowing, returned, take_back
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf.rules import Allowed
from tests.bounces.db.conftest import Comes, make_bounce, make_delivery
from tests.conftest import NOW
from tests.factories import SUPPRESSION_KEY, make_subscriber
from tests.staff_browser import make_staff

DAY = timedelta(days=1)


def found(
    session: Session, below: int = 10**6, limit: int = 50, **narrowing: object
) -> list[tuple[str, str]]:
    lines = returned(session, Narrowing(**narrowing), below, limit)  # type: ignore[arg-type]  # as the test says
    return [(line.address.partition("@")[0], str(line.bounce.verdict)) for line in lines]


def test_what_came_back_is_found_by_verdict_recipient_and_code(session: Session, anna: Subscriber) -> None:
    bob = make_subscriber(session, "bob@brielle.example", now=NOW, name="Bob")
    make_bounce(session, make_delivery(session, anna), Verdict.HARD)
    make_bounce(session, make_delivery(session, bob), Verdict.SOFT)
    make_bounce(session, make_delivery(session, bob), Verdict.POLICY)
    make_bounce(session, make_delivery(session, None, notice=True), Verdict.HARD, status="5.1.10")
    everything = [("redactie", "hard"), ("bob", "policy"), ("bob", "soft"), ("anna", "hard")]
    assert found(session) == everything
    assert found(session, verdict=Verdict.SOFT) == [("bob", "soft")]
    assert found(session, words="brielle bob") == [("bob", "policy"), ("bob", "soft")]
    assert found(session, status="5.1.1") == [("anna", "hard")]
    assert found(session, status="5.1.") == [("redactie", "hard"), ("anna", "hard")]
    assert found(session, status="5.7") == [("bob", "policy")]
    second = returned(session, Narrowing())[1].bounce.id
    assert found(session, below=second) == everything[2:]


def test_what_stopped_a_reader_is_taken_back_once_and_counts_no_more(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    staff = make_staff(session)
    comes("postfix_unknown", make_delivery(session, anna))
    session.expire_all()
    (line,) = returned(session, Narrowing())
    assert line.stopped
    assert anna.status == "left"
    done = take_back(session, line.bounce.id, SUPPRESSION_KEY, "klopte niet", staff, NOW + DAY)
    assert done is Allowed.READS_AGAIN
    session.expire_all()
    assert anna.status == "active"
    assert not is_suppressed(session, anna.address_hmac)
    (line,) = returned(session, Narrowing())
    assert not line.stopped
    assert line.bounce.undone_at == NOW + DAY
    trail = session.scalars(select(AuditEntry).where(AuditEntry.action == "subscriber.allow")).one()
    assert (trail.actor_id, trail.subject_id) == (staff.id, anna.id)
    with pytest.raises(Conflict):
        take_back(session, line.bounce.id, SUPPRESSION_KEY, "nog eens", staff, NOW + DAY)


def test_a_full_mailbox_that_was_taken_back_counts_from_the_start_again(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    for week in range(3):
        comes("exim_full", make_delivery(session, anna, at=NOW + 7 * week * DAY), NOW + 7 * week * DAY)
    session.expire_all()
    assert anna.status == "left"
    newest = returned(session, Narrowing())[0].bounce
    take_back(session, newest.id, SUPPRESSION_KEY, "ruimde op", make_staff(session), NOW + 15 * DAY)
    comes("exim_full", make_delivery(session, anna, at=NOW + 21 * DAY), NOW + 21 * DAY)
    session.expire_all()
    assert anna.status == "active"
    assert len(session.scalars(select(Bounce).where(Bounce.undone_at.is_(None))).all()) == 1


def test_a_complaint_is_not_taken_back_for_its_reader(
    session: Session, anna: Subscriber, comes: Comes
) -> None:
    comes("arf_abuse", make_delivery(session, anna))
    (line,) = returned(session, Narrowing())
    assert not line.stopped
    with pytest.raises(Conflict):
        take_back(session, line.bounce.id, SUPPRESSION_KEY, "zomaar", make_staff(session), NOW)


def test_refusals_for_policy_are_counted_with_what_servers_said_most(
    session: Session, anna: Subscriber
) -> None:
    for words in ("5.7.1 blocked", "5.7.1 blocked", "5.7.26 no DKIM"):
        make_bounce(session, make_delivery(session, anna), Verdict.POLICY, reason=words)
    make_bounce(session, make_delivery(session, anna), Verdict.POLICY, at=NOW - 8 * DAY)
    refused = refused_for_policy(session, NOW - 7 * DAY)
    assert (refused.number, refused.said) == (3, ["5.7.1 blocked", "5.7.26 no DKIM"])
