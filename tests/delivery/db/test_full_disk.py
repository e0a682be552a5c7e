"""A disk that is full under PostgreSQL: the sender says so, waits, and goes on; on SQLite see test_trouble."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from newsletter_service.db import open_engine
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.smtp.connection import SmtpServer
from tests.conftest import NOW
from tests.delivery.db.beside import eventually, sending
from tests.delivery.db.conftest import SECRET, release, states
from tests.factories import SUPPRESSION_KEY
from tests.letters_made import notice_letters
from tests.postgresql import Cluster
from tests.required import missing
from tests.smtp_server import RecordingServer

LETTERS = 1_000
MEGABYTES = 40


@pytest.fixture
def disk() -> Iterator[Path]:
    """A disk of few megabytes that PostgreSQL may write to."""
    if os.geteuid() != 0:
        missing("only root mounts a disk")
    folder = Path(tempfile.mkdtemp(prefix="newsletter-disk-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    try:
        if mounted.returncode:
            missing(f"no disk can be mounted here: {mounted.stderr}")
        place = folder / "postgresql"
        place.mkdir()
        os.chown(place, pwd.getpwnam("postgres").pw_uid, -1)
        yield place
    finally:
        subprocess.run(["umount", str(folder)], check=False, capture_output=True)
        folder.rmdir()


@pytest.fixture
def engine(cluster: Cluster, disk: Path) -> Iterator[Engine]:
    """A database on that disk."""
    with administrators(cluster) as run:
        run(f"CREATE TABLESPACE narrow LOCATION '{disk}'")
        run("CREATE DATABASE on_narrow_disk TEMPLATE template_newsletter TABLESPACE narrow")
        engine = open_engine(f"{cluster.base_url}on_narrow_disk")
        try:
            yield engine
        finally:
            engine.dispose()
            run("DROP DATABASE on_narrow_disk WITH (FORCE)")
            run("DROP TABLESPACE narrow")


@contextmanager
def administrators(cluster: Cluster) -> Iterator[Callable[[str], object]]:
    engine = create_engine(f"{cluster.base_url}postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """All the room that is left is taken, for the block."""
    filler = disk.parent / "filler"
    try:
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        yield
    finally:
        filler.unlink()


def test_a_full_disk_under_postgresql_is_waited_for_until_there_is_room_again(
    engine: Engine, disk: Path, smtp: RecordingServer
) -> None:
    notes: set[str] = set()
    sender = DeliveryConfig(
        engine=engine,
        server=SmtpServer("127.0.0.1", smtp.port, "none", connections=2),
        links=Links("https://nieuwsbrief.example", Tokens(SecretKeys(SECRET))),
        notices=notice_letters(SECRET),
        clock=lambda: NOW,
        keys=SecretKeys(SECRET),
        suppression_key=SUPPRESSION_KEY,
        mail_domain="nieuwsbrief.example",
        bounce_domain="bounces.nieuwsbrief.example",
        report=lambda snapshot: notes.add(snapshot.note),
    )
    with Session(engine) as session:
        mailing = release(session, LETTERS)
        with sending(sender) as at_work:
            eventually(lambda: len(smtp.received) > 20)
            with full(disk):
                eventually(lambda: any("No space left on device" in note for note in notes))
                assert len(smtp.received) < LETTERS
            assert at_work.ended()
        assert at_work.verdicts == {Verdict.SENT: LETTERS}
        assert states(session, mailing) == {DeliveryState.SENT: LETTERS}
    assert len({mail.recipient for mail in smtp.received}) == len(smtp.received) == LETTERS
