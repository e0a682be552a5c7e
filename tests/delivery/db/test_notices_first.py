"""Whoever signs up, or has to sign off, does not wait until an edition has gone out."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from newsletter_service.delivery.worker.setup import DeliveryConfig
from tests.delivery.db.beside import eventually, sending
from tests.delivery.db.conftest import release, write_notice
from tests.smtp_server import RecordingServer

READER = "nieuw@elders.example"
SECONDS = 0.5


@pytest.mark.parametrize("connections", [1, 4])
def test_a_notice_goes_out_before_an_edition_however_slow_the_server_is(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, connections: int
) -> None:
    release(session, 400)
    smtp.seconds = SECONDS
    with sending(replace(outbox, server=replace(outbox.server, connections=connections))):
        eventually(lambda: len(smtp.received) >= 2 * connections)
        write_notice(session, READER)
        before = len(smtp.received)
        eventually(lambda: smtp.to(READER))
        assert len(smtp.received) - before < 20 * connections


def test_many_notices_at_once_all_go_out_before_an_edition(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    release(session, 2000)
    smtp.seconds = 0.05
    with sending(replace(outbox, server=replace(outbox.server, connections=4))):
        eventually(lambda: len(smtp.received) >= 10)
        for number in range(30):
            write_notice(session, f"nieuw{number}@elders.example")
        before = len(smtp.received)
        eventually(lambda: sum("elders" in mail.recipient for mail in smtp.received) == 30)
        in_a_second = 4 / smtp.seconds  # so often a sender looks for notices
        assert len(smtp.received) - before < 30 + 5 * in_a_second
