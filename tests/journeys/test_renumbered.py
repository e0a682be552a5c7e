"""Readers who come to stand under other numbers: no link may show or change anybody but whose it is."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Suppression
from newsletter_service.links.urls import Links
from newsletter_service.services import Services
from newsletter_service.settings import Settings
from newsletter_service.subscriptions.consent.rules import COMMAND
from newsletter_service.subscriptions.exporting.service import all_subscribers
from newsletter_service.subscriptions.importing.rows import Bringing, waiting_rows
from newsletter_service.subscriptions.importing.rules import Answers, Fate, Proof
from newsletter_service.subscriptions.importing.service import import_subscribers, read
from newsletter_service.subscriptions.importing.sheets import write_sheet
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.renewing.models import Renewal
from tests.answering import answer_forms_of
from tests.conftest import NOW
from tests.factories import make_newsletter, make_subscriber
from tests.former_links import PAGES, former_link

Stored = Callable[[], AbstractContextManager[Session]]
NAMES = ("Anna", "Bob", "Carla", "Dirk")
TOMORROW = NOW + timedelta(days=1)


def address_of(name: str) -> str:
    return f"{name.lower()}@gemeente-{name.lower()}.example"


@pytest.fixture
def mail_context(app: Flask, stored: Stored) -> Services:
    with stored() as session:
        make_newsletter(session)
    parts: Services = app.extensions["newsletter"]
    return parts


@pytest.fixture
def links(stored: Stored, mail_context: Services) -> dict[str, list[str]]:
    """Four readers, and all kinds of links that each was mailed."""
    with stored() as session:
        for name in NAMES:
            make_subscriber(session, address_of(name), now=NOW, name=name)
        readers = session.scalars(select(Subscriber)).all()
        return {reader.name: links_of(mail_context.links, reader) for reader in readers}


def links_of(links: Links, reader: Subscriber) -> list[str]:
    key = reader.link_key
    made = (
        links.manage(key),
        links.manage(key, TOMORROW),
        links.unsubscribe(key),
        links.confirm(key, NOW),
        links.never(key, NOW),
    )
    return [link.removeprefix(links.base_url) for link in made]


def former_links_of(secret_key: str, number: int) -> list[str]:
    def ends(page: str) -> datetime | None:
        return TOMORROW if page in ("bevestigen", "niet-ik") else None

    return [former_link(secret_key, page, number, 1, ends(page)) for page in PAGES]


def begin_counting_anew(session: Session) -> None:
    if session.connection().dialect.name == "sqlite":
        session.execute(text("DELETE FROM sqlite_sequence WHERE name = 'subscriber'"))
    else:
        session.execute(text("ALTER SEQUENCE subscriber_id_seq RESTART"))


def out_and_in_again(session: Session, mail_context: Services) -> None:
    """Everybody exported, deleted, and imported in another order into a table that counts from 1."""
    header, *rows = write_sheet(all_subscribers(session))
    session.execute(delete(Subscriber))
    session.expunge_all()
    begin_counting_anew(session)
    text = "".join([header, *reversed(rows)])
    bringing = Bringing(Answers(Proof("zo stond het er")), mail_context.suppression_key, NOW, COMMAND)
    with waiting_rows() as lines:
        sheet = read(session, lambda: StringIO(text, newline=""), bringing, lines)
        done = import_subscribers(session, sheet, lines, bringing)
    assert done.number(Fate.ADDED) == len(NAMES)


def renumbered(session: Session) -> None:
    """The same rows under other numbers, as somebody may restore them."""
    table = Subscriber.__table__
    rows = [dict(row) for row in session.execute(select(table)).mappings()]
    session.execute(delete(Subscriber))
    session.expunge_all()
    for row, number in zip(rows, [row["id"] for row in reversed(rows)], strict=True):
        session.execute(insert(Subscriber).values(**{**row, "id": number}))


def whom_it_shows(client: FlaskClient, link: str) -> set[str]:
    """Whose address or name stands on the page, or on what a press of its button leads to.

    A name is a word of its own: among the letters of a link's key it may stand by chance.
    """
    pages = client.get(link).text + client.post(link, follow_redirects=True).text
    return {
        name
        for name in NAMES
        if re.search(rf"\b{name}\b", pages) or f"gemeente-{name.lower()}.example" in pages
    }


def test_who_went_out_and_came_in_again_is_not_found_by_old_links_of_anybody(
    stored: Stored, mail_context: Services, client: FlaskClient, links: dict[str, list[str]]
) -> None:
    with stored() as session:
        numbers = {reader.name: reader.id for reader in session.scalars(select(Subscriber))}
        out_and_in_again(session, mail_context)
        session.expunge_all()
        now = {reader.name: reader.id for reader in session.scalars(select(Subscriber))}
    assert numbers != now
    assert set(numbers.values()) == set(now.values())
    former = {name: former_links_of(mail_context.keys.current, numbers[name]) for name in NAMES}
    for name in NAMES:
        for link in links[name] + former[name]:
            assert client.get(link).status_code == 410
            assert whom_it_shows(client, link) == set()
            assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code in (200, 405, 410)
    with stored() as session:
        assert {reader.status for reader in session.scalars(select(Subscriber))} == {"active"}
        assert session.scalars(select(Suppression)).all() == []


def test_links_find_their_own_reader_under_whatever_number(
    stored: Stored, client: FlaskClient, links: dict[str, list[str]]
) -> None:
    with stored() as session:
        renumbered(session)
    for name in NAMES:
        for link in links[name][:3]:
            assert whom_it_shows(client, link) <= {name}
        assert name not in client.get(links[name][3]).text
    with stored() as session:
        left = {reader.name for reader in session.scalars(select(Subscriber)) if reader.status == "left"}
    assert left == set(NAMES)


def test_a_former_link_finds_who_had_it_under_whatever_number(
    stored: Stored, settings: Settings, client: FlaskClient, links: dict[str, list[str]]
) -> None:
    with stored() as session:
        numbers = {reader.name: reader.id for reader in session.scalars(select(Subscriber))}
        for reader in session.scalars(select(Subscriber)):
            reader.former_link = f"{reader.id}-1"
        session.flush()
        renumbered(session)
    for name in NAMES[1:]:
        shown = [whom_it_shows(client, link) for link in former_links_of(settings.secret_key, numbers[name])]
        assert set().union(*shown) == {name}
    with stored() as session:
        states = {reader.name: reader.status for reader in session.scalars(select(Subscriber))}
    assert states == {"Anna": "active", "Bob": "left", "Carla": "left", "Dirk": "left"}


def test_somebody_new_is_found_by_no_link_of_whoever_had_the_number(
    stored: Stored, mail_context: Services, client: FlaskClient, links: dict[str, list[str]]
) -> None:
    with stored() as session:
        last = session.scalars(select(Subscriber).where(Subscriber.name == NAMES[-1])).one()
        number = last.id
        session.delete(last)
        session.flush()
        make_subscriber(session, "erik@gemeente.example", now=NOW, name="Erik").id = number
    for link in links[NAMES[-1]] + former_links_of(mail_context.keys.current, number):
        answer = client.get(link)
        assert answer.status_code == 410
        assert "Erik" not in answer.text
        assert "erik" not in answer.text


def test_who_left_and_signed_up_anew_is_not_found_by_former_links(
    stored: Stored, mail_context: Services, client: FlaskClient
) -> None:
    with stored() as session:
        reader = make_subscriber(session, "anna@gemeente.example", now=NOW, name="Anna", status="left")
        reader.former_link = f"{reader.id}-1"
        number = reader.id
    former = former_links_of(mail_context.keys.current, number)
    assert client.get(former[0]).status_code == 200
    client.post("/aanmelden", data={"address": "anna@gemeente.example", "language": "nl"})
    answer_forms_of(client)
    assert client.get(former[0]).status_code == 200  # somebody else may have filled that in
    with stored() as session:
        key = session.scalars(select(Renewal.link_key)).one()
    assert client.post(mail_context.links.confirm(key, NOW)).status_code == 200
    assert [client.get(link).status_code for link in former] == [410] * len(former)
