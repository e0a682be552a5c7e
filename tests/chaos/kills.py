"""Kills while an edition is being sent, and what is left to say about it afterwards."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from newsletter_service.delivery.worker.loop import FAR_DEPTH
from tests.chaos.blame import Blame, Kill, Victim, blame
from tests.chaos.books import Account, MailBook
from tests.chaos.databases import Database, new_postgresql, new_sqlite
from tests.chaos.edition import Edition, release_edition
from tests.chaos.fleet import FINISHER, SCHEDULER, SENDER, STOP_SECONDS, Fleet, Member, environment
from tests.chaos.plans import Deed, Plan, Step
from tests.chaos.waiting import PATIENCE_SECONDS, comes_true

CONNECTIONS = 4
SPARE_LETTERS = 10
EXCUSED = CONNECTIONS + SPARE_LETTERS
"""So many letters may one kill repeat where the mail server is near."""
EXCUSED_FAR = CONNECTIONS * FAR_DEPTH + SPARE_LETTERS
"""The same where it is far, which is what every server is for a slow machine."""
_SENDERS = 3
_MOST_STARTED_FOR_A_DEED = 2
_OTHERS_STARTED = 6
_START_UP_SECONDS = 1.5
_DOWN_SECONDS = 1.0
_FINISH_SECONDS = 300.0
_THINKING_SECONDS = 0.02


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `trouble` is what went wrong beside the letters, `slowest` how long stopping took at most."""

    plan: Plan
    kills: Sequence[Kill]
    account: Account
    trouble: tuple[str, ...]
    seconds: float
    slowest: float

    @property
    def blame(self) -> Blame:
        """Which kill repeated which letters."""
        return blame(self.account.repeats, self.kills)

    @property
    def allowed(self) -> int:
        """How many letters all kills together may repeat."""
        return sum(kill.excuses for kill in self.kills)

    @property
    def unaccounted(self) -> tuple[str, ...]:
        """What the ledger does not tell or tells otherwise, and what was repeated beyond what each kill excuses."""
        return (*self.account.unexplained, *self.blame.problems)

    @property
    def good(self) -> bool:
        """Whether nobody was missed, and no kill repeated more than it excuses."""
        in_time = self.slowest <= STOP_SECONDS
        return in_time and not (self.account.missed or self.unaccounted or self.trouble)

    def __str__(self) -> str:
        return (
            f"{self.plan.database} kills {self.plan.kills} missed {self.account.missed}"
            f" repeated {self.account.repeated} allowed {self.allowed} unaccounted {len(self.unaccounted)}"
        )


@dataclass
class Chaos:
    """Somebody who pulls plugs, as a plan says; which one of several is a matter of chance."""

    plan: Plan
    database: Database
    fleet: Fleet
    book: MailBook
    excused: int
    kills: list[Kill] = field(default_factory=list)
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(f"{self.plan.seed} {self.plan.database}")

    def reign(self, tell: Callable[[str], None]) -> None:
        """Do what was planned, and keep the fleet at its size in between."""
        deeds = {
            Deed.KILL_SENDER: self._kill_sender,
            Deed.KILL_TWO: self._kill_two,
            Deed.KILL_SCHEDULER: self._kill_scheduler,
            Deed.KILL_AT_START: self._kill_at_start,
            Deed.CRASH_DATABASE: self._crash_database,
        }
        self._fill_up()
        for number, step in enumerate(self.plan.steps, 1):
            self._wait(step)
            deeds[step.deed]()
            self._fill_up()
            tell(f"kill {number}: {step.deed}, {self.book.read_on()} letters accepted")

    def _wait(self, step: Step) -> None:
        comes_true(lambda: self.book.read_on() >= step.letters, step.seconds)

    def _fill_up(self) -> None:
        commands = [member.command for member in self.fleet.running()]
        for _ in range(_SENDERS - commands.count(SENDER)):
            self.fleet.start(SENDER)
        if SCHEDULER not in commands:
            self.fleet.start(SCHEDULER)

    def _kill(self, member: Member) -> None:
        victim = Victim.SCHEDULER if member.command == SCHEDULER else Victim.SENDER
        self.kills.append(Kill(victim, time.monotonic(), self.book.read_on(), self.excused, door=member.door))
        self.fleet.kill(member)

    def _one_of(self, command: Sequence[str]) -> Member:
        return self._random.choice([member for member in self.fleet.members if member.command == command])

    def _kill_sender(self) -> None:
        self._kill(self._one_of(SENDER))

    def _kill_two(self) -> None:
        self._kill_sender()
        self._kill_sender()

    def _kill_scheduler(self) -> None:
        self._kill(self._one_of(SCHEDULER))

    def _kill_at_start(self) -> None:
        member = self.fleet.start(SENDER)
        time.sleep(self._random.random() * _START_UP_SECONDS)
        self._kill(member)

    def _crash_database(self) -> None:
        at, accepted = time.monotonic(), self.book.read_on()
        with self.database.away():
            time.sleep(self._random.random() * _DOWN_SECONDS)
        self.kills.append(Kill(Victim.DATABASE, at, accepted, self.excused, back=time.monotonic()))


def run(plan: Plan, tell: Callable[[str], None], excused: int = EXCUSED) -> Outcome:
    """Release an edition, send it under kills, let one sender finish, and compare the books."""
    began = time.monotonic()
    with (
        TemporaryDirectory(prefix="newsletter-chaos-") as name,
        new_database(plan.database, Path(name)) as database,
    ):
        folder, port = Path(name), free_port()
        settings = environment(database.url, port, folder, CONNECTIONS)
        edition = release_edition(settings, plan.letters)
        doors = doors_for(_OTHERS_STARTED + _MOST_STARTED_FOR_A_DEED * plan.kills)
        with mail_server(doors, port, folder, _THINKING_SECONDS, plan.seed) as book:
            fleet = Fleet(settings, folder, cycle(doors))
            chaos = Chaos(plan, database, fleet, book, excused)
            try:
                chaos.reign(tell)
                slowest, trouble = _finish(fleet, edition, tell)
            finally:
                fleet.stop()
            account = edition.account(book)
    return Outcome(plan, chaos.kills, account, tuple(trouble), time.monotonic() - began, slowest)


def _finish(fleet: Fleet, edition: Edition, tell: Callable[[str], None]) -> tuple[float, list[str]]:
    """Let the fleet go home, one sender do what is left, and a scheduler close the edition.

    How long the slowest took to go home, and what went wrong.
    """
    trouble = []
    slowest = fleet.stop()
    tell(f"the slowest took {slowest:.1f} s to stop; {edition.open()} letters are open")
    began = time.monotonic()
    if not fleet.run_to_end(FINISHER, _FINISH_SECONDS):
        trouble.append("the last sender did not come to a good end")
    tell(f"the last sender took {time.monotonic() - began:.1f} s")
    fleet.start(SCHEDULER)
    if not comes_true(edition.is_sent, PATIENCE_SECONDS):
        trouble.append("the scheduler did not find the edition to be through")
    fleet.stop()
    if fleet.died:
        trouble.append(f"{len(fleet.died)} died though nobody killed them: {fleet.last_words()}")
    return slowest, trouble


def new_database(name: str, folder: Path) -> AbstractContextManager[Database]:
    """A fresh one of that kind, gone afterwards."""
    return new_sqlite(folder) if name == "sqlite" else new_postgresql(free_port())


def doors_for(processes: int) -> list[str]:
    """Addresses of this machine, one for each process, by which the mail server can tell whose letters come in."""
    return [f"127.0.{number // 250}.{number % 250 + 1}" for number in range(processes)]


@contextmanager
def mail_server(
    doors: Sequence[str], port: int, folder: Path, pause: float, seed: int, within: tuple[str, ...] = ()
) -> Iterator[MailBook]:
    """A mail server that answers at all of `doors`, with the book that it keeps in `folder`."""
    path = folder / "accepted"
    path.touch()
    arguments = [",".join(doors), str(port), str(path), str(pause), str(seed)]
    command = [*within, sys.executable, "-m", "tests.chaos.mail_server", *arguments]
    process = subprocess.Popen(command)
    try:
        yield MailBook(path)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
