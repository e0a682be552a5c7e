"""An SMTP server that is away takes a line of the log, whatever the number of times it is tried."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.smtp.connection import SmtpServer
from tests.conftest import CLOSED_PORT
from tests.delivery.db.conftest import release


def test_a_server_that_is_away_is_said_once_and_again_when_it_is_back(
    session: Session, outbox: DeliveryConfig, caplog: pytest.LogCaptureFixture
) -> None:
    release(session, 3)
    away = replace(outbox, server=SmtpServer("127.0.0.1", CLOSED_PORT, "none"))
    for _ in range(20):
        assert send_until_empty(away)[Verdict.UNREACHABLE] == 1
    (said,) = caplog.messages
    assert said.startswith("the SMTP server takes no letters: no connection at phase connect")
    assert send_until_empty(replace(outbox, server_away=away.server_away))[Verdict.SENT] == 3
    (over,) = caplog.messages[1:]
    assert over.startswith("over after")
