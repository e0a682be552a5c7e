import json
from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.reading import read
from newsletter_service.bounces.service import take_in
from newsletter_service.db import Base
from newsletter_service.delivery import service as ledger
from newsletter_service.delivery.models import Delivery, Letter, Mailing, Suppression
from newsletter_service.delivery.rules import DeliveryState, Suppressed, address_hmac
from newsletter_service.delivery.suppressions import is_suppressed
from newsletter_service.services import Services
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.erasing.scrubbing import SCRUBBED
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.service import bounce_out, leave, never
from newsletter_service.subscriptions.signing_up.service import sign_up
from scheduled_jobs import scrub_erased
from tests.bounces.db.conftest import message_about
from tests.conftest import NOW, Clock
from tests.factories import SUPPRESSION_KEY
from tests.registry.conftest import ADDRESS, NAME, TRACES, Runs

Stored = Callable[[], AbstractContextManager[Session]]


def person_of(session: Session) -> Subscriber:
    return session.scalars(select(Subscriber).where(Subscriber.address == ADDRESS)).one()


def everything(session: Session) -> str:
    """All rows of all tables, pictures and letters included, as one text in lower case."""
    rows = [row for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    return "\n".join(repr(tuple(row)) for row in rows).lower()


def test_showing_prints_all_that_is_held_by_table(runs: Runs) -> None:
    held = json.loads(runs("show", ADDRESS, "--json").output)
    assert held["subscriber"][0]["name"] == NAME
    assert held["membership"][0]["segment"] == "politie"
    assert held["subscriber_topic"][0]["topic"] == "haven"
    assert [row["step"] for row in held["consent"]] == ["confirmed"]
    assert [row["state"] for row in held["delivery"]] == ["ready", "sent", "ready"]
    assert held["letter"][0]["subject"] == "Uw link voor Veilig Verbonden"
    assert held["bounce"][0]["status"] == "4.2.2"
    assert held["exclusion"][0]["reason"] == "nothing_visible"
    assert "suppression" not in held
    assert "link_key" not in held["subscriber"][0]
    readable = runs("show", ADDRESS.upper()).output
    assert f"  name: {NAME}\n" in readable
    assert "membership\n" in readable


def test_showing_says_so_where_nothing_is_held(runs: Runs) -> None:
    assert runs("show", "niemand@gemeente.example").output == "Nothing is held about this address.\n"
    assert "this is not a mail address" in runs("show", "niemand").output


def test_erasing_leaves_nobody_in_any_table_and_the_numbers_as_they_were(runs: Runs, stored: Stored) -> None:
    with stored() as session:
        mailings = session.scalars(select(Mailing.id).order_by(Mailing.id)).all()
        notice = session.scalars(select(Letter.id).where(Letter.mailing_id.is_(None))).one()
        assert all(trace in everything(session) for trace in TRACES)
    reason = f"Belde zelf, {NAME}, vanaf {ADDRESS}"
    assert runs("erase", ADDRESS, "--reason", reason).output == "Erased.\n"
    with stored() as session:
        left = everything(session)
        assert not [trace for trace in TRACES if trace in left]
        assert [sum(int(n) for n in ledger.counts(session, one).values()) for one in mailings] == [1, 1]
        assert ledger.counts(session, mailings[1])[DeliveryState.CANCELLED] == 1
        assert session.get(Letter, notice) is None
        kept = session.get(Suppression, address_hmac(ADDRESS, SUPPRESSION_KEY))
        assert kept is not None
        assert (kept.reason, kept.scope) == ("erased", Suppressed.ALL_MAIL)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "subscriber.erase")).one()
        assert entry.detail == {"reason": "Belde zelf, … …, vanaf …"}


def test_the_scheduler_rewrites_the_files_once_for_all_who_were_erased(
    runs: Runs, stored: Stored, app: Flask
) -> None:
    runs("erase", ADDRESS, "--reason", "Belde zelf")
    with app.app_context():
        scrub_erased.run()
    with stored() as session:
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == SCRUBBED)).all()) == 1


def test_a_bounce_that_comes_after_erasing_brings_nobody_back(runs: Runs, stored: Stored, app: Flask) -> None:
    wired: Services = app.extensions["newsletter"]
    with stored() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.state == DeliveryState.SENT)).one()
        message = message_about("postfix_unknown", delivery)
    runs("erase", ADDRESS, "--reason", "Belde zelf")
    with stored() as session:
        take_in(session, wired, read(message), NOW)
    with stored() as session:
        assert session.scalars(select(Bounce)).all() == []


def test_erasing_needs_a_reason_and_works_for_who_is_unknown(runs: Runs, stored: Stored) -> None:
    assert "Missing option '--reason'" in runs("erase", ADDRESS).output
    assert runs("erase", ADDRESS, "--reason", "  ").exit_code != 0
    said = runs("erase", "niemand@gemeente.example", "--reason", "Vroeg erom").output
    assert said == "Nothing was held about this address; it is not mailed from now on.\n"
    with stored() as session:
        assert person_of(session).name == NAME
        assert is_suppressed(session, address_hmac("niemand@gemeente.example", SUPPRESSION_KEY))


def test_suppressing_ends_the_subscription_and_stops_what_is_on_its_way(runs: Runs, stored: Stored) -> None:
    assert (
        runs("suppress", ADDRESS, "--reason", "Per brief").output == "This address is not mailed any more.\n"
    )
    with stored() as session:
        person = person_of(session)
        assert person.status == "left"
        assert is_suppressed(session, person.address_hmac)
        of_mailings = select(Delivery.state).where(Delivery.mailing_id.is_not(None)).order_by(Delivery.id)
        assert session.scalars(of_mailings).all() == ["sent", "cancelled"]
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.subject_id, entry.detail) == (
            "subscriber.suppress",
            person.id,
            {"reason": "Per brief"},
        )


def test_an_address_nobody_has_signed_up_can_be_suppressed_too(runs: Runs, stored: Stored) -> None:
    runs("suppress", "niemand@gemeente.example", "--reason", "Per brief")
    with stored() as session:
        assert is_suppressed(session, address_hmac("niemand@gemeente.example", SUPPRESSION_KEY))


def steps_of(session: Session, address: str) -> list[str]:
    mine = Consent.address_hmac == address_hmac(address, SUPPRESSION_KEY)
    return list(session.scalars(select(Consent.step).where(mine).order_by(Consent.id)))


def test_each_act_is_a_step_in_the_ledger_of_consent_also_for_who_is_no_reader(
    runs: Runs, stored: Stored
) -> None:
    for address in (ADDRESS, "niemand@gemeente.example"):
        for act in ("suppress", "allow", "erase"):
            runs(act, address, "--reason", "Vroeg erom")
    with stored() as session:
        assert steps_of(session, ADDRESS) == ["confirmed", "left", "allowed", "erased"]
        assert steps_of(session, "niemand@gemeente.example") == ["left", "allowed", "erased"]


def test_allowing_lets_who_said_never_sign_up_again_but_mails_nobody_by_itself(
    runs: Runs, stored: Stored, app: Flask, clock: Clock
) -> None:
    runs("suppress", ADDRESS, "--reason", "Per brief")
    said = runs("allow", ADDRESS, "--reason", "Bedacht zich").output
    assert said == "This address may sign up again.\n"
    with stored() as session:
        person = person_of(session)
        assert person.status == "left"
        assert not is_suppressed(session, person.address_hmac)
        choices = Choices("", "nl", frozenset(), frozenset())
        sign_up(session, app.extensions["newsletter"], Address(ADDRESS), choices, "nl", clock.move(days=1))
        assert session.get(Renewal, person.id) is not None


def test_allowing_makes_a_reader_again_of_who_only_mail_that_came_back_had_ended(
    runs: Runs, stored: Stored, clock: Clock
) -> None:
    with stored() as session:
        bounce_out(session, person_of(session), NOW)
    said = runs("allow", ADDRESS, "--reason", "Adres klopt wel").output
    assert said == "This address may be mailed again, and gets the next edition.\n"
    with stored() as session:
        assert person_of(session).status == "active"
        assert session.scalars(select(AuditEntry.detail)).one()["was"] == "bounced"


def test_allowing_makes_no_reader_of_who_had_left_before_mail_came_back(
    runs: Runs, stored: Stored, clock: Clock
) -> None:
    with stored() as session:
        leave(session, person_of(session), NOW)
        bounce_out(session, person_of(session), clock.move(days=1))
    assert runs("allow", ADDRESS, "--reason", "Adres klopt wel").output == "This address may sign up again.\n"
    with stored() as session:
        assert person_of(session).status == "left"


def test_allowing_changes_nothing_where_nothing_was_suppressed(runs: Runs, stored: Stored) -> None:
    said = runs("allow", ADDRESS, "--reason", "Vroeg erom").output
    assert said == "This address was not suppressed; nothing was changed.\n"
    with stored() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_who_bounced_out_and_was_erased_is_not_mailed_when_signed_up_again(
    runs: Runs, stored: Stored, app: Flask
) -> None:
    wired: Services = app.extensions["newsletter"]
    with stored() as session:
        bounce_out(session, person_of(session), NOW)
    assert runs("erase", ADDRESS, "--reason", "belde zelf").output.startswith("Erased.")
    with stored() as session:
        (kept,) = session.scalars(select(Suppression))
        assert kept.reason == "erased"
        sign_up(session, wired, Address(ADDRESS), Choices("", "nl", frozenset(), frozenset()), "nl", NOW)
        assert session.scalars(select(Subscriber)).all() == []


def test_a_wish_to_be_left_alone_counts_also_where_mail_had_come_back(stored: Stored, app: Flask) -> None:
    wired: Services = app.extensions["newsletter"]
    with stored() as session:
        person = person_of(session)
        bounce_out(session, person, NOW)
        never(session, person, NOW)
        never(session, person, NOW)
        bounce_out(session, person, NOW)
        steps = session.scalars(select(Consent.step).order_by(Consent.id)).all()
        assert steps == ["confirmed", "bounced", "left"]
        sign_up(session, wired, Address(ADDRESS), Choices("", "nl", frozenset(), frozenset()), "nl", NOW)
        assert is_suppressed(session, person.address_hmac)


def test_showing_an_address_that_is_no_readers_has_the_steps_that_were_taken_for_it(runs: Runs) -> None:
    for address in ("niemand@gemeente.example", "ander@gemeente.example"):
        runs("suppress", address, "--reason", "belde zelf")
    held = json.loads(runs("show", "niemand@gemeente.example", "--json").output)
    assert [row["step"] for row in held["consent"]] == ["left"]
