import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.subscriptions.consent.models import Consent
from tests.house.db.test_migrations import empty

BEFORE_THE_LEDGER = "0015"
STEPS_BEFORE_THE_LEDGER = (
    """
    INSERT INTO subscriber (id, address, address_hmac, domain, name, language, status, link_key, asked_at)
    VALUES (1, 'anna@gemeente.example', 'hash-of-anna', 'gemeente.example', 'Anna', 'nl', 'left', 'aaaaaaaaaaaa',
        '2026-11-01 09:00:00')
    """,
    """
    INSERT INTO consent (id, subscriber_id, step, source, wording, wording_version, privacy_version, at)
    SELECT id, 1, step, source, wording, version, version, '2026-11-02 09:00:00'
    FROM (
        SELECT 1 AS id, 'asked' AS step, 'form' AS source, 'Ik wil dit ontvangen.' AS wording, '2026-11-2' AS version
        UNION ALL SELECT 2, 'confirmed', 'form', 'I want to receive this.', '2026-11-2'
        UNION ALL SELECT 3, 'withdrawn', 'mail', '', ''
        UNION ALL SELECT 4, 'restored', 'form', '', ''
        UNION ALL SELECT 5, 'bounced', 'mail', '', ''
        UNION ALL SELECT 6, 'confirmed', 'import', 'Intekenlijst congres', ''
    ) AS steps
    """,
)


def test_consent_of_before_the_ledger_is_carried_over_with_its_words_and_cannot_be_changed(
    app: Flask,
) -> None:
    with app.app_context():
        empty(app)
        upgrade(revision=BEFORE_THE_LEDGER)
        with db.engine.begin() as connection:
            for statement in STEPS_BEFORE_THE_LEDGER:
                connection.execute(text(statement))
        upgrade()
        with Session(db.engine) as session:
            rows = session.scalars(select(Consent).order_by(Consent.id)).all()
            assert [(row.step, row.actor, row.source, row.note) for row in rows] == [
                ("asked", "reader", "/aanmelden", ""),
                ("confirmed", "reader", "/bevestigen", ""),
                ("left", "reader", "mail", ""),
                ("returned", "reader", "/afmelden/terug", ""),
                ("bounced", "job", "mail", ""),
                ("imported", "command", "import", "Intekenlijst congres"),
            ]
            words = [row.wording and (row.wording.language, row.wording.words) for row in rows]
            assert words == [("nl", "Ik wil dit ontvangen."), ("en", "I want to receive this."), *[None] * 4]
            assert {row.address_hmac for row in rows} == {"hash-of-anna"}
            for change in ("UPDATE consent SET step = 'asked'", "DELETE FROM consent WHERE id > 1"):
                if change.startswith("DELETE"):
                    session.execute(text("UPDATE subscriber SET confirmed_at = asked_at"))
                with pytest.raises(DatabaseError):
                    session.execute(text(change))
                session.rollback()
