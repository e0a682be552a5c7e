"""Comparing hundreds of items for the first time takes a second or two, in which nobody waits for a transaction."""

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.orm import Session

from newsletter_service.cli import main
from newsletter_service.db import db
from newsletter_service.editions.composing.service import open_next_edition
from newsletter_service.editorial.rules import ItemState
from scheduled_jobs import compose_due
from tests.comparing import compared_within
from tests.conftest import Clock
from tests.editions.db.conftest import CLOSES, COLLECTING, House
from tests.factories import make_item


@pytest.fixture
def app_at_closing(app: Flask, session: Session, house: House, clock: Clock) -> Flask:
    """With an item that was sent and two that wait."""
    make_item(session, house.north, now=COLLECTING, title="Wijkagenten").state = ItemState.SENT
    for title in ("Inbraken", "Vuurwerk"):
        make_item(session, house.south, now=COLLECTING, title=title)
    open_next_edition(session, COLLECTING)
    session.commit()
    clock.now = CLOSES
    return app


def test_the_job_has_compared_before_its_transaction(app_at_closing: Flask) -> None:
    with app_at_closing.app_context():
        assert compared_within(db.engine, compose_due.run) == [0]


def test_the_command_has_compared_before_its_transaction(app_at_closing: Flask) -> None:
    def command() -> None:
        info = ScriptInfo(create_app=lambda: app_at_closing)
        assert CliRunner().invoke(main, ["editions", "compose", "1"], obj=info).exit_code == 0

    with app_at_closing.app_context():
        engine = db.engine
    assert compared_within(engine, command) == [0]
