"""The page of two items that look alike, and the quiet line while an item is written."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions.models import Calendar
from newsletter_service.editorial.models import Conversation, Item
from newsletter_service.publisher.models import Organisation
from tests.conftest import NOW
from tests.editorial.web.conftest import LedgerClient
from tests.factories import make_item
from tests.staff_browser import StaffBrowser, words

Stored = Callable[[], AbstractContextManager[Session]]
SignIn = Callable[[str], StaffBrowser]
TITLE = "Leerhuis ondermijning buitengebied"


@pytest.fixture
def theirs(stored: Stored, desk: LedgerClient) -> int:
    """An item of the south that waits."""
    with stored() as session:
        session.add(Calendar(first_day=date(2026, 11, 26), send_time=time(9), closing_time=time(12)))
        return make_item(session, session.get_one(Organisation, desk.south), now=NOW, title=TITLE).id


@pytest.fixture
def path(stored: Stored, desk: LedgerClient, theirs: int) -> str:
    """Where that item stands beside one of the north."""
    with stored() as session:
        mine = make_item(
            session, session.get_one(Organisation, desk.north), now=NOW, title=f"{TITLE} Brielle"
        )
        return f"/redactie/kopij/{theirs}/naast/{mine.id}"


def test_whoever_queues_an_item_comes_to_stand_before_what_looks_like_it(
    head: StaffBrowser, desk: LedgerClient, theirs: int
) -> None:
    form = {"organisation": desk.north, "kind": "news", "title": TITLE, "lead": "Kom ook.", "priority": "1"}
    said = head.done("/redactie/kopij/nieuw", **form, wachtrij="1")
    assert "Eén bericht of twee?" in said
    assert "Het bericht staat in de wachtrij." in said
    assert "beide gaan over" in said


def test_two_heads_join_agree_and_undo(
    head: StaffBrowser, another_browser: SignIn, desk: LedgerClient, path: str
) -> None:
    assert "gemarkeerd" in head.text(path)
    said = head.done(f"{path}/samen", title="second")
    assert "Hanneke Noord wil er één bericht van maken" in said
    assert "Akkoord" not in said.partition("Hoe het nu staat")[2].partition("Waarom we dit denken")[0]
    page = head.get("/redactie/kopij/").text
    assert page.count("/intrekken") == 2, (
        "the joint item is not withdrawn by one: that would take both news away"
    )
    assert "Bekijk de twee berichten" in page
    other = another_browser(desk.other_head)
    assert "Wacht op akkoord" in other.text("/redactie/kopij/")
    seen = other.hidden(path, "gezien")
    assert "opgegaan in dit ene" in other.done(f"{path}/akkoord", **seen)
    assert f"{TITLE} Brielle" in other.text("/redactie/kopij/")
    assert "weer zoals eerst" in head.done(f"{path}/terug")


def test_who_agrees_to_what_was_changed_meanwhile_is_told(
    head: StaffBrowser, another_browser: SignIn, desk: LedgerClient, path: str
) -> None:
    head.done(f"{path}/samen")
    other = another_browser(desk.other_head)
    assert other.post(f"{path}/akkoord", gezien="0").status_code == 409


def test_apart_takes_a_reason_and_a_question_takes_words(
    head: StaffBrowser, path: str, stored: Stored
) -> None:
    assert "waarom ze apart blijven" in head.done(f"{path}/apart")
    assert "Schrijf eerst uw vraag" in head.done(f"{path}/vraag", vraag="  ")
    assert "Welke dag?" in head.done(f"{path}/vraag", vraag="Welke dag?")
    said = head.done(f"{path}/apart", reden="nieuws", woorden="Ander jaar.")
    assert "Het nieuws is anders. Ander jaar." in said
    assert "Hanneke Noord wil ze apart houden" in said
    head.done(f"{path}/later")
    with stored() as session:
        assert session.scalars(select(Conversation)).one().wish == "later"


def test_what_has_no_lead_does_not_become_one_and_what_was_chosen_stands_there_again(
    head: StaffBrowser, path: str, stored: Stored
) -> None:
    with stored() as session:
        for item in session.scalars(select(Item)):
            item.lead = ""
    answer = head.post(f"{path}/samen", title="second")
    assert answer.status_code == 422
    assert "Vat het bericht samen" in words(answer.text)
    assert 'id="title-second" name="title" value="second" checked' in answer.text


def test_an_item_has_no_page_beside_itself_or_nothing(head: StaffBrowser, desk: LedgerClient) -> None:
    assert head.get(f"/redactie/kopij/{desk.queued}/naast/{desk.queued}").status_code == 400
    assert head.get(f"/redactie/kopij/{desk.queued}/naast/999").status_code == 404
    assert head.post(f"/redactie/kopij/{desk.queued}/naast/999/terug").status_code == 404


def test_while_an_item_is_written_one_quiet_line_says_what_is_there(head: StaffBrowser, theirs: int) -> None:
    typed = {"title": TITLE, "kind": "event", "day": "2027-01-21"}
    line = head.post("/redactie/kopij/lijkt-op?los=1", **typed)
    assert "<html" not in line.text
    assert f"Lijkt op {TITLE}" in words(line.text)
    assert "Lijkt op" in head.done("/redactie/kopij/lijkt-op", **typed)
    assert not words(head.post("/redactie/kopij/lijkt-op?los=1", title="Iets heel anders", day="x").text)


def test_whoever_may_not_write_asks_nothing(another_browser: SignIn, desk: LedgerClient) -> None:
    assert (
        another_browser(desk.administrator).post("/redactie/kopij/lijkt-op", title=TITLE).status_code == 403
    )


def test_who_belongs_to_neither_reads_only(another_browser: SignIn, desk: LedgerClient, path: str) -> None:
    outsider = another_browser(desk.administrator)
    assert "Maak één bericht" not in outsider.text(path)
    for step in ("samen", "later", "terug", "akkoord"):
        assert outsider.post(f"{path}/{step}").status_code == 403
