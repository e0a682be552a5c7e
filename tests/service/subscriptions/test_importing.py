from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.service import suppress
from newsletter_service.parts import Parts
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.commands import subscriber_commands
from newsletter_service.subscriptions.models import Consent, Subscriber
from newsletter_service.subscriptions.sheets import COLUMNS
from tests.conftest import NOW
from tests.factories import make_segment, make_subscriber, make_topic

HEADER = ",".join(COLUMNS)
NOTE = "Deelnemerslijst netwerkdag 3 juni, met vinkje voor de nieuwsbrief"


@pytest.fixture(autouse=True)
def offers(session: Session, newsletter: None) -> None:
    make_segment(session, "politie")
    make_topic(session, "jeugd")
    session.commit()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "lezers.csv"


def run(app: Flask, *arguments: object) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(subscriber_commands, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_readers_come_in_confirmed_with_the_proof_of_their_consent(
    app: Flask, session: Session, sheet: Path
) -> None:
    sheet.write_text(
        f"{HEADER}\nAnna@Politie.example,Anna de Vries,en,politie,jeugd,active,2026-03-01T11:00:00+01:00\n"
        "bea@gemeente.example,,,,,,\n"
    )
    assert run(app, "import", sheet, "--consent", f"  {NOTE} ") == (
        0,
        "2 added, 0 known already, 0 want no mail, 0 not active.\n",
    )
    anna, bea = session.scalars(select(Subscriber).order_by(Subscriber.address)).all()
    assert (anna.address, anna.domain, anna.name, anna.language) == (
        "anna@politie.example",
        "politie.example",
        "Anna de Vries",
        "en",
    )
    assert [membership.segment.slug for membership in anna.memberships] == ["politie"]
    assert anna.memberships[0].approved_at is None
    assert [topic.slug for topic in anna.topics] == ["jeugd"]
    assert anna.confirmed_at == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert (bea.status, bea.language, bea.confirmed_at) == ("active", "nl", NOW)
    proof = session.scalars(select(Consent).order_by(Consent.id)).all()
    assert [(row.step, row.source, row.wording, row.at) for row in proof] == [
        ("confirmed", "import", NOTE, anna.confirmed_at),
        ("confirmed", "import", NOTE, NOW),
    ]
    assert session.scalars(select(func.count()).select_from(Delivery)).one() == 0


def test_an_import_brings_nobody_back_and_changes_nobody(
    app: Flask, session: Session, sheet: Path, press: Parts
) -> None:
    make_subscriber(session, "bekend@gemeente.example", now=NOW, name="Bekend")
    make_subscriber(session, "weg@gemeente.example", now=NOW, status="left")
    suppress(session, "nooit@gemeente.example", "asked", press.secret_key, NOW)
    session.commit()
    sheet.write_text(
        "address,name,status\nbekend@gemeente.example,Anders,\nweg@gemeente.example,,active\n"
        "nooit@gemeente.example,,\nelders-weg@gemeente.example,,left\nwacht@gemeente.example,,pending\n"
        "nieuw@gemeente.example,,\n"
    )
    assert run(app, "import", sheet, "--consent", NOTE) == (
        0,
        "1 added, 2 known already, 1 want no mail, 2 not active.\n",
    )
    states = [
        tuple(row)
        for row in session.execute(select(Subscriber.address, Subscriber.status).order_by(Subscriber.id))
    ]
    assert states == [
        ("bekend@gemeente.example", "active"),
        ("weg@gemeente.example", "left"),
        ("nieuw@gemeente.example", "active"),
    ]
    assert "Bekend" in session.scalars(select(Subscriber.name)).all()


def test_many_wrong_lines_are_counted_rather_than_listed(app: Flask, sheet: Path) -> None:
    sheet.write_text("address\n" + "fout\n" * 30)
    assert run(app, "import", sheet, "--consent", NOTE)[1].endswith("and 10 more\n")


def test_an_import_without_saying_where_consent_was_given_is_refused(app: Flask, sheet: Path) -> None:
    sheet.write_text("address\nanna@gemeente.example\n")
    assert run(app, "import", sheet)[0] == 2
    assert run(app, "import", sheet, "--consent", "  ")[0] == 2
    assert run(app, "import", sheet, "--consent", "x" * 1001)[0] == 2


@pytest.mark.parametrize(
    "content", ["address\njörg@gemeente.example\n".encode("latin-1"), b"\xff\xfea\x00d\x00"]
)
def test_a_file_in_another_encoding_is_refused_with_a_way_out(
    app: Flask, sheet: Path, content: bytes
) -> None:
    sheet.write_bytes(content)
    status, output = run(app, "import", sheet, "--consent", NOTE)
    assert status == 1
    assert "CSV UTF-8" in output


def test_what_is_exported_can_be_imported_elsewhere(app: Flask, session: Session, sheet: Path) -> None:
    status, exported = run(app, "export")
    assert (status, exported) == (0, HEADER + "\n")
    sheet.write_text(
        "\ufeffaddress;name;segments;topics;status\r\n"
        "=anna@politie.example;'=HYPERLINK(1);politie;jeugd;active\r\n",
        encoding="utf-8",
    )
    run(app, "import", sheet, "--consent", NOTE)
    left = make_subscriber(session, "weg@gemeente.example", now=NOW, status="left")
    session.commit()
    _, exported = run(app, "export")
    assert exported.splitlines() == [
        HEADER,
        "'=anna@politie.example,'=HYPERLINK(1),nl,politie,jeugd,active,2026-11-23T09:00:00+00:00",
        f"{left.address},,nl,,,left,",
    ]


def test_imports_and_exports_stand_in_the_audit_trail(app: Flask, session: Session, sheet: Path) -> None:
    sheet.write_text("address\nanna@gemeente.example\n")
    run(app, "import", sheet, "--consent", NOTE)
    run(app, "export")
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["subscribers.import", "subscribers.export"]
    assert entries[0].detail == {"added": 1, "consent": NOTE}
