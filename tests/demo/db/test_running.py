"""The demonstration as `make run` starts it: real processes on ports of their own."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.chaos.waiting import PATIENCE_SECONDS, until
from tests.set_up import EXAMPLE


@dataclass
class Demo:
    """One run; what it says goes to a file."""

    process: subprocess.Popen[bytes]
    log: Path
    web: int
    mail: int

    def says(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, text: str) -> str:
        return until(lambda: said if text in (said := self.says()) else "", self.says)

    def fetch(self, address: str, form: dict[str, str] | None = None) -> str:
        """The page at `address`, or "" if nobody answers yet."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=PATIENCE_SECONDS)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
            body = urlencode(form) if form else None
            connection.request("POST" if form else "GET", address, body, headers)
            return connection.getresponse().read().decode()
        except ConnectionRefusedError:
            return ""
        finally:
            connection.close()

    def pid(self, part: str) -> int:
        found = re.search(rf"{part} started \(pid=(\d+)\)", self.says())
        assert found, self.says()
        return int(found[1])

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_SECONDS)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


Start = Callable[..., Demo]


@pytest.fixture
def start(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Start]:
    web, mail = free_port(), free_port()
    started: list[Demo] = []

    def run(**changes: str) -> Demo:
        log = tmp_path / f"run{len(started)}.log"
        env = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        env |= {
            "INSTANCE_DIR": str(tmp_path / "instance"),
            "DEMO_WEB_PORT": str(web),
            "DEMO_MAIL_PORT": str(mail),
            "FORM_SECONDS": "0",
        }
        with log.open("wb") as out:
            command = [sys.executable, "-m", "newsletter_service.demo"]
            process = subprocess.Popen(command, env=env | changes, stdout=out, stderr=out)
        started.append(Demo(process, log, web, mail))
        return started[-1]

    yield run
    for demo in started:
        if demo.process.poll() is None:
            demo.end(signal.SIGTERM)


def test_a_visitor_signs_up_and_the_mail_is_in_the_mailbox(start: Start) -> None:
    demo = start()
    demo.wait_for("scheduler started")
    assert "Invented content loaded" in demo.says()
    until(lambda: demo.fetch("/healthz"), demo.says)
    demo.fetch("/aanmelden", {"address": "nieuw@gemeente-polderkerk.example", "language": "nl"})
    listed = until(lambda: page if "nieuw@" in (page := demo.fetch("/demo/inbox")) else "", demo.says)
    name = re.search(r"/demo/inbox/([\w-]+)", listed)
    assert name, listed
    text = demo.fetch(f"/demo/inbox/{name[1]}?vorm=tekst")
    link = re.search(rf"http://127\.0\.0\.1:{demo.web}(/bevestigen/[\w.-]+)", text)
    assert link, text
    assert "Ja, stuur mij de nieuwsbrief" in demo.fetch(link[1])
    assert demo.end() == 0
    assert "Traceback" not in demo.says()
    assert is_free(demo.web)
    assert is_free(demo.mail)


def test_a_second_run_goes_on_and_a_fresh_one_starts_over(start: Start, tmp_path: Path) -> None:
    first = start()
    first.wait_for("scheduler started")
    kept = tmp_path / "instance" / "mail" / "kept.eml"
    until(kept.parent.is_dir, first.says)
    kept.write_bytes(b"Subject: hallo\r\n\r\n")
    assert first.end() == 0
    second = start()
    second.wait_for("scheduler started")
    assert "Going on where the last run stopped" in second.says()
    assert kept.exists()
    assert second.end(signal.SIGTERM) == 0
    third = start(FRESH="1")
    third.wait_for("scheduler started")
    assert "Invented content loaded" in third.says()
    assert not kept.exists()
    assert third.end(signal.SIGHUP) == 0


def test_when_one_part_is_killed_the_others_stop_and_it_is_said(start: Start) -> None:
    demo = start()
    demo.wait_for("scheduler started")
    os.kill(demo.pid("scheduler"), signal.SIGKILL)
    assert demo.process.wait(PATIENCE_SECONDS) == 1
    assert "One of the parts ended by itself" in demo.says()
    assert is_free(demo.web)
    assert is_free(demo.mail)


TOLD_TOO_EARLY = """
from newsletter_service.demo.__main__ import Processes
processes = Processes()
processes.add_process("part", "exec sleep 600")
processes.terminate()
processes.loop()
"""


def test_all_parts_end_though_they_are_told_to_before_they_began() -> None:
    command = [sys.executable, "-c", TOLD_TOO_EARLY]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    assert "sending SIGTERM to part" in done.stdout


def test_a_port_in_use_is_said_before_anything_is_touched(start: Start, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        demo = start(DEMO_MAIL_PORT=port)
        assert demo.process.wait(PATIENCE_SECONDS) == 1
    assert demo.says() == f"Port {port} on 127.0.0.1 is in use. Stop what listens there, then try again.\n"
    assert not (tmp_path / "instance").exists()


def test_a_database_that_is_not_the_demonstrations_own_is_left_alone(start: Start, tmp_path: Path) -> None:
    database = tmp_path / "other.sqlite3"
    newsletter = Path(sys.executable).with_name("newsletter")
    real = {
        "DATABASE_URL": f"sqlite:///{database}",
        "SECRET_KEY": "a-secret-of-a-real-service-0123456789",
        "BASE_URL": "https://nieuwsbrief.example",
        "MAIL_FROM": "redactie@nieuwsbrief.example",
        "INSTANCE_DIR": str(tmp_path / "real"),
        "STAFF_PASSWORD": "een-lang-wachtwoord",
    }
    for command in (["db", "upgrade"], ["setup", str(EXAMPLE)]):
        done = subprocess.run([newsletter, *command], env=real, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
    before = database.read_bytes()
    demo = start(DATABASE_URL=real["DATABASE_URL"])
    assert demo.process.wait(PATIENCE_SECONDS) == 1
    assert "the suppression key is not the one that this database was filled with" in demo.says()
    assert database.read_bytes() == before
    anew = start(DATABASE_URL=real["DATABASE_URL"], FRESH="1")
    assert anew.process.wait(PATIENCE_SECONDS) == 1
    assert database.read_bytes() == before
