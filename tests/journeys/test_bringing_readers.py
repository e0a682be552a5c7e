"""Readers are brought from another program: looked at, checked, taken in; and taken along again."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from sqlalchemy import select

from newsletter_service.delivery.models import Suppression
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from tests.journeys.conftest import sign_up
from tests.journeys.office import Office, fresh
from tests.reader_lists import LISTS, answer, guessed, hand_in
from tests.smtp_server import Received
from tests.subscriptions.unit.test_programs import SAMPLES

LISTMONK = (SAMPLES / "listmonk.csv").read_text("utf-8")


def files_of_lists(office: Office) -> list[str]:
    folder = Path(office.app.instance_path) / "lists"
    return sorted(one.name for one in folder.rglob("*") if one.is_file())


def test_an_export_of_another_program_becomes_readers_with_their_proof(
    office: Office, deliver: Callable[[], list[Received]]
) -> None:
    page = hand_in(office.editor, LISTMONK, "subscribers.csv")
    assert "We kijken wat er in het bestand staat" in office.editor.text(page)
    office.tick()
    shown = office.editor.text(page)
    assert "Dit is een export van listmonk" in shown
    assert "anna@gemeente.example" in shown
    assert [*guessed(office.editor, page).values()] == ["", "address", "name", "", "status", "asked_at", ""]

    answer(office.editor, page, verified=["om"], verified_by="Ledenlijst van 1 november")
    office.tick()
    shown = office.editor.text(page)
    assert "Dit gaat er gebeuren" in shown
    assert "1 komt erbij als lezer" in shown
    assert "2 ging daar weg: blijft weg, en dat onthouden we" in shown
    with office.stored() as session:
        assert session.scalars(select(Subscriber)).all() == []

    assert office.editor.post(f"{page}/inlezen").status_code == 303
    office.tick()
    assert "1 toegevoegd als lezer" in office.editor.text(page)
    assert files_of_lists(office) == ["report.jsonl"]
    with office.stored() as session:
        anna = session.scalars(select(Subscriber)).one()
        assert (anna.address, anna.name, anna.status) == ("anna@gemeente.example", "Anna Vos", "active")
        (claim,) = anna.memberships
        assert (claim.state, claim.evidence, claim.source) == (
            "verified",
            "import",
            "Ledenlijst van 1 november",
        )
        steps = session.scalars(
            select(Consent).where(Consent.subscriber_id == anna.id).order_by(Consent.id)
        ).all()
        assert [(row.step, row.actor, row.source) for row in steps] == [
            ("imported", "staff", "subscribers.csv"),
            ("verified", "staff", "subscribers.csv"),
        ]
        assert {row.scope: row.reason for row in session.scalars(select(Suppression))} == {
            "imports": "left",
            "all_mail": "blocked",
        }
        number = anna.id
    held = office.editor.text(f"/redactie/lezers/{number}")
    assert "Ledenlijst van 1 november" in held
    assert "oud.gemeente.example/nieuwsbrief" in held
    assert deliver() == []


def test_who_left_there_may_sign_up_here_and_who_was_blocked_there_gets_no_mail(
    office: Office, deliver: Callable[[], list[Received]]
) -> None:
    page = hand_in(office.editor, LISTMONK)
    office.tick()
    answer(office.editor, page)
    office.tick()
    office.editor.post(f"{page}/inlezen")
    office.tick()
    for name in ("bas", "caro"):
        sign_up(fresh(office.app), f"{name}@gemeente.example")
    assert [mail.recipient for mail in deliver()] == ["bas@gemeente.example"]


def test_everybody_is_taken_along_as_a_file_and_that_is_written_down(
    office: Office, readers: dict[str, str]
) -> None:
    answered = office.editor.post(f"{LISTS}/uitlezen")
    assert answered.headers["Content-Disposition"].endswith('.csv"')
    rows = [*csv.DictReader(StringIO(answered.text.removeprefix("\ufeff")), delimiter=";")]
    assert {row["E-mailadres"] for row in rows} == set(readers.values())
    with office.stored() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert last.action == "subscribers.export"
        assert last.actor is not None
