"""The service as it runs for real, to be attacked over sockets: gunicorn with our own configuration."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from urllib.parse import urlencode

from tests.chaos.waiting import until

ROOT = Path(__file__).parents[2]
IN_A_CHECKOUT = (sys.executable, "-m", "gunicorn", "wsgi:app")
_LISTENING = re.compile(r"Listening at: http://127\.0\.0\.1:(\d+)")
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers by lower-case name, the body, and all cookies."""

    status: int
    headers: Mapping[str, str]
    body: str
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Server:
    """A gunicorn of which the log is kept."""

    process: "subprocess.Popen[bytes]"
    log: Path
    port: int

    @property
    def said(self) -> str:
        """All it has logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def cpu_seconds(self) -> float:
        """The processor seconds that it and its workers have taken."""
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        ticks = [
            Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:15]
            for one in (parent, *children)
        ]
        return sum(map(int, chain(*ticks))) / os.sysconf("SC_CLK_TCK")

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE_SECONDS)

    def ask(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own; nothing in it is corrected."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_SECONDS)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            length = {"Content-Length": str(len(body))} if body or method == "POST" else {}
            for name, value in {"Host": "127.0.0.1", **length, **(headers or {})}.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            set_cookies = [
                line.partition(";")[0].partition("=") for line in answer.msg.get_all("Set-Cookie", ())
            ]
            cookies = {name: value for name, _, value in set_cookies}
            headers_by_name = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers_by_name, text, cookies)
        finally:
            connection.close()

    def post(
        self, target: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", target, urlencode(fields).encode(), {**kind, **(headers or {})})


@dataclass
class Visitor:
    """Somebody with a browser: who they are in a cookie, and the token of their session."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    name: str = "anybody"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def cookie(self) -> str:
        """The header in which all of them go along."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def sign_in(self, email: str, password: str) -> "Visitor":
        """Sign in by the form, as staff do."""
        page = self.server.ask("GET", "/redactie/inloggen")
        self.keep(page)
        fields = {"csrf_token": self.token, "email": email, "password": password}
        answer = self.server.post("/redactie/inloggen", fields, {"Cookie": self.cookie})
        assert answer.status == 302, (answer.status, answer.body)
        self.keep(answer)
        self.keep(self.server.ask("GET", "/redactie/edities", headers={"Cookie": self.cookie}))
        self.name = email
        self.headers = {"Cookie": self.cookie, "X-CSRFToken": self.token}
        return self

    def keep(self, answer: Answer) -> None:
        """Remember what a page gave."""
        self.cookies.update(answer.cookies)
        if found := _TOKEN.search(answer.body):
            self.token = found[1]


@contextmanager
def running_gunicorn(
    environment: Mapping[str, str], folder: Path, command: Sequence[str] = IN_A_CHECKOUT, home: Path = ROOT
) -> Iterator[Server]:
    """Our gunicorn, started by `command` in `home`, on a port that the kernel picks."""
    log = folder / "gunicorn.log"
    command = [*command, "--bind", "127.0.0.1:0"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=home, env=dict(environment), stdout=out, stderr=out)
    server = Server(process, log, 0)
    try:
        until(lambda: process.poll() is not None or _LISTENING.search(server.said) is not None)
        found = _LISTENING.search(server.said)
        assert found is not None, server.said
        server.port = int(found[1])
        until(lambda: server.ask("GET", "/robots.txt").status == 200)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            process.kill()


def demo_environment(folder: Path, smtp_port: int) -> dict[str, str]:
    """A demonstration's, in a folder of its own."""
    return {
        "PATH": os.environ["PATH"],
        "DEMO": "1",
        "BASE_URL": "http://127.0.0.1:8000",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
        "INSTANCE_DIR": str(folder / "instance"),
        "TRUSTED_PROXIES": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }
