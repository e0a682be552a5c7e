"""Accounts that other rows refer to come through the migrations that gave accounts more to say."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, text

from newsletter_service.db import Base, db
from newsletter_service.migrations import init_migrations

AT = "2026-11-01 10:00:00.000000"


def fill(connection: Connection) -> None:
    """As things stood at 0027: an account with a role, whose sign-in stands in the audit trail."""
    for line in (
        "INSERT INTO staff_user (id, email, password, active, fs_uniquifier, name, language)"
        " VALUES (1, 'a@noord.example', 'x', true, 'u', 'Anna', 'nl')",
        "INSERT INTO staff_role (id, name) VALUES (1, 'administrator')",
        "INSERT INTO staff_user_role (user_id, role_id) VALUES (1, 1)",
        "INSERT INTO audit_entry (at, actor_id, action, subject_type, subject_id, detail)"
        f" VALUES ('{AT}', 1, 'account.sign_in', 'account', 1, '{{}}')",
    ):
        connection.execute(text(line))


@pytest.mark.parametrize("back", [False, True])
def test_an_account_and_all_that_refers_to_it_stays_on_the_way_up_and_down(app: Flask, back: bool) -> None:
    with app.app_context():
        init_migrations(app)
        Base.metadata.drop_all(db.engine)
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
        upgrade(revision="0027")
        with db.engine.begin() as connection:
            fill(connection)
        upgrade()
        if back:
            downgrade(revision="0027")
            upgrade()
        with db.engine.connect() as connection:
            last, muted = connection.execute(text("SELECT last_sign_in_at, muted FROM staff_user")).one()
            assert connection.execute(text("SELECT count(*) FROM staff_user_role")).scalar() == 1
            assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 1
    moment = datetime.fromisoformat(last) if isinstance(last, str) else last
    assert moment.replace(tzinfo=moment.tzinfo or UTC) == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert muted in ([], "[]")
