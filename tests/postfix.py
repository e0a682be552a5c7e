"""A real Postfix of the tests' own: configuration and queue in a directory of its own, gone at the end."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL

from tests.chaos.waiting import PATIENCE_SECONDS, until
from tests.required import missing

_MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = {host}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{relay_port}
disable_dns_lookups = yes
alias_maps =
smtp_tls_security_level = none
smtputf8_enable = yes
message_size_limit = 1000000
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_sender_restrictions = check_sender_access inline:{{ {{ ongewenst@b.example = 554 5.7.1 not you }} }}
smtpd_recipient_restrictions = check_recipient_access inline:{{
    {{ weg@g.example = 550 5.1.1 gone }},
    {{ later@g.example = 450 4.2.1 later }} }}
smtpd_data_restrictions = check_recipient_access inline:{{ {{ data@g.example = 451 4.7.1 not now }} }}
smtpd_hard_error_limit = 20
smtpd_soft_error_limit = 19
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
smtp unix - - n - - smtp
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running server; `log` is what it wrote about itself."""

    port: int
    log: Path


@contextmanager
def running_postfix(
    relay_port: int, *, chunking: bool = True, certificate: Path | None = None
) -> Iterator[Postfix]:
    """Postfix on 127.0.0.1 that passes on what it accepts to `relay_port`.

    With `certificate` (key and certificate in one file) it demands STARTTLS. Refuses weg@ and later@g.example,
    data@g.example only at DATA, and the sender ongewenst@b.example. Without Postfix the test is skipped (CI: fails).
    """
    command = shutil.which("postfix", path=f"{os.environ['PATH']}:/usr/sbin")
    if command is None:
        missing("Postfix (Debian's package postfix) is not installed")
    prefix = as_root()
    home = Path(tempfile.mkdtemp(prefix="newsletter-postfix-", dir="/tmp"))
    home.chmod(0o755)
    port = free_port()
    host = f"mx{port}.nieuwsbrief.example"
    config = _MAIN.format(home=home, host=host, relay_port=relay_port)
    if not chunking:
        config += "smtpd_discard_ehlo_keywords = chunking\n"
    if certificate is not None:
        config += f"smtpd_tls_security_level = encrypt\nsmtpd_tls_chain_files = {certificate}\n"
    (home / "main.cf").write_text(config)
    (home / "master.cf").write_text(_MASTER.format(port=port))
    (home / "queue").mkdir()
    postfix = [*prefix, command, "-c", str(home)]
    try:
        with subprocess.Popen([*postfix, "start-fg"], stdout=DEVNULL, stderr=DEVNULL) as process:
            try:
                _wait_until_it_greets(port, host, process)
                yield Postfix(port, home / "log")
            finally:
                subprocess.run([*postfix, "stop"], check=False, capture_output=True)
    finally:
        subprocess.run([*prefix, "rm", "-rf", str(home)], check=True)


def as_root() -> list[str]:
    """What must stand before a command that only root may give."""
    if os.geteuid() == 0:
        return []
    if subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode:
        missing("mail servers start only as root")
    return ["sudo", "-n"]


def _wait_until_it_greets(port: int, host: str, process: subprocess.Popen[bytes]) -> None:
    def greets() -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as client:
            return client.recv(99).startswith(f"220 {host}".encode())
        return False

    until(lambda: process.poll() is not None or greets())
    assert process.poll() is None, "Postfix did not start"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
