"""What tests of readers share: the app's press, a newsletter, and what was written to whom."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.services import Services
from tests.factories import make_newsletter

Written = Callable[[], list[str]]


@pytest.fixture
def mail_context(app: Flask) -> Services:
    parts: Services = app.extensions["newsletter"]
    return parts


@pytest.fixture(autouse=True)
def newsletter(session: Session) -> None:
    make_newsletter(session)
    session.commit()


@pytest.fixture
def written(session: Session) -> Written:
    """The subjects of all notices in the ledger, in their order."""

    def subjects() -> list[str]:
        rows = session.scalars(select(Delivery).where(Delivery.mailing_id.is_(None)).order_by(Delivery.id))
        return [row.letter.subject for row in rows]

    return subjects
