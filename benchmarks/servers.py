"""The servers that letters go to: Postfix's smtp-sink, and Postfix itself with a door behind which nothing lies."""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL

from benchmarks.processes import Failed, free_port, running, wait_for_greeting

_MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = mx.nieuwsbrief.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
in_flow_delay = 0
max_use = 100000
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access static:DISCARD
"""
_MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@contextmanager
def smtp_sink() -> Iterator[int]:
    """Postfix's test server, which takes all and keeps nothing: its port. It offers PIPELINING, no CHUNKING."""
    port = free_port()
    user = ["-u", "postfix"] if os.geteuid() == 0 else []
    with running(["/usr/sbin/smtp-sink", *user, f"127.0.0.1:{port}", "128"]):
        wait_for_greeting(port)
        yield port


@contextmanager
def chunking_sink() -> Iterator[int]:
    """The same for CHUNKING: its port."""
    port = free_port()
    with running([sys.executable, "-m", "benchmarks.sink", str(port)]):
        wait_for_greeting(port)
        yield port


@contextmanager
def postfix() -> Iterator[int]:
    """A Postfix of our own, its port: it takes letters with CHUNKING and discards them before they are queued."""
    if os.geteuid() != 0:
        raise Failed("Postfix starts only as root")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="newsletter-postfix-", dir="/tmp") as folder:
        home = Path(folder)
        home.chmod(0o755)
        _configure(home, port)
        with running(["/usr/sbin/postfix", "-c", str(home), "start-fg"], stdout=DEVNULL, stderr=DEVNULL):
            try:
                wait_for_greeting(port)
                yield port
            finally:
                _stop(home)


def _configure(home: Path, port: int) -> None:
    for name in ("queue", "data"):
        (home / name).mkdir()
    os.chown(home / "data", pwd.getpwnam("postfix").pw_uid, -1)
    (home / "main.cf").write_text(_MAIN_CF.format(home=home))
    (home / "master.cf").write_text(_MASTER_CF.format(port=port))


def _stop(home: Path) -> None:
    with suppress(subprocess.CalledProcessError):
        subprocess.run(
            ["/usr/sbin/postfix", "-c", str(home), "stop"], check=True, capture_output=True, timeout=20
        )
