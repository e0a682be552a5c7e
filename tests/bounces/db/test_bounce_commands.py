import json
import mailbox
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.bounces.commands import bounce_commands
from newsletter_service.bounces.models import Bounce
from newsletter_service.subscriptions.models import Subscriber
from tests.bounces.db.conftest import make_delivery, message_about
from tests.bounces.samples import MESSAGES, NAMES, sample
from tests.conftest import NOW
from tests.factories import make_newsletter, make_subscriber

Stored = Callable[[], AbstractContextManager[Session]]
KEYS = ["file", "verdict", "status", "recipient", "reason"]


@pytest.fixture
def letters(stored: Stored) -> dict[str, bytes]:
    """A message about the letter of a reader each: one is gone, one complains, one is away, one wants no more."""
    with stored() as session:
        make_newsletter(session)
        samples = (
            "postfix_unknown",
            "arf_abuse",
            "out_of_office_exchange",
            "unsubscribe",
            "exchange_online_policy",
        )
        return {
            name: message_about(
                name, make_delivery(session, make_subscriber(session, f"{name}@gemeente.example", now=NOW))
            )
            for name in samples
        }


@pytest.fixture
def run(core: Flask) -> Callable[..., Result]:
    def run(*args: str, stdin: bytes | None = None) -> Result:
        return core.test_cli_runner().invoke(bounce_commands, ["read", *args], input=stdin)

    return run


def statuses(stored: Stored) -> dict[str, str]:
    with stored() as session:
        return {row.address.partition("@")[0]: row.status for row in session.scalars(select(Subscriber))}


OUTCOME = {
    "postfix_unknown": "left",
    "arf_abuse": "left",
    "out_of_office_exchange": "active",
    "unsubscribe": "left",
    "exchange_online_policy": "active",
}
SUMMARY = (
    "5 messages: 1 auto-reply, 1 complaint, 1 hard, 1 policy, 1 unsubscribe; "
    "1 ignored, 1 noted, 2 stopped, 1 unsubscribed\n"
)


def test_a_maildir_is_read_and_read_again_without_effect(
    run: Callable[..., Result], stored: Stored, letters: dict[str, bytes], tmp_path: Path
) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    for raw in letters.values():
        box.add(raw)
    assert run(str(tmp_path / "Maildir")).output == SUMMARY
    assert statuses(stored) == OUTCOME
    again = run(str(tmp_path / "Maildir")).output
    assert again.endswith("; 1 ignored, 4 known\n")
    assert "@" not in again


def test_an_mbox_is_read(
    run: Callable[..., Result], stored: Stored, letters: dict[str, bytes], tmp_path: Path
) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for raw in letters.values():
        box.add(raw)
    box.close()
    assert run(str(tmp_path / "box")).output == SUMMARY
    assert statuses(stored) == OUTCOME


def test_standard_input_is_read_with_and_without_the_line_that_a_pipe_puts_first(
    run: Callable[..., Result], stored: Stored, letters: dict[str, bytes]
) -> None:
    piped = b"From MAILER-DAEMON  Mon Nov 23 10:00:00 2026\n" + letters["postfix_unknown"]
    assert run("-", stdin=piped).output == "1 message: 1 hard; 1 stopped\n"
    assert run("-", stdin=letters["arf_abuse"]).output == "1 message: 1 complaint; 1 stopped\n"
    assert statuses(stored)["postfix_unknown"] == statuses(stored)["arf_abuse"] == "left"


def test_explaining_says_what_each_message_means_and_changes_nothing(
    run: Callable[..., Result], stored: Stored, letters: dict[str, bytes], tmp_path: Path
) -> None:
    for name, raw in letters.items():
        (tmp_path / f"{name}.eml").write_bytes(raw)
    lines = run(str(tmp_path), "--explain").output.splitlines()
    found = {Path(one["file"]).stem: one for one in map(json.loads, lines) if one["file"].endswith(".eml")}
    assert all(list(one) == KEYS for one in found.values())
    assert {name: one["verdict"] for name, one in found.items()} == {
        "postfix_unknown": "hard",
        "arf_abuse": "complaint",
        "out_of_office_exchange": "auto-reply",
        "unsubscribe": "none",
        "exchange_online_policy": "policy",
    }
    assert found["postfix_unknown"]["status"] == "5.1.1"
    assert found["postfix_unknown"]["recipient"] == "anna@gemeente.example"
    assert set(statuses(stored).values()) == {"active"}
    with stored() as session:
        assert session.scalars(select(Bounce)).all() == []


def test_every_sample_explains_itself_in_one_line(run: Callable[..., Result]) -> None:
    assert len(run(str(MESSAGES), "--explain").output.splitlines()) == len(NAMES)


def test_no_message_and_an_empty_one_are_no_error(run: Callable[..., Result], tmp_path: Path) -> None:
    empty = tmp_path / "Maildir"
    (empty / "new").mkdir(parents=True)
    assert run(str(empty)).output == "no messages\n"
    assert run("-", stdin=b"").output == "1 message: 1 none; 1 unreadable\n"


def test_a_file_that_cannot_be_opened_keeps_up_none_of_the_others(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "Maildir" / "new"
    folder.mkdir(parents=True)
    for name in ("a", "b", "c"):
        (folder / name).write_bytes(sample("ordinary"))
    opened = Path.open

    def gone(file: Path, mode: str) -> BinaryIO:
        if file.name == "b":
            raise PermissionError(file)
        return cast(BinaryIO, opened(file, mode))

    monkeypatch.setattr(Path, "open", gone)
    assert run(str(tmp_path / "Maildir")).output == "3 messages: 3 none; 2 ignored, 1 unreadable\n"
