"""What strangers fill in: taken in alike for every address, within budgets, and answered afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from newsletter_service.budgets.models import BudgetUse
from newsletter_service.budgets.rules import FormLimits
from newsletter_service.db import db
from newsletter_service.delivery.models import Delivery
from newsletter_service.services import Services
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.rules import READER, Place
from newsletter_service.subscriptions.erasing.service import erase_subscriber
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.requests import patience
from newsletter_service.subscriptions.requests import service as requests
from newsletter_service.subscriptions.requests.models import FormRequest
from newsletter_service.subscriptions.requests.rules import PATIENCE, RIPE_FOR, FormKind, FormSent
from newsletter_service.subscriptions.rules import Choices
from scheduled_jobs import answer_forms
from tests.conftest import NOW, Clock
from tests.factories import make_segment, make_subscriber, make_suppression

CHOICES = Choices("Anna", "nl", frozenset(), frozenset())
ANNA = "anna@gemeente.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NETWORK = "192.0.2.0"


def asked(address: str = ANNA, kind: FormKind = FormKind.SIGN_UP) -> FormSent:
    return FormSent(kind, Address(address), "nl", CHOICES if kind is FormKind.SIGN_UP else None)


def sent(
    session: Session,
    parts: Services,
    address: str = ANNA,
    *,
    kind: FormKind = FormKind.SIGN_UP,
    network: str = NETWORK,
    proof: str = "",
    now: datetime = NOW,
) -> timedelta | None:
    """Fill in a form; how long it has to wait, if it has to."""
    waits = requests.take_in(session, parts, asked(address, kind), network, proof, now)
    session.commit()
    return waits


def mailed(session: Session) -> list[str]:
    """To whom notices were written, after the job that answers forms ran."""
    answer_forms.run()
    session.rollback()
    return list(session.scalars(select(Delivery.address).order_by(Delivery.id)))


@contextmanager
def statements() -> Iterator[list[str]]:
    """All that the database is told while the block runs."""
    said: list[str] = []

    def listen(*told: Any) -> None:
        said.append(told[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    yield said
    event.remove(db.engine, "before_cursor_execute", listen)


@pytest.fixture(autouse=True)
def _in_the_app(app: object, session: Session) -> None:
    """The job finds its parts in the app that the session belongs to."""


@pytest.mark.parametrize("kind", list(FormKind))
@pytest.mark.parametrize(
    "known", ["unknown", "pending", "active", "left", "never", "bounced", "three mails today"]
)
def test_a_form_takes_the_same_statements_for_every_address(
    session: Session, mail_context: Services, kind: FormKind, known: str
) -> None:
    """The statements for this address are those for an address that nobody knows."""
    if known in ("pending", "active", "left"):
        make_subscriber(session, ANNA, now=NOW, status=known)
    if known in ("never", "bounced"):
        make_suppression(session, ANNA, now=NOW, reason="bounced" if known == "bounced" else "asked")
    for _time in range(3 if known == "three mails today" else 0):
        sent(session, mail_context)
    session.commit()
    sent(session, mail_context, "eerste@elders.example")  # the first of all keeps the text that was shown
    told: dict[str, list[str]] = {}
    for address in (ANNA, "nemo@gemeente.example"):
        with statements() as told[address]:
            assert sent(session, mail_context, address, kind=kind) is None
    assert told[ANNA] == told["nemo@gemeente.example"]
    assert len(session.scalars(select(FormRequest.address)).all()) >= 2


def test_a_sign_up_is_answered_by_the_job_and_then_forgotten(
    session: Session, mail_context: Services
) -> None:
    assert sent(session, mail_context) is None
    assert session.scalars(select(Subscriber)).all() == []
    session.rollback()
    assert mailed(session) == [ANNA]
    anna = session.scalars(select(Subscriber)).one()
    assert (anna.name, anna.status, anna.asked_at) == ("Anna", "pending", NOW)
    assert session.scalars(select(FormRequest)).all() == []
    session.rollback()
    assert answer_forms.run() == ""


def test_a_link_is_mailed_to_a_reader_who_asks_and_to_nobody_else(
    session: Session, mail_context: Services
) -> None:
    make_subscriber(session, ANNA, now=NOW)
    for address in (ANNA, "nemo@gemeente.example"):
        sent(session, mail_context, address, kind=FormKind.LINK)
    assert mailed(session) == [ANNA]


def test_a_form_is_answered_once_however_many_answer(session: Session, mail_context: Services) -> None:
    sent(session, mail_context)
    (number,) = requests.waiting(session)
    assert requests.answer(session, mail_context, number)
    assert not requests.answer(session, mail_context, number)


def test_one_person_gets_three_mails_a_day_however_the_address_is_written(
    session: Session, mail_context: Services, clock: Clock
) -> None:
    for number in range(20):
        address = f"anna+{number}@gemeente.example"
        assert sent(session, mail_context, address, network=f"198.51.{number}.0") is None
    assert len(mailed(session)) == 3
    assert session.scalars(select(FormRequest)).all() == []


def test_who_aims_at_one_person_takes_nothing_from_others(session: Session, mail_context: Services) -> None:
    few = replace(mail_context, form_limits=FormLimits(domain_hourly=12, network_hourly=1000, hourly=12))
    for number in range(50):
        sent(session, few, f"slachtoffer+{number}@gemeente.example")
    assert sent(session, few, "ander@gemeente.example") is None
    assert "ander@gemeente.example" in mailed(session)


def test_a_domain_that_is_no_segments_own_gets_twenty_mails_an_hour(
    session: Session, mail_context: Services
) -> None:
    came = [
        minute
        for minute in range(150)
        for number in range(3)
        if sent(
            session,
            mail_context,
            f"n{minute}.{number}@sub{number}.elders.example",
            network=f"198.51.{minute % 256}.0",
            now=NOW + timedelta(minutes=minute),
        )
        is None
    ]
    for first in came:
        assert sum(first <= one < first + 60 for one in came) <= 20
    later = NOW + timedelta(minutes=150)
    assert sent(session, mail_context, "vrij@ergens.example", now=later) is None


def test_the_people_of_a_segment_are_not_counted_by_their_domain(
    session: Session, mail_context: Services
) -> None:
    make_segment(session, "politie", domains=("politie.example",))
    session.commit()
    waits = [
        sent(session, mail_context, f"agent{n}@politie.example", network=f"198.51.{n}.0") for n in range(40)
    ]
    assert set(waits) == {None}


def test_one_network_is_stopped_and_others_go_on(session: Session, mail_context: Services) -> None:
    waits = [sent(session, mail_context, f"n@d{number}.example") for number in range(40)]
    assert waits[:20] == [None] * 20
    assert all(waits[30:])
    assert sent(session, mail_context, network="198.51.100.0") is None


def test_all_together_are_stopped_and_who_waited_goes_first(session: Session, mail_context: Services) -> None:
    few = replace(mail_context, form_limits=FormLimits(hourly=12))
    proof = patience.begin(few.keys, asked(), NOW)
    later = NOW + PATIENCE
    taken = [
        sent(session, few, f"n@d{n}.example", network=f"198.51.{n}.0", now=later) is None for n in range(30)
    ]
    assert sum(taken) == 4
    assert sent(session, few, now=later)
    assert sent(session, few, proof=proof, now=later) is None


@pytest.mark.parametrize("spoiled", ["early", "late", "of another", "of another form", "made up", "nonsense"])
def test_only_a_ripe_proof_of_ones_own_counts(session: Session, mail_context: Services, spoiled: str) -> None:
    keys = mail_context.keys
    proof = patience.begin(keys, asked(), NOW)
    now = NOW + PATIENCE
    match spoiled:
        case "early":
            now -= timedelta(seconds=1)
        case "late":
            now += RIPE_FOR
        case "of another":
            proof = patience.begin(keys, asked("nemo@gemeente.example"), NOW)
        case "of another form":
            proof = patience.begin(keys, asked(kind=FormKind.LINK), NOW)
        case "made up":
            proof = f"{int(NOW.timestamp()) - 5000}.{proof.partition('.')[2]}"
        case "nonsense":
            proof = "²." + "x" * 10_000
    ripe = patience.ripens_at(keys, asked(), proof, now)
    assert ripe is None or ripe > now


def test_a_proof_outlives_a_change_of_keys(mail_context: Services) -> None:
    proof = patience.begin(mail_context.keys, asked(), NOW)
    newer = replace(
        mail_context.keys,
        current="another-secret-that-only-tests-know-01",
        former=(mail_context.keys.current,),
    )
    assert patience.ripens_at(newer, asked(), proof, NOW) == NOW + PATIENCE


def test_a_form_that_was_refused_uses_up_nothing(session: Session, mail_context: Services) -> None:
    few = replace(mail_context, form_limits=FormLimits(hourly=1))
    assert sent(session, few, "eerste@gemeente.example") is None
    before = dict(session.execute(select(BudgetUse.key, BudgetUse.used_until)).all())
    assert sent(session, few)
    after = dict(session.execute(select(BudgetUse.key, BudgetUse.used_until)).all())
    assert {key: until for key, until in after.items() if until > NOW} == before


def test_ten_thousand_sign_ups_against_one_person_and_one_domain_stay_within_the_limits(
    session: Session, mail_context: Services, database: str
) -> None:
    """Over ten hours, from as many networks as the attacker likes; honest people come in between.

    On PostgreSQL the first of them: the sums are the same, and it would take minutes.
    """
    honest, tries = 0, 5_000 if database.startswith("sqlite") else 400
    for number in range(tries):
        now, network = NOW + timedelta(seconds=7 * number), f"10.{number // 256}.{number % 256}.0"
        for address in (f"slachtoffer+{number}@gmail.example", f"n{number}@gmail.example"):
            requests.take_in(session, mail_context, asked(address), network, "", now)
        if number % 100 == 0:
            waits = requests.take_in(
                session, mail_context, asked(f"burger{number}@eerlijk.example"), "203.0.113.0", "", now
            )
            honest += waits is None
        if number % 500 == 0:
            session.commit()
    session.commit()
    rows = session.execute(select(FormRequest.address, FormRequest.at).where(FormRequest.within_budget)).all()
    person = [at for address, at in rows if address.startswith("slachtoffer")]
    domain = [at for address, at in rows if address.endswith("@gmail.example")]
    assert len(person) <= 3
    assert all(sum(first <= one < first + HOUR for one in domain) <= 20 for first in domain)
    assert honest == tries // 100


def test_who_is_erased_waits_for_no_answer(session: Session, mail_context: Services) -> None:
    anna = make_subscriber(session, ANNA, now=NOW)
    sent(session, mail_context)
    sent(session, mail_context, "nemo@gemeente.example")
    erase_subscriber(session, anna, READER, Place.PREFERENCES, NOW)
    assert list(session.scalars(select(FormRequest.address))) == ["nemo@gemeente.example"]


@pytest.mark.parametrize(("read", "status"), [("\0", 200), ("a\0b", 422)])
def test_a_form_that_names_what_was_read_with_nul_is_answered(
    client: FlaskClient, read: str, status: int
) -> None:
    form = {"address": ANNA, "language": "nl", "gelezen": read}
    assert client.post("/aanmelden", data=form).status_code == status
