"""Lists that prove no consent: each of their people is asked once, by one mail, as the budgets allow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.budgets.rules import FormLimits
from newsletter_service.delivery.models import Delivery
from newsletter_service.services import Services
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import COMMAND
from newsletter_service.subscriptions.importing.rows import Bringing, waiting_rows
from newsletter_service.subscriptions.importing.rules import Answers, Fate, Proof
from newsletter_service.subscriptions.importing.service import Imported, foresee, import_subscribers, read
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf.service import erase_address
from newsletter_service.subscriptions.requesting.models import ConsentRequest
from newsletter_service.subscriptions.requesting.service import ask, due, forget_stale
from newsletter_service.subscriptions.requests.rules import FormKind, FormSent
from newsletter_service.subscriptions.requests.service import take_in
from newsletter_service.subscriptions.rules import Choices
from tests.conftest import NOW
from tests.factories import make_segment, make_subscriber, make_suppression, make_topic

DAY = timedelta(days=1)
KNOWN_FROM = "de netwerkdag van 3 juni"
Written = Callable[[], list[str]]


def bring(session: Session, mail_context: Services, *addresses: str, header: str = "address") -> Imported:
    """Bring a list that asks; what would happen is what happens."""
    answers = Answers(Proof(KNOWN_FROM), asks=True)
    bringing = Bringing(answers, mail_context.suppression_key, NOW, COMMAND, "dag.csv", limits=FormLimits())
    text = "\n".join([header, *addresses])
    with waiting_rows() as rows:
        sheet = read(session, lambda: StringIO(text, newline=""), bringing, rows)
        foreseen = foresee(session, sheet, rows, bringing)
        done = import_subscribers(session, sheet, rows, bringing)
    assert (foreseen.lines, foreseen.asked_until) == (done.lines, done.asked_until)
    session.commit()
    return done


def ask_all(session: Session, mail_context: Services, now: datetime = NOW) -> int:
    """The number of those who are asked by a run of the job."""
    asked = sum(ask(session, mail_context, one, now) for one in due(session, now))
    session.commit()
    return asked


def test_somebody_on_a_list_is_asked_and_becomes_a_reader_by_their_own_press(
    session: Session, mail_context: Services, written: Written
) -> None:
    segment, topic = make_segment(session, "politie"), make_topic(session, "jeugd")
    done = bring(
        session,
        mail_context,
        "anna@gemeente.example,Anna Vos,en,politie,jeugd",
        header="address,name,language,segments,topics",
    )
    assert done.number(Fate.ASKED) == 1
    assert session.scalars(select(Subscriber)).all() == []
    assert ask_all(session, mail_context) == 1
    assert ask_all(session, mail_context) == 0
    anna = session.scalars(select(Subscriber)).one()
    assert (anna.status, anna.name, anna.language, anna.confirmed_at) == ("pending", "Anna Vos", "en", None)
    assert [one.segment_id for one in anna.memberships] == [segment.id]
    assert [one.id for one in anna.topics] == [topic.id]
    assert written() == ["Would you like to receive Veilig Verbonden?"]
    assert service.confirm(session, mail_context, anna, "en", NOW + DAY)
    steps = session.scalars(select(Consent).order_by(Consent.id)).all()
    assert [(one.step, one.actor, one.source, one.note) for one in steps] == [
        ("requested", "command", "dag.csv", KNOWN_FROM),
        ("confirmed", "reader", "/bevestigen", ""),
    ]


def test_nobody_is_asked_who_is_known_or_left_or_wants_no_mail_or_waits_already(
    session: Session, mail_context: Services, written: Written
) -> None:
    for name, status in (("leest", "active"), ("wacht", "pending"), ("weg", "left")):
        make_subscriber(session, f"{name}@b.example", now=NOW, status=status)
    make_suppression(session, "nooit@b.example", now=NOW, reason="asked")
    bring(session, mail_context, "eerder@b.example")
    lines = ("leest,", "wacht,", "weg,", "nooit,", "eerder,", "daarweg,left", "nieuw,")
    done = bring(
        session,
        mail_context,
        *(line.replace(",", "@b.example,") for line in lines),
        header="address,status",
    )
    assert {fate: [*numbers] for fate, numbers in done.lines.items() if numbers} == {
        Fate.KNOWN: [2, 3, 4, 6],
        Fate.SUPPRESSED: [5],
        Fate.LEFT_THERE: [7],
        Fate.ASKED: [8],
    }
    assert {one.address for one in session.scalars(select(ConsentRequest))} == {
        "eerder@b.example",
        "nieuw@b.example",
    }


def test_who_becomes_known_between_the_list_and_the_mail_is_not_asked(
    session: Session, mail_context: Services, written: Written
) -> None:
    bring(session, mail_context, "leest@b.example", "nooit@b.example")
    make_subscriber(session, "leest@b.example", now=NOW)
    make_suppression(session, "nooit@b.example", now=NOW, reason="asked")
    assert ask_all(session, mail_context, NOW + DAY) == 0
    assert session.scalars(select(ConsentRequest)).all() == []
    assert written() == []


def test_who_does_not_answer_is_forgotten_and_never_asked_again(
    session: Session, mail_context: Services, written: Written
) -> None:
    bring(session, mail_context, "anna@b.example")
    ask_all(session, mail_context)
    service.purge_stale(session, NOW + 8 * DAY)
    assert session.scalars(select(Subscriber)).all() == []
    assert session.scalars(select(Consent)).all() == []
    assert bring(session, mail_context, "anna@b.example").number(Fate.LEFT_BEFORE) == 1
    assert ask_all(session, mail_context, NOW + 9 * DAY) == 0


def test_a_long_list_goes_out_as_the_budget_of_a_domain_grows_and_leaves_room_for_people(
    session: Session, mail_context: Services
) -> None:
    done = bring(session, mail_context, *(f"lezer{n}@groot.example" for n in range(40)))
    assert done.asked_until is not None
    asked, now = 0, NOW
    while session.scalar(select(func.count()).select_from(ConsentRequest)):
        assert now <= done.asked_until + timedelta(hours=1)
        new = ask_all(session, mail_context, now)
        assert new <= 4
        asked += new
        sent = FormSent(
            FormKind.SIGN_UP, Address(f"mens{asked}@groot.example"), "nl", Choices("", "nl", NONE, NONE)
        )
        if asked % 10 == 0:
            assert take_in(session, mail_context, sent, "192.0.2.1", "", now) is None
        now += timedelta(minutes=6)
    assert asked == 40
    assert session.scalar(select(func.count()).select_from(Delivery)) == 40


NONE: frozenset[int] = frozenset()


def test_who_waits_to_be_asked_is_erased_like_anybody(session: Session, mail_context: Services) -> None:
    bring(session, mail_context, "anna@b.example")
    erase_address(session, Address("anna@b.example"), mail_context.suppression_key, "belde", None, NOW)
    assert session.scalars(select(ConsentRequest)).all() == []


def test_who_could_not_be_asked_within_a_month_is_forgotten(session: Session, mail_context: Services) -> None:
    bring(session, mail_context, "anna@b.example")
    forget_stale(session, NOW + 31 * DAY)
    assert session.scalars(select(ConsentRequest)).all() == []
