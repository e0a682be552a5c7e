"""Who may change what, and what happens when two people change the same."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import ItemState
from tests.editorial.web.conftest import LedgerClient
from tests.staff_browser import StaffBrowser, value_in, words

Stored = Callable[[], AbstractContextManager[Session]]
SignIn = Callable[[str], StaffBrowser]
NEWS = {"kind": "news", "title": "Andere titel", "lead": "Andere samenvatting.", "priority": "1"}


def saved(stored: Stored, item_id: int) -> Item:
    with stored() as session:
        item = session.get_one(Item, item_id)
        session.expunge(item)
        return item


def test_a_head_reads_but_does_not_change_queue_or_withdraw_an_item_of_the_others(
    client: FlaskClient, stored: Stored, desk: LedgerClient
) -> None:
    browser = StaffBrowser(client, desk.other_head)
    page = browser.get(f"/redactie/kopij/{desk.queued}")
    assert "Een wachtend bericht" in page.text
    assert 'name="title"' not in page.text
    card = browser.get(f"/redactie/kopij/{desk.queued}/kaart")
    assert "<strong>nadruk</strong>" in card.text
    assert "sandbox" in card.headers["Content-Security-Policy"]
    for path in ("", "/wachtrij", "/intrekken"):
        for item_id in (desk.queued, desk.draft):
            assert browser.post(f"/redactie/kopij/{item_id}{path}", **NEWS).status_code == 403
    queued, draft = saved(stored, desk.queued), saved(stored, desk.draft)
    assert (queued.title, queued.state) == ("Een wachtend bericht", "queued")
    assert (draft.title, draft.state) == ("Een klad", "draft")


def test_a_head_does_not_write_in_the_name_of_the_others(
    client: FlaskClient, stored: Stored, desk: LedgerClient
) -> None:
    browser = StaffBrowser(client, desk.other_head)
    assert browser.post("/redactie/kopij/nieuw", **NEWS, organisation=desk.north).status_code == 422
    browser.done("/redactie/kopij/nieuw", **NEWS)
    with stored() as session:
        organisations = session.scalars(select(Item.organisation_id).where(Item.title == NEWS["title"])).all()
    assert organisations == [desk.south]


def test_an_item_does_not_move_to_another_organisation_by_a_changed_form(
    client: FlaskClient, stored: Stored, desk: LedgerClient
) -> None:
    browser = StaffBrowser(client, desk.communicator)
    path = f"/redactie/kopij/{desk.draft}"
    browser.done(path, **NEWS, **browser.hidden(path, "began"), organisation=desk.south)
    assert saved(stored, desk.draft).organisation_id == desk.north


def test_a_communicator_changes_queues_and_withdraws_for_everybody(
    client: FlaskClient, stored: Stored, desk: LedgerClient
) -> None:
    browser = StaffBrowser(client, desk.communicator)
    path = f"/redactie/kopij/{desk.draft}"
    browser.done(path, **NEWS, **browser.hidden(path, "began"))
    browser.done(f"/redactie/kopij/{desk.draft}/wachtrij")
    browser.done(f"/redactie/kopij/{desk.queued}/intrekken")
    assert (saved(stored, desk.draft).title, saved(stored, desk.draft).state) == ("Andere titel", "queued")
    assert saved(stored, desk.queued).state == "withdrawn"
    browser.done("/redactie/kopij/nieuw", **NEWS | {"title": "Van het zuiden"}, organisation=desk.south)
    assert "Van het zuiden" in browser.text("/redactie/kopij/?staat=draft&van=zuid")
    assert "Van het zuiden" not in browser.text("/redactie/kopij/?staat=draft&van=noord")


def test_an_administrator_reads_and_writes_nothing(client: FlaskClient, desk: LedgerClient) -> None:
    browser = StaffBrowser(client, desk.administrator)
    assert "Nieuw bericht" not in browser.text("/redactie/kopij/")
    assert browser.get("/redactie/kopij/nieuw").status_code == 403
    assert browser.post("/redactie/kopij/nieuw", **NEWS).status_code == 403
    assert browser.post(f"/redactie/kopij/{desk.draft}", **NEWS).status_code == 403


def form_of(browser: StaffBrowser, path: str) -> dict[str, str]:
    """What the form shows when it is opened, with what it takes along unseen."""
    page = browser.get(path).text
    lead, body = (
        re.search(rf'name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL) for name in ("lead", "body")
    )
    assert lead is not None
    assert body is not None
    shown = {name: value_in(page, name) for name in ("title", "image_alt", "link_url", "began")}
    return NEWS | shown | {"lead": unescape(lead[1]), "body": unescape(body[1])}


def test_two_people_who_change_different_fields_both_have_it_their_way(
    head: StaffBrowser, another_browser: SignIn, stored: Stored, desk: LedgerClient
) -> None:
    path, colleague = f"/redactie/kopij/{desk.draft}", another_browser(desk.communicator)
    mine, theirs = form_of(head, path), form_of(colleague, path)
    changed = {"title": "Titel van Marieke", "priority": "2", "not_before": "2026-12-01"}
    colleague.done(path, **theirs | changed, joint="y", segments=[desk.police])
    said = head.done(path, **mine | {"body": "Een uur werk."})
    assert "net voor" not in said
    kept = saved(stored, desk.draft)
    assert (kept.title, kept.body, kept.priority, kept.joint) == (
        "Titel van Marieke",
        "Een uur werk.",
        2,
        True,
    )
    assert kept.not_before is not None
    with stored() as session:
        assert [one.id for one in session.get_one(Item, desk.draft).segments] == [desk.police]


def test_the_second_to_change_the_same_field_is_told_who_was_first_and_loses_nothing(
    head: StaffBrowser, another_browser: SignIn, stored: Stored, desk: LedgerClient
) -> None:
    path, colleague = f"/redactie/kopij/{desk.draft}", another_browser(desk.communicator)
    mine, theirs = form_of(head, path), form_of(colleague, path)
    colleague.done(path, **theirs | {"title": "Titel van Marieke", "priority": "2"}, joint="y")
    beside = another_browser(desk.communicator_too)
    beside.done(path, **form_of(beside, path) | {"lead": "Van Nadia.", "priority": "2"}, joint="y")

    mine |= {"title": "Titel van mij", "body": "Een uur werk."}
    second = head.post(path, **mine)
    assert second.status_code == 409
    said = words(second.text)
    assert "Iemand was u net voor Marieke Midden veranderde intussen" in said
    assert "Nadia Noord veranderde" not in said
    assert "Titel Titel van Marieke" in said
    assert re.findall(r"<dt>([^<]*)</dt>", second.text) == ["Titel"]
    assert value_in(second.text, "title") == "Titel van mij"
    assert "Een uur werk." in second.text
    assert "Van Nadia." in second.text
    assert saved(stored, desk.draft).title == "Titel van Marieke"

    again = mine | {"began": value_in(second.text, "began"), "lead": "Van Nadia.", "priority": "2"}
    head.done(path, **again, joint="y")
    kept = saved(stored, desk.draft)
    assert (kept.title, kept.lead, kept.body) == ("Titel van mij", "Van Nadia.", "Een uur werk.")
    assert (kept.priority, kept.joint) == (2, True)


def test_a_moment_is_one_thing_although_it_has_three_fields(
    head: StaffBrowser, another_browser: SignIn, stored: Stored, desk: LedgerClient
) -> None:
    path, colleague = f"/redactie/kopij/{desk.draft}", another_browser(desk.communicator)
    event = {"kind": "event", "day": "2026-12-10", "start_time": "13:30"}
    head.done(path, **form_of(head, path) | event)
    opened = form_of(head, path) | event
    colleague.done(path, **opened | {"day": "2026-12-11"})
    second = head.post(path, **opened | {"start_time": "15:00"})
    assert second.status_code == 409
    assert "Dag 11 december 2026, 13.30" in words(second.text)


def test_whoever_saves_twice_from_one_page_is_not_told_of_somebody_else(
    head: StaffBrowser, stored: Stored, desk: LedgerClient
) -> None:
    path = f"/redactie/kopij/{desk.draft}"
    opened = form_of(head, path)
    head.done(path, **opened | {"title": "Eerst zo"})
    assert "net voor" not in head.done(path, **opened | {"title": "Toch liever zo"})
    assert saved(stored, desk.draft).title == "Toch liever zo"


def test_a_picture_of_the_first_stays_when_the_second_changes_the_text(
    head: StaffBrowser,
    another_browser: SignIn,
    stored: Stored,
    desk: LedgerClient,
    photo: Callable[[], object],
) -> None:
    path, colleague = f"/redactie/kopij/{desk.draft}", another_browser(desk.communicator)
    mine = form_of(head, path)
    colleague.done(path, **form_of(colleague, path) | {"image_alt": "Een blauw vlak"}, image=photo())
    head.done(path, **mine | {"title": "Andere titel"})
    kept = saved(stored, desk.draft)
    assert (kept.title, kept.image_alt) == ("Andere titel", "Een blauw vlak")
    assert kept.image_id is not None


def test_two_pictures_for_one_item_are_a_matter_for_people(
    head: StaffBrowser, another_browser: SignIn, desk: LedgerClient, photo: Callable[..., object]
) -> None:
    path, colleague = f"/redactie/kopij/{desk.draft}", another_browser(desk.communicator)
    mine = form_of(head, path)
    colleague.done(path, **form_of(colleague, path) | {"image_alt": "Blauw"}, image=photo())
    second = head.post(path, **mine | {"image_alt": "Rood"}, image=photo("red"))
    assert second.status_code == 409
    assert "Bestand een andere afbeelding" in words(second.text)


@pytest.mark.parametrize("began", ["", "x", "title=", "title=0 lead=0", None])
def test_a_form_that_does_not_say_what_it_began_from_overwrites_nothing(
    head: StaffBrowser, stored: Stored, desk: LedgerClient, began: str | None
) -> None:
    fields = NEWS if began is None else NEWS | {"began": began}
    assert head.post(f"/redactie/kopij/{desk.draft}", **fields).status_code == 409
    assert saved(stored, desk.draft).title == "Een klad"


def test_a_text_is_saved_although_the_item_was_withdrawn_meanwhile_and_it_stays_withdrawn(
    head: StaffBrowser, another_browser: SignIn, stored: Stored, desk: LedgerClient
) -> None:
    path = f"/redactie/kopij/{desk.queued}"
    mine = form_of(head, path)
    another_browser(desk.communicator).done(f"{path}/intrekken")
    said = head.done(path, **mine | {"title": "Beter"}, bewaar="1")
    assert "bewaard. Het staat bij “Ingetrokken”" in said
    assert (saved(stored, desk.queued).title, saved(stored, desk.queued).state) == ("Beter", "withdrawn")


def test_an_item_that_went_out_meanwhile_stays_and_what_was_typed_can_become_a_new_one(
    head: StaffBrowser, stored: Stored, desk: LedgerClient
) -> None:
    path = f"/redactie/kopij/{desk.queued}"
    with stored() as session:
        session.get_one(Item, desk.queued).state = ItemState.SENT
    answer = head.post(path, **NEWS)
    assert answer.status_code == 409
    assert "Dit bericht is net verstuurd" in words(answer.text)
    assert 'value="Andere titel"' in answer.text
    assert 'action="/redactie/kopij/nieuw"' in answer.text
    for move in ("/wachtrij", "/intrekken"):
        assert head.post(f"{path}{move}").status_code == 409
    assert saved(stored, desk.queued).title == "Een wachtend bericht"
    assert "kan niet meer veranderen" in head.text(path)


@pytest.mark.parametrize(
    "query", ["staat=onzin", "van=onzin", f"van={2**70}", "staat=sent&van=noord", "staat=%00"]
)
def test_the_queue_can_be_asked_anything(head: StaffBrowser, query: str) -> None:
    assert head.get(f"/redactie/kopij/?{query}").status_code == 200


@pytest.mark.parametrize("number", [9999, 2**31, 2**70])
def test_an_item_that_does_not_exist_is_a_page(head: StaffBrowser, number: int) -> None:
    assert head.get(f"/redactie/kopij/{number}").status_code == 404
    assert head.post(f"/redactie/kopij/{number}/wachtrij").status_code == 404
