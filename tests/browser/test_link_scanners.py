"""Mail filters open every link of every mail, more than once, some with JavaScript; that must change nothing."""

import re
from typing import Literal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import Base
from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.subscriptions.models import Subscriber
from tests.browser.conftest import Open, Site
from tests.smtp_server import Received

ADDRESS = "scanner@gemeente-westmade.example"
OPENINGS: tuple[Literal["load", "networkidle"], ...] = ("load", "load", "networkidle")
"""The last one waits for whatever scripts may ask."""


def snapshot(session: Session) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [tuple(row) for row in session.execute(select(table))]
        for table in Base.metadata.sorted_tables
    }


def links(mail: Received, base_url: str) -> set[str]:
    words = f"{html_of(mail.content)} {text_of(mail.content)} {mail.message.get('List-Unsubscribe', '')}"
    found = set(re.findall(rf"{base_url}/[^\s\"'<>)]+", words))
    return {one for one in found if not one.endswith(".png")}


@pytest.fixture
def one_mail_of_each_kind(site: Site, browse: Open) -> list[Received]:
    """An edition, a staff notice, a confirmation and a lost link."""
    with browse() as page:
        for path in ("/aanmelden", "/link-kwijt"):
            page.goto(path)
            page.get_by_label("E-mailadres").fill(ADDRESS)
            page.get_by_role("main").get_by_role("button").first.click()
            page.wait_for_load_state()
    own = site.mails_to(ADDRESS)
    assert len(own) >= 1
    edition = next(m for m in site.smtp.received if m.message["List-Id"])
    notice = next(m for m in site.smtp.received if "staat klaar" in str(m.message["Subject"]))
    return [edition, notice, *own]


def test_opening_every_link_three_times_changes_no_row(
    site: Site, browse: Open, one_mail_of_each_kind: list[Received]
) -> None:
    addresses = set().union(*(links(mail, site.base_url) for mail in one_mail_of_each_kind))
    pages = {address.removeprefix(site.base_url).split("/")[1] for address in addresses}
    assert {"bevestigen", "niet-ik", "voorkeuren", "afmelden", "archief", "redactie"} <= pages
    with site.stored() as session:
        before = snapshot(session)
    client = site.app.test_client()
    with browse() as page:
        for address in sorted(addresses):
            for opened in OPENINGS:
                assert client.get(address.removeprefix(site.base_url)).status_code < 500
                assert client.head(address.removeprefix(site.base_url)).status_code < 500
                page.goto(address, wait_until=opened)
    with site.stored() as session:
        assert snapshot(session) == before


def test_a_link_that_scanners_opened_still_works(
    site: Site, browse: Open, one_mail_of_each_kind: list[Received]
) -> None:
    confirm = next(a for a in links(one_mail_of_each_kind[-1], site.base_url) if "/bevestigen/" in a)
    with browse() as page:
        for _ in range(3):
            page.goto(confirm)
        page.get_by_role("button", name="Ja, stuur mij de nieuwsbrief").click()
        page.wait_for_load_state()
    with site.stored() as session:
        assert (
            session.scalars(select(Subscriber.status).where(Subscriber.address == ADDRESS)).one() == "active"
        )
