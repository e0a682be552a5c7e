"""A form does its work once, however often it is sent."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.editorial.models import Item
from newsletter_service.staff.models import UsedForm
from scheduled_jobs import purge_stale
from tests.conftest import Clock
from tests.editorial.web.conftest import LedgerClient
from tests.staff_browser import StaffBrowser, value_in, words

Stored = Callable[[], AbstractContextManager[Session]]
NEW = "/redactie/kopij/nieuw"
NEWS = {"kind": "news", "title": "Monitor ligt klaar", "lead": "De nieuwe cijfers.", "priority": "1"}


def made(stored: Stored) -> list[str]:
    with stored() as session:
        return list(session.scalars(select(Item.title).where(Item.title.startswith("Monitor"))))


def test_two_presses_make_one_item_and_say_so_where_it_stands(head: StaffBrowser, stored: Stored) -> None:
    form = head.hidden(NEW, "sleutel")
    assert "bewaard als klad" in head.done(NEW, **NEWS, **form, klad="1")
    said = head.done(NEW, **NEWS, **form, klad="1")
    assert "Dit bericht stond er al." in said
    assert "Bericht bewerken" in said
    assert made(stored) == ["Monitor ligt klaar"]


def test_going_back_leads_to_what_was_made(head: StaffBrowser, stored: Stored) -> None:
    opened = head.get(NEW).headers["Location"]
    head.done(NEW, **NEWS, **head.hidden(opened, "sleutel"))
    said = head.text(opened)
    assert "Dit bericht stond er al." in said
    assert "Bericht bewerken" in said
    assert "stond er al" not in head.text(NEW)


def test_what_was_changed_after_going_back_is_shown_and_saved_as_a_change(
    head: StaffBrowser, stored: Stored
) -> None:
    form = head.hidden(NEW, "sleutel")
    head.done(NEW, **NEWS, **form)
    again = head.post(NEW, **NEWS | {"title": "Monitor ligt eindelijk klaar"}, **form)
    assert again.status_code == 409
    assert "Dit bericht stond er al" in words(again.text)
    assert value_in(again.text, "title") == "Monitor ligt eindelijk klaar"
    assert made(stored) == ["Monitor ligt klaar"]
    with stored() as session:
        path = f"/redactie/kopij/{session.scalars(select(func.max(Item.id))).one()}"
    assert f'action="{path}"' in again.text
    changed = NEWS | {"title": value_in(again.text, "title"), "began": value_in(again.text, "began")}
    assert "net voor" not in head.done(path, **changed)
    assert made(stored) == ["Monitor ligt eindelijk klaar"]


def test_a_form_that_came_back_to_be_mended_still_makes_its_item(head: StaffBrowser, stored: Stored) -> None:
    form = head.hidden(NEW, "sleutel")
    unfinished = head.post(NEW, **NEWS | {"lead": ""}, **form, wachtrij="1")
    assert unfinished.status_code == 422
    assert value_in(unfinished.text, "sleutel") == form["sleutel"]
    assert "stond er al" not in head.done(NEW, **NEWS, **form, wachtrij="1")
    assert made(stored) == ["Monitor ligt klaar"]


def test_two_forms_make_two_items_and_so_do_two_people(
    head: StaffBrowser, another_browser: Callable[[str], StaffBrowser], stored: Stored, desk: LedgerClient
) -> None:
    form = head.hidden(NEW, "sleutel")
    head.done(NEW, **NEWS, **form)
    another_browser(desk.communicator).done(NEW, **NEWS, **form)
    head.done(NEW, **NEWS, **head.hidden(NEW, "sleutel"))
    assert len(made(stored)) == 3


def test_keys_are_forgotten_after_two_days(
    client: FlaskClient, head: StaffBrowser, stored: Stored, clock: Clock
) -> None:
    head.done(NEW, **NEWS, **head.hidden(NEW, "sleutel"))
    for hours, left in ((30, 1), (30, 0)):
        clock.move(hours=hours)
        with client.application.app_context():
            purge_stale.run()
        with stored() as session:
            assert session.scalar(select(func.count()).select_from(UsedForm)) == left
