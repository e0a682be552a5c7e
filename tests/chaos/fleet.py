"""Senders and a scheduler as processes: started, watched, killed, and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.waiting import PATIENCE_SECONDS

_NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))
SENDER = (_NEWSLETTER, "send", "--watch")
FINISHER = (_NEWSLETTER, "send")
SCHEDULER = (sys.executable, "-m", "scheduled_jobs")
STOP_SECONDS = 10.0
_LAST_WORDS = 300
_GOOD_ENDS = (0, -signal.SIGTERM)
"""The second one is of a process that was still starting up."""


@dataclass
class Member:
    """One process of a fleet; what it says goes to `log`, and its letters to the mail server's `door`."""

    command: Sequence[str]
    process: "subprocess.Popen[bytes]"
    log: Path
    door: str

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """Ask it to end: the seconds that took; one that does not end is killed."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_SECONDS)
        if self.running:
            self.kill()
        return time.monotonic() - began


@dataclass
class Fleet:
    """Processes that all work on the database that `environment` names, and bring letters to the next of `doors`.

    `died` holds those that ended though nobody killed them, or badly when they were asked to; that must not happen.
    """

    environment: Mapping[str, str]
    folder: Path
    doors: Iterator[str]
    members: list[Member] = field(default_factory=list)
    died: list[Member] = field(default_factory=list)
    _started: int = 0

    def start(self, command: Sequence[str], within: Sequence[str] = ()) -> Member:
        """Start one more; `within` is a command that puts it somewhere else."""
        self._started += 1
        log, door = self.folder / f"{self._started}.log", next(self.doors)
        known = {**self.environment, "SMTP_HOST": door}
        with log.open("wb") as file:
            process = subprocess.Popen([*within, *command], env=known, stdout=file, stderr=file)
        self.members.append(Member(command, process, log, door))
        return self.members[-1]

    def running(self) -> list[Member]:
        """Those that run now; the others are put aside."""
        ended = [member for member in self.members if not member.running]
        self.died += ended
        self.members = [member for member in self.members if member not in ended]
        return self.members

    def kill(self, member: Member) -> None:
        """Kill one of them, unless it has ended by itself."""
        self.members.remove(member)
        member.kill()
        if member.process.returncode != -signal.SIGKILL:
            self.died.append(member)

    def run_to_end(self, command: Sequence[str], seconds: float) -> bool:
        """Run a command that ends by itself; whether it did so in time and well."""
        member = self.start(command)
        with suppress(subprocess.TimeoutExpired):
            member.process.wait(seconds)
        self.members.remove(member)
        if member.running:
            member.kill()
        return member.process.returncode == 0

    def stop(self) -> float:
        """Ask all to end: the seconds that the slowest took."""
        members = self.running()
        for member in members:
            member.process.send_signal(signal.SIGTERM)
        slowest = max((member.stop() for member in members), default=0.0)
        self.died += [member for member in members if member.process.returncode not in _GOOD_ENDS]
        self.members = []
        return slowest

    def last_words(self) -> str:
        """What those said at the end that died."""
        return "; ".join(member.log.read_text().strip()[-_LAST_WORDS:] for member in self.died)


def environment(database_url: str, smtp_port: int, folder: Path, connections: int) -> dict[str, str]:
    """What every process needs to know, but for the mail server's address."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": "a-secret-that-only-chaos-knows-0123456789",
        "SUPPRESSION_KEY": "a-suppression-key-that-only-chaos-knows",
        "BASE_URL": "https://nieuwsbrief.example",
        "MAIL_FROM": "redactie@nieuwsbrief.example",
        "BOUNCE_DOMAIN": "bounces.nieuwsbrief.example",
        "DATABASE_URL": database_url,
        "SMTP_PORT": str(smtp_port),
        "SMTP_CONNECTIONS": str(connections),
        "INSTANCE_DIR": str(folder / "instance"),
    }
