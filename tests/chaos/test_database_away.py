"""A database that is away for so long that senders could take each other for dead."""

import signal
import time
from pathlib import Path

import pytest

from newsletter_service.delivery.worker.liveness import SILENT_SECONDS
from tests.chaos.edition import release_edition
from tests.chaos.fleet import SCHEDULER, SENDER, Fleet, Member, environment
from tests.chaos.kills import CONNECTIONS, doors_for, free_port, mail_server, new_database
from tests.chaos.waiting import until

LETTERS = 200
LEFT = 60
"""So few that letters taken from a sender by mistake would go out again at once: no others are due before them."""
SENDERS = 2
AWAY_SECONDS = SILENT_SECONDS + 6
OUT_OF_STEP_SECONDS = 1.5
PAUSE_SECONDS = 0.3


def get_out_of_step(sender: Member) -> None:
    """Let it try again at other moments than the others, who all lost the database at the same one."""
    sender.process.send_signal(signal.SIGSTOP)
    time.sleep(OUT_OF_STEP_SECONDS)
    sender.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_database_that_is_away_for_long_costs_no_letter_and_no_sender_and_repeats_none(
    name: str, tmp_path: Path
) -> None:
    doors, port = doors_for(SENDERS + 1), free_port()
    with new_database(name, tmp_path) as database:
        settings = environment(database.url, port, tmp_path, CONNECTIONS)
        edition = release_edition(settings, LETTERS)
        fleet = Fleet(settings, tmp_path, iter(doors))
        with mail_server(doors, port, tmp_path, PAUSE_SECONDS, 1) as book:
            try:
                senders = [fleet.start(SENDER) for _ in range(SENDERS)]
                until(lambda: book.read_on() >= LETTERS - LEFT and len(book.doors) == SENDERS)
                with database.away():
                    get_out_of_step(senders[0])
                    time.sleep(AWAY_SECONDS - OUT_OF_STEP_SECONDS)
                    assert book.read_on() < LETTERS
                assert len(fleet.running()) == SENDERS, fleet.last_words()
                until(lambda: edition.open() == 0)
                fleet.start(SCHEDULER)
                until(edition.is_sent)
            finally:
                fleet.stop()
            assert fleet.died == [], fleet.last_words()
            account = edition.account(book)
    assert account.unexplained == ()
    assert account.missed == 0
    assert account.repeats == ()
