"""Somebody with something in every table that readers are in, and the commands about one reader."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Source as CameBy
from newsletter_service.bounces.rules import Verdict
from newsletter_service.editions.models import Edition, Exclusion
from newsletter_service.editions.rules import ExclusionReason
from newsletter_service.registry.commands import subscriber_commands
from newsletter_service.services import Services
from newsletter_service.subscriptions import notices
from newsletter_service.subscriptions.consent.rules import READER, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.rules import Answer
from tests.bounces.db.conftest import make_delivery
from tests.conftest import NOW
from tests.factories import make_newsletter, make_segment, make_subscriber, make_topic

Stored = Callable[[], AbstractContextManager[Session]]
Runs = Callable[..., Result]
ADDRESS = "zonnebloem.kwartel@vogelhuis.example"
NAME = "Zonnebloem Kwartel"
TRACES = ("zonnebloem", "kwartel", "vogelhuis")


@pytest.fixture
def runs(core: Flask) -> Runs:
    def run(*args: str) -> Result:
        return core.test_cli_runner().invoke(subscriber_commands, args)

    return run


@pytest.fixture(autouse=True)
def reader(stored: Stored, app: Flask) -> None:
    """Somebody with something in every table that readers are in."""
    wired: Services = app.extensions["newsletter"]
    with stored() as session:
        make_newsletter(session)
        police, harbour = make_segment(session, "politie"), make_topic(session, "haven")
        person = make_subscriber(
            session, ADDRESS, now=NOW, name=NAME, segments=(police,), approved=(police,), topics=(harbour,)
        )
        record_wish(session, person, Step.CONFIRMED, READER, Place.CONFIRM, NOW)
        notices.write(session, wired, person, Answer.LINK, NOW)
        sent = make_delivery(session, person, name=NAME, reply_code=250, reply_text=f"250 <{ADDRESS}> Ok")
        make_delivery(session, person, name=NAME, state="ready")
        session.add(
            Bounce(
                delivery_id=sent.id,
                subscriber_id=person.id,
                verdict=Verdict.SOFT,
                status="4.2.2",
                reason="vol",
                source=CameBy.MESSAGE,
                at=NOW,
                headers=f"To: {ADDRESS}",
            )
        )
        edition = Edition(number=1, closes_at=NOW, sends_at=NOW, zone="Europe/Amsterdam")
        session.add(edition)
        session.flush()
        reason = ExclusionReason.NOTHING_VISIBLE
        session.add(Exclusion(edition_id=edition.id, subscriber_id=person.id, reason=reason))
