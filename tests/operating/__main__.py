"""`make operating`: follow docs/operating.md to the letter on a bare Debian, from nothing to an edition and an upgrade.

It takes root, debootstrap and some minutes. What the document does in a browser is done here by requests and by
the shell of the service; systemd does not run in such a root, so what stands in for it starts what the units say.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from email import message_from_string
from email.policy import default
from pathlib import Path

from tests.operating.document import DOCUMENT, Block, blocks
from tests.operating.machine import Failed, Machine, bare_machine, bring, trust

_PATIENCE_SECONDS = 120.0
_CURL = "curl --fail --silent --show-error --insecure --resolve nieuwsbrief.example:443:127.0.0.1"
_READER = "lezer@lezers.example"
_ITEM = """
newsletter shell <<'END'
from newsletter_service.clock import utc_now
from newsletter_service.db import db
from newsletter_service.editorial.models import Item
from newsletter_service.publisher.models import Organisation
from sqlalchemy import select
now = utc_now()
by = db.session.scalars(select(Organisation)).first()
words = {"kind": "news", "state": "queued", "title": "Een bericht", "lead": "Wat u moet weten."}
db.session.add(Item(organisation=by, **words, queued_at=now, created_at=now, updated_at=now))
db.session.commit()
END
"""


def main() -> None:
    """Follow the document; ends with what did not go as it says."""
    missing = [program for program in ("debootstrap", "ip", "mount") if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        sys.exit(f"This takes root and {', '.join(missing) or 'nothing else'}: nothing was tried.")
    home = Path(tempfile.mkdtemp(prefix="newsletter-operating-"))
    try:
        with bare_machine(home) as machine:
            _follow(machine, blocks(DOCUMENT.read_text("utf-8")))
    except Failed as error:
        sys.exit(f"{error}")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _follow(machine: Machine, document: list[Block]) -> None:
    bring(machine)
    heading = ""
    for block in document:
        if block.heading != heading:
            if heading in AFTER:
                AFTER[heading](machine)
            heading = block.heading
            print(f"{heading} ...", flush=True)
        if block.asks_others and "pip install" in block.text:
            trust(machine)
        machine.follow(block)
    AFTER[heading](machine)


def _works_with_sqlite(machine: Machine) -> None:
    shown = machine.run("newsletter editions list; ls /var/lib/newsletter; stat -c %a /var/lib/newsletter")
    assert "newsletter.sqlite3" in shown, shown
    assert shown.splitlines()[-1] == "700", shown


def _an_edition_reaches_a_reader(machine: Machine) -> None:
    """The world is a domain of readers whose mail this machine takes in, into the one mailbox there is."""
    machine.run(
        f"postconf -e 'virtual_alias_domains=bounces.nieuwsbrief.example lezers.example'\n"
        f"echo '{_READER} bounces@localhost' >> /etc/postfix/virtual\n"
        "postmap /etc/postfix/virtual && service postfix reload"
    )
    sign_up = f"--data 'address={_READER}&language=nl' https://nieuwsbrief.example/aanmelden"
    machine.run(f"{_CURL} --output /dev/null {sign_up}")
    until(lambda: _letters(machine))
    (link,) = re.findall(r"https://nieuwsbrief\.example/bevestigen/\S+", _letters(machine)[0])
    machine.run(f"{_CURL} --output /dev/null --data '' {link}")
    machine.run(_ITEM)
    for step in ("compose", "release"):
        machine.run(f"newsletter editions {step} 1")
    until(lambda: any("Een bericht" in letter for letter in _letters(machine)))
    print("  the first edition reached its reader by nginx, PostgreSQL, Postfix and Dovecot", flush=True)


def _letters(machine: Machine) -> list[str]:
    """What the letters in the mailbox say, read by IMAP."""
    ask = "curl --silent --user bounces:$(cat /etc/newsletter/bounces-password) imap://127.0.0.1/INBOX"
    found: list[str] = []
    while letter := machine.run(f"{ask}';MAILINDEX={len(found) + 1}' || true"):
        body = message_from_string(letter, policy=default).get_body(("plain",))
        found.append(body.get_content() if body is not None else "")
    return found


def _goes_on_after_the_upgrade(machine: Machine) -> None:
    shown = machine.run("readlink /opt/newsletter/current; newsletter editions list")
    assert shown.startswith("/opt/newsletter/2\n"), shown
    assert "sent" in shown, shown
    machine.run(_WAY_BACK)
    print("  and back by one migration, and on again", flush=True)


_WAY_BACK = """
systemctl stop newsletter-web.service newsletter-scheduler.service
newsletter db downgrade
newsletter db upgrade
systemctl start newsletter-web.service newsletter-scheduler.service
"""

AFTER: dict[str, Callable[[Machine], None]] = {
    "One machine, with SQLite": _works_with_sqlite,
    "With PostgreSQL, Postfix, Dovecot and nginx": _an_edition_reaches_a_reader,
    "Upgrading": _goes_on_after_the_upgrade,
}
"""What must be so once a chapter was followed."""


def until(look: Callable[[], object]) -> None:
    """Wait until something is so; Failed if it never is."""
    latest = time.monotonic() + _PATIENCE_SECONDS
    while not look():
        if time.monotonic() > latest:
            raise Failed("what should have come did not come")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
