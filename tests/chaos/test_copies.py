"""Snapshots of an edition at random moments, restored later or started beside it: nobody gets a letter twice."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import NullPool, create_engine

from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.standstill.service import Answer
from tests.chaos.blame import Kill, Victim, blame
from tests.chaos.books import MailBook
from tests.chaos.copies import Original, let_go_on, restored, sent_from, states_of
from tests.chaos.edition import Edition, release_edition
from tests.chaos.fleet import FINISHER, SCHEDULER, SENDER, Fleet, environment
from tests.chaos.kills import CONNECTIONS, EXCUSED_FAR, doors_for, free_port, mail_server, new_database
from tests.chaos.waiting import PATIENCE_SECONDS, comes_true

LETTERS = 1500
SNAPSHOTS = {"sqlite": 50, "postgresql": 4}
_THINKING_SECONDS = 0.05
_FINISH_SECONDS = 300.0


class Scene:
    """An edition that was released, its original, the mail server's book, and processes that may be started."""

    def __init__(
        self, original: Original, edition: Edition, book: MailBook, port: int, doors: Iterator[str]
    ) -> None:
        self.original, self.edition, self.book, self.port, self.doors = original, edition, book, port, doors

    def fleet_on(self, settings: dict[str, str]) -> Fleet:
        return Fleet(settings, Path(settings["INSTANCE_DIR"]).parent, self.doors)

    def copy_is_put_elsewhere(self, copy: Path) -> dict[str, str]:
        return restored(copy, self.original.database, self.port, CONNECTIONS)

    def wait_for(self, letters: int) -> None:
        assert comes_true(lambda: self.book.read_on() >= letters, PATIENCE_SECONDS)


@contextmanager
def released(name: str) -> Iterator[Scene]:
    with (
        TemporaryDirectory(prefix="newsletter-copies-") as folder_name,
        new_database(name, Path(folder_name)) as database,
    ):
        folder, port = Path(folder_name), free_port()
        settings = environment(database.url, port, folder, CONNECTIONS)
        (folder / "instance").mkdir()
        edition = release_edition(settings, LETTERS)
        doors = doors_for(20)
        with mail_server(doors, port, folder, _THINKING_SECONDS, seed=7) as book:
            yield Scene(Original(database, settings, folder), edition, book, port, cycle(doors))


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_snapshots_that_are_restored_later_and_one_beside_the_original_send_nobody_anything_again(
    name: str,
) -> None:
    moments = sorted(Random(11).sample(range(1, LETTERS - 200), SNAPSHOTS[name]))
    with released(name) as scene:
        fleet = scene.fleet_on(dict(scene.original.settings))
        try:
            for command in (SENDER, SENDER, SCHEDULER):
                fleet.start(command)
            copies = []
            for number, letters in enumerate(moments):
                scene.wait_for(letters)
                copies.append(scene.original.copied(f"copy{number}"))
            beside = scene.copy_is_put_elsewhere(copies[len(copies) // 2])
            others = scene.fleet_on(beside)
            strangers = [others.start(command) for command in (SENDER, SCHEDULER)]
            assert comes_true(scene.edition.is_sent, PATIENCE_SECONDS)
            assert all(member.running for member in strangers)
            others.stop()
        finally:
            fleet.stop()
        account = scene.edition.account(scene.book)
        assert (account.missed, account.repeats, account.unexplained) == (0, (), ())
        assert not {member.door for member in strangers} & scene.book.doors

        del copies[len(copies) // 2]  # it has its place already
        for place in [beside, *map(scene.copy_is_put_elsewhere, copies)]:
            assert sent_from(place) == Counter()
            let_go_on(place, Answer.LETTERS_MAY_HAVE_GONE)
            assert sent_from(place) == Counter()
            states = states_of(place, scene.edition.mailing_id)
            assert states.keys() <= {DeliveryState.SENT, DeliveryState.UNCERTAIN}
            assert sum(states.values()) == LETTERS
        assert scene.book.read_on() == LETTERS


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_copy_of_an_original_that_died_goes_on_with_exactly_the_rest(name: str) -> None:
    with released(name) as scene:
        fleet = scene.fleet_on(dict(scene.original.settings))
        members = [fleet.start(command) for command in (SENDER, SENDER, SCHEDULER)]
        scene.wait_for(LETTERS // 3)
        kills = []
        for member in members:
            victim = Victim.SCHEDULER if member.command == SCHEDULER else Victim.SENDER
            kills.append(Kill(victim, time.monotonic(), scene.book.read_on(), EXCUSED_FAR, door=member.door))
            fleet.kill(member)
        place = scene.copy_is_put_elsewhere(scene.original.copied("rescued"))
        before = scene.book.read_on()
        assert sent_from(place) == Counter()
        assert scene.book.read_on() == before < LETTERS
        let_go_on(place, Answer.NOTHING_WENT_OUT)
        others = scene.fleet_on(place)
        copy = replace(scene.edition, engine=create_engine(place["DATABASE_URL"], poolclass=NullPool))
        try:
            assert others.run_to_end(FINISHER, _FINISH_SECONDS)
            others.start(SCHEDULER)
            assert comes_true(copy.is_sent, PATIENCE_SECONDS)
        finally:
            others.stop()
        account = copy.account(scene.book)
        assert (account.missed, account.unexplained) == (0, ())
        assert blame(account.repeats, kills).problems == []
