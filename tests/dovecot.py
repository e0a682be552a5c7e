"""A real Dovecot of the tests' own: configuration and mail in a directory of its own, gone at the end."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import environ
from pathlib import Path
from subprocess import DEVNULL

from tests.chaos.waiting import PATIENCE_SECONDS, until
from tests.postfix import as_root, free_port
from tests.required import missing

USER, PASSWORD = "bounces", "een-wachtwoord-voor-proeven"
_CONFIG = """\
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
disable_plaintext_auth = no
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""
_TLS = """\
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server; every name has a mailbox, with the password PASSWORD."""

    port: int
    tls_port: int
    doveadm: tuple[str, ...]

    def hang_up(self) -> None:
        """End all connections of the mailbox's user, and come back when they are gone."""
        subprocess.run([*self.doveadm, "kick", USER], check=True, capture_output=True)
        who = [*self.doveadm, "who"]
        until(lambda: USER not in subprocess.run(who, check=True, capture_output=True, text=True).stdout)


@contextmanager
def running_dovecot(certificate: Path | None = None) -> Iterator[Dovecot]:
    """Dovecot on 127.0.0.1; with `certificate` (key and certificate in one file) it speaks TLS too.

    Without Dovecot the test is skipped (CI: fails).
    """
    path = f"{environ['PATH']}:/usr/sbin"
    command, doveadm = shutil.which("dovecot", path=path), shutil.which("doveadm", path=path)
    if command is None or doveadm is None:
        missing("Dovecot (Debian's package dovecot-imapd) is not installed")
    prefix = as_root()
    home = Path(tempfile.mkdtemp(prefix="newsletter-dovecot-", dir="/tmp"))
    home.chmod(0o755)
    (home / "mail").mkdir()
    (home / "mail").chmod(0o777)
    port, tls_port = free_port(), free_port()
    config = _CONFIG.format(home=home, port=port, tls_port=tls_port, password=PASSWORD)
    config += _TLS.format(certificate=certificate) if certificate else "ssl = no\n"
    (home / "dovecot.conf").write_text(config)
    dovecot = [*prefix, command, "-c", str(home / "dovecot.conf")]
    try:
        with subprocess.Popen([*dovecot, "-F"], stdout=DEVNULL, stderr=DEVNULL) as process:
            try:
                _wait_until_it_greets(port, process)
                yield Dovecot(port, tls_port, (*prefix, doveadm, "-c", str(home / "dovecot.conf")))
            finally:
                subprocess.run([*dovecot, "stop"], check=False, capture_output=True)
    finally:
        subprocess.run([*prefix, "rm", "-rf", str(home)], check=True)


def _wait_until_it_greets(port: int, process: subprocess.Popen[bytes]) -> None:
    def greets() -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as client:
            return client.recv(99).startswith(b"* OK")
        return False

    until(lambda: process.poll() is not None or greets())
    assert process.poll() is None, "Dovecot did not start"
