"""The audit trail as people read it: narrowed, a page at a time, and as a file."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.rules import address_hmac
from newsletter_service.editions.models import Correction
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record, record_about_reader
from newsletter_service.staff.trail.service import verify
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.on_behalf.service import erase_address
from tests.conftest import NOW
from tests.factories import SUPPRESSION_KEY, make_newsletter, make_organisation, make_segment, make_subscriber
from tests.staff_browser import StaffBrowser, make_staff

PAGE = "/redactie/logboek"
Stored = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def desk(stored: Stored, client: FlaskClient) -> StaffBrowser:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        make_segment(session)
        make_subscriber(session, "anna@gemeente.example", now=NOW)
        user = make_staff(session, Role.ADMINISTRATOR, name="Beer Beheer")
        other = make_staff(session, Role.HEAD, organisation="noord", name="Noor Noord")
        fill(session, user, other)
    return StaffBrowser(client, "beer.beheer@redactie.example")


def fill(session: Session, user: User, other: User) -> None:
    record(session, user, "item.queued", "item", 7, NOW - timedelta(days=9), title="=1+1")
    record(session, other, "item.withdrawn", "item", 8, NOW - timedelta(days=8), title="Buurtapp")
    record(session, None, "edition.finish", "edition", 3, NOW)
    record(session, other, "segment.domain_listed", "segment", 1, NOW, domain="politie.example")
    record(session, other, "something.unheard_of", "something", 1, NOW)


def test_each_entry_is_a_sentence_and_no_key(desk: StaffBrowser) -> None:
    page = desk.text(PAGE)
    for said in (
        "Beer Beheer zette “=1+1” in de kopij.",
        "Noor Noord haalde “Buurtapp” uit de kopij.",
        "De nieuwsbrief zelf was klaar met versturen van editie …",
        "Noor Noord zette politie.example op de lijst van Politie.",
        "Noor Noord veranderde iets aan de instellingen.",
        "Beer Beheer logde in.",
    ):
        assert said in page, said
    assert "item.queued" not in page
    assert "unheard_of" not in page


def test_a_list_that_asks_and_groups_that_were_not_followed_have_words_of_their_own(
    desk: StaffBrowser, stored: Stored
) -> None:
    with stored() as session:
        beer = session.scalars(select(User).where(User.name == "Beer Beheer")).one()
        record(session, beer, "subscribers.import", "subscriber", 0, NOW, asked=1200, known_from="een dag")
        record(session, None, "account.groups_not_followed", "account", beer.id, NOW)
    page = desk.text(PAGE)
    for said in (
        "Beer Beheer las een lijst in: 1.200 mensen krijgen per e-mail de vraag of zij lezer willen worden.",
        "Beer Beheer bleef beheerder, want er is geen andere",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    ("asked", "said", "unsaid"),
    [
        ("wie=2", "Buurtapp", "=1+1"),
        ("wie=dienst", "was klaar met versturen", "Buurtapp"),
        ("soort=berichten", "Buurtapp", "politie.example"),
        ("soort=functies", "politie.example", "Buurtapp"),
        ("bericht=8", "Buurtapp", "=1+1"),
        ("van=2026-11-15&tot=2026-11-15", "Buurtapp", "=1+1"),
        ("tot=2026-11-14", "=1+1", "Buurtapp"),
        ("van=onzin&wie=iets&soort=niets", "Buurtapp", "er staat niets"),
    ],
)
def test_it_is_narrowed_by_person_subject_item_and_period(
    desk: StaffBrowser, asked: str, said: str, unsaid: str
) -> None:
    page = desk.text(f"{PAGE}?{asked}").partition("Toon")[2]
    assert said in page
    assert unsaid not in page


def test_a_reader_is_found_by_number_and_by_address_also_once_erased(
    desk: StaffBrowser, stored: Stored
) -> None:
    with stored() as session:
        user = session.get_one(User, 1)
        erase_address(session, Address("anna@gemeente.example"), SUPPRESSION_KEY, "per brief", user, NOW)
    for asked in ("1", "anna@gemeente.example", "Anna@Gemeente.example"):
        page = desk.text(f"{PAGE}?lezer={asked}")
        assert "Beer Beheer wiste alles over lezer 1. Reden: per brief" in page
        assert "Buurtapp" not in page
    assert "Hierover staat niets" in desk.text(f"{PAGE}?lezer=bob@gemeente.example")
    assert "Hierover staat niets" in desk.text(f"{PAGE}?lezer=geen+adres")
    with stored() as session:
        assert verify(session).fault is None


def test_all_about_an_edition_has_its_corrections_too(desk: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        record(session, None, "correction.discard", "correction", 5, NOW, edition=4)
        assert session.scalars(select(Correction)).all() == []
    assert "gooide de correctie bij editie 4 weg" in desk.text(PAGE)


def test_it_comes_fifty_at_a_time(desk: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        for number in range(60):
            record(session, None, "item.saved", "item", number, NOW, title=f"Nummer {number}.")
    first = desk.get(f"{PAGE}?soort=berichten").text
    assert first.count("bewaarde") == 50
    following = first.partition('href="/redactie/logboek?')[2].partition('"')[0].replace("&amp;", "&")
    second = desk.get(f"{PAGE}?{following}").text
    assert "soort=berichten" in following
    assert second.count("bewaarde") == 10
    assert "Buurtapp" in second


def test_the_file_has_all_of_them_runs_no_formula_and_is_an_entry_itself(
    desk: StaffBrowser, stored: Stored
) -> None:
    with stored() as session:
        for number in range(1200):
            record_about_reader(session, None, "subscriber.pause", number, address_hmac("x", "y"), NOW)
        record(
            session,
            session.get_one(User, 1),
            "subscriber.pause",
            "subscriber",
            1,
            NOW,
            reason="=cmd|' /C'!A0",
        )
    answer = desk.post(f"{PAGE}/bestand?soort=lezers")
    lines = answer.get_data(as_text=True).splitlines()
    assert answer.mimetype == "text/csv"
    assert len(lines) == 1 + 1201
    assert ";\"'=cmd|' /C'!A0\"" in lines[1] or ";'=cmd|' /C'!A0" in lines[1]
    with stored() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.action, last.actor_id) == ("audit.export", 1)


@pytest.mark.parametrize(("role", "status"), [(Role.HEAD, 200), (Role.COMMUNICATOR, 403)])
def test_heads_may_see_it_and_communicators_may_not(
    stored: Stored, client: FlaskClient, role: Role, status: int
) -> None:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        make_staff(session, role, organisation="noord", name="Iemand Anders")
    desk = StaffBrowser(client, "iemand.anders@redactie.example")
    assert desk.get(PAGE).status_code == status
    assert desk.post(f"{PAGE}/bestand").status_code == status
