from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions.commands import edition_commands
from newsletter_service.editions.composing.service import open_next_edition
from newsletter_service.editions.rules import ReleaseRule
from newsletter_service.editions.service import Statement, edition_numbered, statement
from newsletter_service.letters.mime.reading import text_of
from newsletter_service.staff.models import AuditEntry
from tests.editions.db.conftest import COLLECTING, House
from tests.factories import make_item, make_subscriber


def run(core: Flask, *arguments: str) -> tuple[int, str]:
    result = core.test_cli_runner().invoke(edition_commands, list(arguments))
    return result.exit_code, result.output


@pytest.fixture
def collecting(session: Session, house: House) -> None:
    """Edition 1 collects, one item waits, and there is one reader."""
    make_item(session, house.north, now=COLLECTING, title="Open dag")
    make_subscriber(session, now=COLLECTING)
    open_next_edition(session, COLLECTING)
    session.commit()


@pytest.mark.usefixtures("collecting")
def test_an_edition_goes_all_the_way_by_commands(core: Flask, session: Session, tmp_path: Path) -> None:
    assert run(core, "list") == (0, "   1  collecting  2026-11-26 09:00  0 items\n")
    status, composed = run(core, "compose", "1")
    assert status == 0
    assert " 1  turn             Open dag" in composed
    file = tmp_path / "edition.eml"
    assert run(core, "preview", "1", "--output", str(file))[0] == 0
    assert "Open dag" in text_of(file.read_bytes())
    assert "Subject: Open dag" in run(core, "preview", "1")[1]
    assert "held" in run(core, "hold", "1", "Even wachten")[1]
    assert run(core, "release", "1") == (0, "   1  sending     2026-11-26 09:00  1 items, 1 readers\n")
    assert edition_numbered(session, 1).state == "sending"


@pytest.mark.usefixtures("collecting")
def test_a_command_that_is_not_possible_says_why_in_one_line(core: Flask) -> None:
    assert run(core, "release", "1") == (1, "Error: an edition that is collecting cannot do release\n")
    assert run(core, "hold", "9", "x") == (1, "Error: there is no edition 9\n")


@pytest.mark.usefixtures("collecting")
def test_releasing_an_edition_names_whose_agreement_is_missing(
    core: Flask, session: Session, house: House
) -> None:
    house.calendar.release_rule = ReleaseRule.BOTH
    session.commit()
    run(core, "compose", "1")
    assert run(core, "release", "1") == (
        1,
        "Error: Not released: NOORD, ZUID did not agree to what it says now.\n",
    )
    assert edition_numbered(session, 1).state == "composed"


@pytest.mark.usefixtures("collecting")
def test_a_running_edition_is_held_resumed_and_cancelled_by_commands(core: Flask, session: Session) -> None:
    run(core, "compose", "1")
    run(core, "release", "1")
    assert "held" in run(core, "hold", "1", "Even wachten")[1]
    assert run(core, "resume", "1") == (0, "   1  sending     2026-11-26 09:00  1 items, 1 readers\n")
    asked = core.test_cli_runner().invoke(edition_commands, ["cancel", "1"], input="n\n")
    assert asked.exit_code == 1
    assert edition_numbered(session, 1).state == "sending"
    session.rollback()
    assert run(core, "cancel", "1", "--yes") == (
        0,
        "   1  cancelled   2026-11-26 09:00  1 items, 1 readers, 1 letters stopped\n",
    )
    edition = edition_numbered(session, 1)
    assert statement(session, edition) == Statement(intended=1, cancelled=1)
    moves = select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id)
    assert [(action, detail.get("reason")) for action, detail in session.execute(moves).all()][-4:] == [
        ("edition.hold", "Even wachten"),
        ("edition.resume", None),
        ("edition.hold", "cancelling"),
        ("edition.cancel", None),
    ]


@pytest.mark.usefixtures("collecting")
def test_what_cannot_be_resumed_or_cancelled_says_why_in_one_line(core: Flask) -> None:
    assert run(core, "resume", "1") == (1, "Error: an edition that is collecting cannot do resume\n")
    assert run(core, "compose", "1")[0] == 0
    assert run(core, "hold", "1", "Even wachten")[0] == 0
    past = run(core, "resume", "1", "--at", "2020-11-26 09:00")
    assert past == (1, "Error: an edition cannot go out in the past\n")
    skipped = run(core, "resume", "1", "--at", "2027-03-28 02:30")
    assert skipped == (1, "Error: 2027-03-28 02:30 does not exist in Europe/Amsterdam\n")
    moved = run(core, "resume", "1", "--at", "2027-03-28 03:30")
    assert moved == (0, "   1  composed    2027-03-28 03:30  1 items\n")
    assert run(core, "cancel", "1", "--yes")[0] == 0
    assert run(core, "cancel", "1", "--yes") == (1, "Error: an edition that is cancelled cannot do cancel\n")
