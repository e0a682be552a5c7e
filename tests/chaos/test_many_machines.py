"""Senders on three machines, each hurt in its own way while an edition goes out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import pytest

from tests.chaos.books import MailBook
from tests.chaos.databases import new_postgresql
from tests.chaos.edition import Edition, release_edition
from tests.chaos.fleet import SCHEDULER, SENDER, Fleet, environment
from tests.chaos.kills import CONNECTIONS, EXCUSED_FAR, mail_server
from tests.chaos.network import DATABASE_ADDRESS, MAIL_ADDRESS, Machine, machines
from tests.chaos.waiting import until

LETTERS = 2000
PORT = 5432
MAIL_PORT = 25
PAUSE_SECONDS = 0.03


@dataclass(frozen=True)
class Site:
    """A database, a mail server and three machines that reach both."""

    hosts: list[Machine]
    fleet: Fleet
    edition: Edition
    book: MailBook


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with machines(3) as (hub, hosts), new_postgresql(PORT, DATABASE_ADDRESS, hub.within) as database:
        remote = f"postgresql+psycopg://postgres@{DATABASE_ADDRESS}:{PORT}/newsletter"
        settings = environment(remote, MAIL_PORT, tmp_path, CONNECTIONS)
        edition = release_edition(settings | {"DATABASE_URL": database.url}, LETTERS)
        with mail_server([MAIL_ADDRESS], MAIL_PORT, tmp_path, PAUSE_SECONDS, 1, hub.within) as book:
            fleet = Fleet(settings, tmp_path, repeat(MAIL_ADDRESS))
            yield Site(hosts, fleet, edition, book)
            for member in fleet.running():
                member.kill()


def test_an_edition_arrives_though_one_machine_dies_one_loses_the_database_and_one_the_mail_server(
    site: Site,
) -> None:
    first, second, third = site.hosts
    dying = site.fleet.start(SENDER, first.within)
    for host in (second, third):
        site.fleet.start(SENDER, host.within)
    until(lambda: site.book.read_on() > LETTERS * 0.1)
    site.fleet.kill(dying)
    site.fleet.start(SENDER, first.within)
    until(lambda: site.book.read_on() > LETTERS * 0.3)
    second.lose(DATABASE_ADDRESS)
    until(lambda: site.book.read_on() > LETTERS * 0.4)
    third.lose(MAIL_ADDRESS)
    until(lambda: site.book.read_on() > LETTERS - 600)
    third.find(MAIL_ADDRESS)
    until(lambda: site.edition.open() == 0)
    second.find(DATABASE_ADDRESS)
    site.fleet.start(SCHEDULER, first.within)
    until(site.edition.is_sent)
    site.fleet.stop()
    assert site.fleet.died == []
    account = site.edition.account(site.book)
    assert account.unexplained == ()
    assert account.missed == 0
    assert account.repeated <= 3 * EXCUSED_FAR
