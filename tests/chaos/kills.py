"""Random kills while an edition is being sent, and what is left to say about it afterwards."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.chaos.books import Account, MailBook
from tests.chaos.databases import Database, new_postgresql, new_sqlite
from tests.chaos.edition import Edition, release_edition
from tests.chaos.fleet import FINISHER, SCHEDULER, SENDER, STOP_SECONDS, Fleet, Member, environment

CONNECTIONS = 4
SPARE_LETTERS = 10
_SENDERS = 3
_LOOK_SECONDS = 0.02
_LONGEST_BETWEEN_SECONDS = 4.0
_START_UP_SECONDS = 1.5
_DOWN_SECONDS = 1.0
_FINISH_SECONDS = 300.0
_THINKING_SECONDS = 0.02


@dataclass(frozen=True)
class Plan:
    """How much is sent and killed; the same `seed` makes the same choices."""

    database: str
    kills: int
    letters: int
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `trouble` is what went wrong beside the letters."""

    plan: Plan
    allowed: int
    account: Account
    trouble: tuple[str, ...]
    seconds: float

    @property
    def good(self) -> bool:
        """Whether nobody was missed, and no more was repeated than a kill excuses."""
        return not (
            self.account.missed
            or self.account.unaccounted
            or self.trouble
            or self.account.repeated > self.allowed
        )

    def __str__(self) -> str:
        return (
            f"{self.plan.database} kills {self.plan.kills} missed {self.account.missed}"
            f" repeated {self.account.repeated} allowed {self.allowed} unaccounted {self.account.unaccounted}"
        )


@dataclass
class Chaos:
    """Somebody who pulls plugs: each time a random one, after a random number of letters."""

    plan: Plan
    database: Database
    fleet: Fleet
    book: MailBook
    allowed: int = 0
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(f"{self.plan.seed} {self.plan.database}")

    def reign(self, tell: Callable[[str], None]) -> None:
        """Kill as often as was planned, and keep the fleet at its size in between."""
        deeds = [self._kill_sender, self._kill_two, self._kill_scheduler, self._kill_at_start]
        weights = [4, 1, 2, 1]
        if self.database.can_crash:
            deeds.append(self._crash_database)
            weights.append(3)
        self._fill_up()
        for number in range(1, self.plan.kills + 1):
            self._wait()
            deed = self._random.choices(deeds, weights)[0]
            deed()
            self._fill_up()
            tell(f"kill {number}: {deed.__name__.strip('_')}, {self.book.read_on()} letters accepted")

    def _wait(self) -> None:
        """Until so many more letters were accepted, but not for ever: a kill may fall where nothing moves."""
        between = 1.8 * self.plan.letters / self.plan.kills
        enough = self.book.read_on() + self._random.random() * between
        latest = time.monotonic() + self._random.random() * _LONGEST_BETWEEN_SECONDS
        while self.book.read_on() < enough and time.monotonic() < latest:
            time.sleep(_LOOK_SECONDS)

    def _fill_up(self) -> None:
        commands = [member.command for member in self.fleet.running()]
        for _ in range(_SENDERS - commands.count(SENDER)):
            self.fleet.start(SENDER)
        if SCHEDULER not in commands:
            self.fleet.start(SCHEDULER)

    def _kill(self, member: Member) -> None:
        self.allowed += CONNECTIONS + SPARE_LETTERS
        self.fleet.kill(member)

    def _one_of(self, command: tuple[str, ...]) -> Member:
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
        self.allowed += (CONNECTIONS + SPARE_LETTERS) * len(self.fleet.running())
        self.database.crash()
        time.sleep(self._random.random() * _DOWN_SECONDS)
        self.database.start()


def run(plan: Plan, tell: Callable[[str], None]) -> Outcome:
    """Release an edition, send it under random kills, let one sender finish, and compare the books."""
    began = time.monotonic()
    with TemporaryDirectory(prefix="newsletter-chaos-") as name, _database(plan, Path(name)) as database:
        folder, port = Path(name), free_port()
        settings = environment(database.url, "127.0.0.1", port, folder, CONNECTIONS)
        edition = release_edition(settings, plan.letters)
        with mail_server("127.0.0.1", port, folder, _THINKING_SECONDS, plan.seed) as book:
            fleet = Fleet(settings, folder)
            chaos = Chaos(plan, database, fleet, book)
            try:
                chaos.reign(tell)
                trouble = _finish(fleet, edition, tell)
            finally:
                fleet.stop()
            account = edition.account(book)
    return Outcome(plan, chaos.allowed, account, tuple(trouble), time.monotonic() - began)


def _finish(fleet: Fleet, edition: Edition, tell: Callable[[str], None]) -> list[str]:
    """Let the fleet go home, and one sender do what is left."""
    trouble = []
    slowest = fleet.stop()
    tell(f"the slowest took {slowest:.1f} s to stop; {edition.open()} letters are open")
    if slowest > STOP_SECONDS:
        trouble.append(f"stopping took {slowest:.1f} s")
    began = time.monotonic()
    if not fleet.run_to_end(FINISHER, _FINISH_SECONDS):
        trouble.append("the last sender did not come to a good end")
    tell(f"the last sender took {time.monotonic() - began:.1f} s")
    if fleet.died:
        trouble.append(f"{len(fleet.died)} died though nobody killed them: {fleet.last_words()}")
    return trouble


def _database(plan: Plan, folder: Path) -> AbstractContextManager[Database]:
    return new_sqlite(folder) if plan.database == "sqlite" else new_postgresql(free_port())


@contextmanager
def mail_server(
    address: str, port: int, folder: Path, pause: float, seed: int, within: tuple[str, ...] = ()
) -> Iterator[MailBook]:
    """A mail server that answers, with the book that it keeps in `folder`."""
    path = folder / "accepted"
    path.touch()
    arguments = [address, str(port), str(path), str(pause), str(seed)]
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
