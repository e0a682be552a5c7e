"""A real nginx of the tests' own that serves our site: what it writes lies in a folder of its own, gone at the end."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

from tests.chaos.waiting import PATIENCE_SECONDS, until
from tests.postfix import free_port
from tests.required import missing

SITE = Path(__file__).parents[2] / "deploy/nginx/newsletter.conf"
_MAIN = """\
daemon off;
{user}
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/site.conf;
}}
"""


@dataclass(frozen=True)
class Reply:
    """What came back: status, all headers in their order, and the body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every header of that name."""
        return [value for header, value in self.headers if header.lower() == name.lower()]


@dataclass(frozen=True)
class Nginx:
    """A running server; `log` is what it keeps of requests."""

    plain_port: int
    tls_port: int
    log: Path

    def ask(
        self, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """One request by TLS; the certificate is nobody's."""
        unchecked = ssl._create_unverified_context()  # it was made for this test
        return _asked(
            HTTPSConnection("127.0.0.1", self.tls_port, timeout=PATIENCE_SECONDS, context=unchecked),
            (method, target, body, {"Host": "nieuwsbrief.example", **(headers or {})}),
        )

    def ask_plainly(self, target: str) -> Reply:
        """One request without TLS."""
        plain = HTTPConnection("127.0.0.1", self.plain_port, timeout=PATIENCE_SECONDS)
        return _asked(plain, ("GET", target, None, {"Host": "nieuwsbrief.example"}))


def _asked(connection: HTTPConnection, request: tuple[str, str, bytes | None, dict[str, str]]) -> Reply:
    method, target, body, headers = request
    with closing(connection):
        connection.request(method, target, body, headers)
        answer: HTTPResponse = connection.getresponse()
        return Reply(answer.status, tuple(answer.getheaders()), answer.read())


def site(home: Path, upstream: int, ports: tuple[int, int], certificate: Path) -> str:
    """Our site as it is, but for places, ports and the certificate."""
    text = SITE.read_text("utf-8")
    plain, tls = ports
    for pattern, ours in (
        (r"listen \[::\]:\d+.*;\n", ""),
        (r"listen 80;", f"listen 127.0.0.1:{plain};"),
        (r"listen 443 ", f"listen 127.0.0.1:{tls} "),
        (r"/etc/letsencrypt/\S+;", f"{certificate};"),
        (r"/var/log/nginx/", f"{home}/"),
        (r"/var/lib/nginx/", f"{home}/"),
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{upstream}"),
    ):
        text, found = re.subn(pattern, ours, text)
        assert found, pattern
    return text


@contextmanager
def running_nginx(home: Path, upstream: int, certificate: Path) -> Iterator[Nginx]:
    """Debian's nginx before what listens at `upstream`; without it the test is skipped (in CI: fails)."""
    command = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if command is None:
        missing("nginx (Debian's package nginx-light) is not installed")
    ports = free_port(), free_port()
    (home / "site.conf").write_text(site(home, upstream, ports, certificate))
    user = "user root;" if os.geteuid() == 0 else ""
    (home / "main.conf").write_text(_MAIN.format(home=home, user=user))
    line = [command, "-p", str(home), "-c", str(home / "main.conf"), "-e", str(home / "error.log")]
    checked = subprocess.run([*line, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with subprocess.Popen(line) as process:
        try:
            until(lambda: process.poll() is not None or _listens(ports[1]))
            yield Nginx(*ports, home / "newsletter.log")
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS):
        return True
    return False
