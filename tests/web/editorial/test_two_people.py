"""Who may change what, and what happens when two people change the same."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editorial.models import Item, LikenessVerdict
from tests.conftest import NOW
from tests.factories import make_item, make_organisation
from tests.staff_browser import StaffBrowser, words
from tests.web.editorial.conftest import Desk

Stored = Callable[[], AbstractContextManager[Session]]
SignIn = Callable[[str], StaffBrowser]
NEWS = {"kind": "news", "title": "Andere titel", "lead": "Andere samenvatting.", "priority": "1"}


def saved(stored: Stored, item_id: int) -> Item:
    with stored() as session:
        item = session.get_one(Item, item_id)
        session.expunge(item)
        return item


def test_a_head_reads_but_does_not_change_queue_or_withdraw_an_item_of_the_others(
    client: FlaskClient, stored: Stored, desk: Desk
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
            assert browser.post(f"/redactie/kopij/{item_id}{path}", **NEWS, version=1).status_code == 403
    queued, draft = saved(stored, desk.queued), saved(stored, desk.draft)
    assert (queued.title, queued.state) == ("Een wachtend bericht", "queued")
    assert (draft.title, draft.state) == ("Een klad", "draft")


def test_a_head_does_not_write_in_the_name_of_the_others(
    client: FlaskClient, stored: Stored, desk: Desk
) -> None:
    browser = StaffBrowser(client, desk.other_head)
    assert browser.post("/redactie/kopij/nieuw", **NEWS, organisation=desk.north).status_code == 422
    browser.done("/redactie/kopij/nieuw", **NEWS)
    with stored() as session:
        organisations = session.scalars(select(Item.organisation_id).where(Item.title == NEWS["title"])).all()
    assert organisations == [desk.south]


def test_an_item_does_not_move_to_another_organisation_by_a_changed_form(
    client: FlaskClient, stored: Stored, desk: Desk
) -> None:
    browser = StaffBrowser(client, desk.communicator)
    browser.done(f"/redactie/kopij/{desk.draft}", **NEWS, organisation=desk.south, version=1)
    assert saved(stored, desk.draft).organisation_id == desk.north


def test_a_communicator_changes_queues_and_withdraws_for_everybody(
    client: FlaskClient, stored: Stored, desk: Desk
) -> None:
    browser = StaffBrowser(client, desk.communicator)
    browser.done(f"/redactie/kopij/{desk.draft}", **NEWS, version=1)
    browser.done(f"/redactie/kopij/{desk.draft}/wachtrij")
    browser.done(f"/redactie/kopij/{desk.queued}/intrekken")
    assert (saved(stored, desk.draft).title, saved(stored, desk.draft).state) == ("Andere titel", "queued")
    assert saved(stored, desk.queued).state == "withdrawn"
    browser.done("/redactie/kopij/nieuw", **NEWS | {"title": "Van het zuiden"}, organisation=desk.south)
    assert "Van het zuiden" in browser.text("/redactie/kopij/?staat=draft&van=zuid")
    assert "Van het zuiden" not in browser.text("/redactie/kopij/?staat=draft&van=noord")


def test_an_administrator_reads_and_writes_nothing(client: FlaskClient, desk: Desk) -> None:
    browser = StaffBrowser(client, desk.administrator)
    assert "Nieuw bericht" not in browser.text("/redactie/kopij/")
    assert browser.get("/redactie/kopij/nieuw").status_code == 403
    assert browser.post("/redactie/kopij/nieuw", **NEWS).status_code == 403
    assert browser.post(f"/redactie/kopij/{desk.draft}", **NEWS, version=1).status_code == 403


def test_the_second_of_two_people_is_told_who_saved_and_what_differs_and_loses_nothing(
    head: StaffBrowser, another_browser: SignIn, stored: Stored, desk: Desk
) -> None:
    path, colleague = f"/redactie/kopij/{desk.draft}", another_browser(desk.communicator)
    opened = {"version": saved(stored, desk.draft).version}
    colleague.done(path, **NEWS | {"title": "Titel van Marieke", "priority": "2"}, **opened, joint="y")

    mine = NEWS | {"title": "Titel van mij", "body": "Een uur werk."}
    second = head.post(path, **mine, **opened)
    assert second.status_code == 409
    said = words(second.text)
    assert "Iemand anders heeft dit bericht net bewaard" in said
    assert "Marieke Midden bewaarde" in said
    for difference in (
        "Titel Titel van Marieke",
        "Prioriteit Hoog",
        "namens alle organisaties ja",
        "Tekst Een korte tekst",
    ):
        assert difference in said
    assert "Samenvatting Andere samenvatting" not in said
    assert 'value="Titel van mij"' in second.text
    assert "Een uur werk." in second.text
    assert saved(stored, desk.draft).title == "Titel van Marieke"

    version = saved(stored, desk.draft).version
    assert f'name="version" type="hidden" value="{version}"' in second.text
    head.done(path, **mine, version=version)
    kept = saved(stored, desk.draft)
    assert (kept.title, kept.body, kept.priority, kept.joint) == ("Titel van mij", "Een uur werk.", 1, False)


def test_a_picture_of_the_first_stays_when_the_second_overwrites_the_text(
    head: StaffBrowser, another_browser: SignIn, stored: Stored, desk: Desk, photo: Callable[[], object]
) -> None:
    path, colleague = f"/redactie/kopij/{desk.draft}", another_browser(desk.communicator)
    colleague.done(path, **NEWS, version=1, image=photo(), image_alt="Een blauw vlak")
    second = head.post(path, **NEWS, version=1)
    assert second.status_code == 409
    assert "Een blauw vlak" in second.text
    head.done(path, **NEWS, version=saved(stored, desk.draft).version)
    assert saved(stored, desk.draft).image_id is not None


@pytest.mark.parametrize("version", ["", "x", "-1", str(2**70), None])
def test_a_form_that_does_not_say_what_it_began_from_overwrites_nothing(
    head: StaffBrowser, stored: Stored, desk: Desk, version: str | None
) -> None:
    fields = NEWS if version is None else NEWS | {"version": version}
    assert head.post(f"/redactie/kopij/{desk.draft}", **fields).status_code in (409, 422)
    assert saved(stored, desk.draft).title == "Een klad"


def test_whoever_saves_after_the_item_was_withdrawn_is_told(
    head: StaffBrowser, another_browser: SignIn, stored: Stored, desk: Desk
) -> None:
    another_browser(desk.communicator).done(f"/redactie/kopij/{desk.queued}/intrekken")
    answer = head.post(f"/redactie/kopij/{desk.queued}", **NEWS, version=1)
    assert answer.status_code == 409
    assert "Marieke Midden bewaarde" in words(answer.text)
    assert saved(stored, desk.queued).state == "withdrawn"


def test_an_item_that_went_out_meanwhile_stays_and_what_was_typed_can_become_a_new_one(
    head: StaffBrowser, stored: Stored, desk: Desk
) -> None:
    path = f"/redactie/kopij/{desk.queued}"
    with stored() as session:
        session.get_one(Item, desk.queued).state = "sent"
    answer = head.post(path, **NEWS, version=1)
    assert answer.status_code == 409
    assert "Dit bericht is net verstuurd" in words(answer.text)
    assert 'value="Andere titel"' in answer.text
    assert 'action="/redactie/kopij/nieuw"' in answer.text
    for move in ("/wachtrij", "/intrekken"):
        assert head.post(f"{path}{move}").status_code == 409
    assert saved(stored, desk.queued).title == "Een wachtend bericht"
    assert "kan niet meer veranderen" in head.text(path)


def test_items_that_look_alike_stand_by_each_other_until_someone_settles_it(
    head: StaffBrowser, stored: Stored, desk: Desk
) -> None:
    with stored() as session:
        south = session.merge(
            make_item(session, make_organisation(session, "oost", 3), now=NOW, title="Los nieuws")
        )
        title = "Leerhuis ondermijning buitengebied"
        theirs = make_item(session, south.organisation, now=NOW, title=title).id
        mine = make_item(session, session.get_one(Item, desk.queued).organisation, now=NOW, title=title).id
    assert "Lijkt voor 100% op" in head.text("/redactie/kopij/")
    said = head.done(f"/redactie/kopij/{mine}/toch-apart", ander=theirs)
    assert "De berichten blijven apart" in said
    assert "Lijkt voor" not in said
    with stored() as session:
        assert len(session.scalars(select(LikenessVerdict)).all()) == 1
    for nonsense in ("", "x", str(2**70)):
        assert head.post(f"/redactie/kopij/{mine}/toch-apart", ander=nonsense).status_code == 404


@pytest.mark.parametrize(
    "query", ["staat=onzin", "van=onzin", f"van={2**70}", "staat=sent&van=noord", "staat=%00"]
)
def test_the_queue_can_be_asked_anything(head: StaffBrowser, query: str) -> None:
    assert head.get(f"/redactie/kopij/?{query}").status_code == 200


@pytest.mark.parametrize("number", [9999, 2**31, 2**70])
def test_an_item_that_does_not_exist_is_a_page(head: StaffBrowser, number: int) -> None:
    assert head.get(f"/redactie/kopij/{number}").status_code == 404
    assert head.post(f"/redactie/kopij/{number}/wachtrij").status_code == 404
