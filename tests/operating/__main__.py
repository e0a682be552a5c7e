"""`make operating`: follow docs/operating.md to the letter on a bare Debian, from nothing to an edition and on.

Twice: with SQLite, and with PostgreSQL (DATABASES=postgresql for one of them). It begins with the version before the
newest migration, so that the upgrade is one. It takes root, debootstrap and some minutes. What the document does in a
browser is done here by requests and by the shell of the service; systemd does not run in such a root, so what stands in
for it starts what the units say.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.operating.document import DATABASES, DOCUMENT, Block, blocks
from tests.operating.machine import ROOT, Failed, Machine, bare_machine, bring, made_bare, trust, until
from tests.operating.reader import SITE, Reader
from tests.operating.versions import before_the_newest_migration

_FIRST = "lezer@lezers.example"
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
        before, bare = before_the_newest_migration(home), made_bare(home)
        for database in os.environ.get("DATABASES", "").split() or DATABASES:
            print(f"== {database}", flush=True)
            with bare_machine(home, bare) as machine:
                _follow_or_show(machine, before, database)
    except Failed as error:
        sys.exit(f"{error}")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _follow_or_show(machine: Machine, before: Path, database: str) -> None:
    """Where something does not go as it says, the ends of what the service logged go with that."""
    try:
        _follow(machine, before, blocks(DOCUMENT.read_text("utf-8")), database)
    except (Failed, AssertionError):
        print(machine.run("tail -n 15 /var/log/newsletter/* || true"), flush=True)
        raise


def _follow(machine: Machine, before: Path, document: list[Block], database: str) -> None:
    bring(machine, before)
    theirs = [block for block in document if block.only in ("", database)]
    for heading in dict.fromkeys(block.heading for block in theirs):
        began = time.monotonic()
        if heading == _UPGRADING:
            bring(machine, ROOT)
        for block in theirs:
            if block.heading == heading:
                _do(machine, block)
        AFTER[heading](machine)
        print(f"{heading}: {time.monotonic() - began:.0f} s", flush=True)


def _do(machine: Machine, block: Block) -> None:
    if block.asks_others and "deploy/install" in block.text:
        trust(machine)
    machine.follow(block)


def _works_with_sqlite(machine: Machine) -> None:
    shown = machine.run("newsletter editions list; ls /var/lib/newsletter; stat -c %a /var/lib/newsletter")
    assert "newsletter.sqlite3" in shown, shown
    assert shown.splitlines()[-1] == "700", shown
    print(f"  /opt/newsletter/1 takes {machine.run('du -sm /opt/newsletter/1').split()[0]} MB", flush=True)


def _works_with_postgresql(machine: Machine) -> None:
    machine.run(f"{_COUNT} newsletter | grep -qx t")


_COUNT = (
    "runuser -u postgres -- psql --no-align --tuples-only --command 'SELECT count(*) > 0 FROM organisation'"
)


def _a_reader_signs_up(machine: Machine) -> None:
    """The world is a domain of readers whose mail this machine takes in, into the one mailbox there is."""
    machine.run(
        "postconf -e 'virtual_alias_domains=bounces.nieuwsbrief.example lezers.example'\n"
        "echo '@lezers.example bounces@localhost' >> /etc/postfix/virtual\n"
        "postmap /etc/postfix/virtual && service postfix reload"
    )
    Reader(machine, _FIRST).signs_up()
    machine.run(_ITEM)


def _an_edition_reaches_a_reader(machine: Machine) -> None:
    reader = Reader(machine, _FIRST)
    until(lambda: any("Een bericht" in letter for letter in reader.letters()))
    until(lambda: "sent" in machine.run("newsletter editions list"))


def _goes_on_after_the_upgrade(machine: Machine) -> None:
    shown = machine.run("readlink /opt/newsletter/current; newsletter editions list")
    assert shown.startswith("/opt/newsletter/2\n"), shown
    assert "sent" in shown, shown
    _links_still_lead_somewhere(machine)


def _goes_back_and_on_again(machine: Machine) -> None:
    machine.run(f"{_PAGES}; readlink /opt/newsletter/current | grep -qx /opt/newsletter/1")
    _links_still_lead_somewhere(machine)
    machine.run(
        f"{_STOP}; ln -sfn /opt/newsletter/2 /opt/newsletter/current; newsletter db upgrade; {_START}"
    )
    machine.run(_PAGES)


_UNITS = "newsletter-web.service newsletter-scheduler.service"
_STOP, _START = f"systemctl stop {_UNITS}", f"systemctl start {_UNITS}"
_PAGES = (
    "curl --fail --silent --show-error --output /dev/null --retry 20 --retry-delay 1 --retry-all-errors "
    "http://127.0.0.1:8000/healthz/pages"
)


def _a_backup_is_made_each_night(machine: Machine) -> None:
    machine.run("newsletter jobs run back-up; ls /var/lib/newsletter/backups/*.age")


def _goes_on_where_it_is_now(machine: Machine) -> None:
    """What was sent stays sent, once; links of readers work; and somebody new is answered."""
    machine.run(_PAGES)
    assert "sent" in machine.run("newsletter editions list")
    _links_still_lead_somewhere(machine)
    somebody = Reader(machine, f"{time.monotonic_ns()}@lezers.example")
    somebody.signs_up()
    assert len([one for one in Reader(machine, _FIRST).letters() if "Een bericht" in one]) == 1


def _links_still_lead_somewhere(machine: Machine) -> None:
    reader = Reader(machine, _FIRST)
    (letter,) = (one for one in reader.letters() if "Een bericht" in one)
    links = set(re.findall(rf"{SITE}/\S+", letter))
    assert links
    assert {link: reader.opens(link) for link in links if reader.opens(link) != 200} == {}


_UPGRADING = "Upgrading"
AFTER: dict[str, Callable[[Machine], None]] = {
    "One machine, with SQLite": _works_with_sqlite,
    "With PostgreSQL": _works_with_postgresql,
    "With Postfix, Dovecot and nginx": _a_reader_signs_up,
    "The first edition": _an_edition_reaches_a_reader,
    _UPGRADING: _goes_on_after_the_upgrade,
    "The way back": _goes_back_and_on_again,
    "Backup": _a_backup_is_made_each_night,
    "Restore": _goes_on_where_it_is_now,
    "Move": _goes_on_where_it_is_now,
}
"""What must be so once a chapter was followed."""


if __name__ == "__main__":
    main()
