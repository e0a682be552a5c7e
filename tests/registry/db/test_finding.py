import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.bounces.rules import Verdict
from newsletter_service.registry.service import Wanted, find
from newsletter_service.subscriptions.addresses import stored_domain
from newsletter_service.subscriptions.rules import SEARCH_LENGTH, Status, clean_name
from newsletter_service.subscriptions.service import bounce_out
from newsletter_service.subscriptions.verification.rules import ClaimState
from tests.bounces.db.conftest import make_bounce, make_delivery
from tests.conftest import NOW
from tests.factories import make_newsletter, make_segment, make_subscriber, make_suppression, make_topic


@pytest.fixture(autouse=True)
def reader(session: Session) -> None:
    """In place of the one reader who has everything: some who differ."""
    make_newsletter(session)
    police, harbour = make_segment(session, "politie"), make_topic(session, "haven")
    karin = make_subscriber(
        session, "k.smit@ridderkerk.example", now=NOW, name="Karin Smit", segments=(police,)
    )
    karin.organisation = "Politie Ålst"
    make_subscriber(session, "w.goudsmit@schiedam.example", now=NOW, name="Wim Goudsmit", topics=(harbour,))
    make_subscriber(session, "r.celik@schiedam.example", now=NOW, name="Renée Çelik", language="en")
    make_subscriber(session, "h@xn--brlle-lva.example", now=NOW, status="pending")
    bounced = make_subscriber(session, "weg@brielle.example", now=NOW, name="Weg")
    bounce_out(session, bounced, NOW)
    never = make_subscriber(session, "nooit@brielle.example", now=NOW, name="Nooit", status="left")
    make_suppression(session, never.address, now=NOW, subscriber=never)


def found(session: Session, after: str = "", limit: int = 50, **wanted: object) -> list[str]:
    rows = find(session, Wanted(**wanted), after, limit)  # type: ignore[arg-type]  # as the test says
    return [row.address.partition("@")[0] for row in rows]


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("smi", ["k.smit", "w.goudsmit"]),
        ("GOUD smit", ["w.goudsmit"]),
        ("celik", ["r.celik"]),
        ("renee ÇELIK", ["r.celik"]),
        ("@schiedam", ["r.celik", "w.goudsmit"]),
        ("politie alst", ["k.smit"]),
        ("smidje", []),
        ("100%", []),
        ("_", []),
    ],
)
def test_words_are_found_wherever_they_stand(session: Session, words: str, who: list[str]) -> None:
    assert found(session, words=words) == who


def test_readers_are_narrowed_by_segment_and_topic(session: Session) -> None:
    segment, topic = session.scalars(select(Segment)).one(), session.scalars(select(Topic)).one()
    assert found(session, segment_id=segment.id) == ["k.smit"]
    assert found(session, topic_id=topic.id) == ["w.goudsmit"]


def test_readers_are_narrowed_by_where_a_claim_stands(session: Session) -> None:
    fire = make_segment(session, "brandweer", domains=("schiedam.example",))
    make_subscriber(session, "b@schiedam.example", now=NOW, segments=(fire,))
    police = session.scalars(select(Segment).where(Segment.slug == "politie")).one()
    assert found(session, claim=ClaimState.VERIFIED) == ["b"]
    assert found(session, claim=ClaimState.WAITING) == ["k.smit"]
    assert found(session, claim=ClaimState.WAITING, segment_id=police.id) == ["k.smit"]
    assert found(session, claim=ClaimState.WAITING, segment_id=fire.id) == []


def test_readers_are_narrowed_by_what_came_back(session: Session) -> None:
    karin = find(session, Wanted(words="karin"), "", 1)[0]
    make_bounce(session, make_delivery(session, karin), Verdict.SOFT)
    assert found(session, came_back=Verdict.SOFT) == ["k.smit"]
    assert found(session, came_back=Verdict.HARD) == []


def test_readers_are_narrowed_by_state_language_and_domain(session: Session) -> None:
    assert found(session, status=Status.PENDING) == ["h"]
    assert found(session, bounced=True) == ["weg"]
    assert sorted(found(session, suppressed=True)) == ["nooit", "weg"]
    assert found(session, language="en") == ["r.celik"]
    assert found(session, domain="schiedam.example", words="smit") == ["w.goudsmit"]
    assert found(session, domain=stored_domain("@BRÜLLE.example")) == ["h"]


def test_pages_go_on_where_the_last_one_stopped(session: Session) -> None:
    pages, after = [], ""
    while rows := find(session, Wanted(), after, 2):
        pages.append([row.address for row in rows])
        after = rows[-1].search
    everybody = [row.address for row in find(session, Wanted(), "", 50)]
    assert [one for page in pages for one in page] == everybody
    assert [len(page) for page in pages] == [2, 2, 2]


def test_a_name_that_changes_is_found_by_the_new_one(session: Session) -> None:
    person = find(session, Wanted(words="karin"), "", 1)[0]
    person.name = "Karin de Boer"
    session.flush()
    assert found(session, words="boer") == ["k.smit"]
    assert found(session, words="karin smit") == ["k.smit"]


def test_a_name_that_grows_when_it_is_folded_leaves_the_address_whole(session: Session) -> None:
    person = make_subscriber(session, "lang@brielle.example", now=NOW, name=clean_name("\ufdfa" * 120))
    assert len(person.search) == SEARCH_LENGTH
    assert found(session, words="lang@brielle.example") == ["lang"]
