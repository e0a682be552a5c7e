"""What `newsletter audit verify` says, and that commands on the server are entries themselves."""

import os
import pwd
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from newsletter_service.operations.terminal import at_terminal
from newsletter_service.settings import Settings
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.service import record
from newsletter_service.staff.trail.service import head
from newsletter_service.trail.commands import audit_commands
from tests.conftest import NOW
from tests.environment import environment_of
from tests.factories import make_newsletter, make_subscriber


def run(core: Flask, *arguments: str) -> tuple[int, str]:
    done = core.test_cli_runner().invoke(audit_commands, ["verify", *arguments])
    return done.exit_code, done.output


def test_a_whole_trail_is_said_to_be_whole_with_its_head(session: Session, core: Flask) -> None:
    record(session, None, "item.edit", "item", 1, NOW)
    session.commit()
    known = head(session)
    session.rollback()
    assert run(core) == (0, f"1 entries are as they were sealed.\nHead: {known}\n")
    assert run(core, "--head", str(known))[0] == 0


def test_a_broken_trail_names_its_first_broken_entry(session: Session, core: Flask) -> None:
    for number in range(3):
        record(session, None, "item.edit", "item", number, NOW)
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
    else:
        session.execute(text("DROP TRIGGER audit_entry_stays_as_it_is"))
    session.execute(text("UPDATE audit_entry SET subject_id = 9 WHERE id = 2"))
    session.commit()
    code, said = run(core)
    assert code == 1
    assert "First broken entry: number 2 (id 2, 2026-11-23 09:00:00 UTC, item.edit)" in said


@pytest.mark.parametrize("typed", ["", "abc", "x:" + "0" * 64, "1:" + "g" * 64])
def test_what_is_no_head_is_refused(core: Flask, typed: str) -> None:
    code, said = run(core, "--head", typed)
    assert (code, "64 digits" in said or "number" in said) == (2, True)


def test_what_a_command_does_is_done_by_the_system_user(session: Session) -> None:
    with at_terminal():
        record(session, None, "item.edit", "item", 1, NOW)
    record(session, None, "item.edit", "item", 1, NOW)
    me = pwd.getpwuid(os.getuid()).pw_name
    by_hand, by_itself = session.scalars(select(AuditEntry.terminal).order_by(AuditEntry.id))
    assert (by_hand.endswith(me), by_itself) == (True, "")


def test_a_command_leaves_an_entry_of_its_own_without_what_it_was_given(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    make_newsletter(session)
    make_subscriber(session, "anna@gemeente.example", now=NOW)
    session.commit()
    given = environment_of(settings, INSTANCE_DIR=str(tmp_path / "instance"))
    line = ["subscribers", "erase", "anna@gemeente.example", "--reason", "brief van anna@gemeente.example"]
    with Popen(
        [str(Path(sys.executable).with_name("newsletter")), *line],
        env={**os.environ, **given},
        stdout=PIPE,
        text=True,
    ) as process:
        said, _ = process.communicate(timeout=60)
    assert "Erased." in said
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries][:2] == ["command.run", "subscriber.erase"]
    assert entries[0].detail == {"command": "subscribers erase"}
    assert all(entry.terminal for entry in entries[:2])
    assert entries[1].subject_key, "known by the hash of the address"
    assert not any("@" in str(entry.detail) for entry in entries)
