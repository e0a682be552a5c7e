"""A server that does not let us in concerns every letter: what runs is paused, and nobody is to blame."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.models import Delivery, Mailing, Suppression
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import Notice
from newsletter_service.smtp.connection import SmtpServer
from tests.conftest import NOW, Clock
from tests.delivery.db.conftest import SENDER, TEMPLATES, release, states
from tests.delivery.mail import conftest as mail
from tests.smtp_server import running_smtp_server

tls = mail.tls
LOGIN = ("nieuwsbrief", "een lang wachtwoord")


def write_notice(session: Session) -> None:
    letter = LetterRenderer(TEMPLATES).notice(Notice("nl", "Hallo", "Hallo", ("Een bericht.",)), SENDER)
    service.write_notice(session, letter, "nieuw@gemeente.example", NOW)
    session.commit()


@pytest.mark.parametrize("notice", [False, True], ids=["mailings alone", "a notice with them"])
def test_a_refused_login_pauses_all_that_runs_and_blames_no_reader(
    session: Session,
    outbox: DeliveryConfig,
    clock: Clock,
    request: pytest.FixtureRequest,
    notice: bool,
) -> None:
    first, second = release(session, 3), release(session, 2)
    if notice:
        write_notice(session)
    ca_file = str(request.getfixturevalue("certificate"))
    with running_smtp_server(tls=request.getfixturevalue("tls"), login=LOGIN) as guarded:
        right = SmtpServer("127.0.0.1", guarded.port, "starttls", *LOGIN, ca_file=ca_file)
        wrong = replace(right, password="vergeten")
        assert send_until_empty(replace(outbox, server=wrong)) == Counter({Verdict.UNREACHABLE: 1})
        assert guarded.received == []
        for mailing, readers in ((first, 3), (second, 2)):
            assert states(session, mailing) == {DeliveryState.READY: readers}
            session.refresh(mailing)
            assert mailing.paused_at == NOW
            assert "535" in mailing.pause_reason
        assert set(session.scalars(select(Delivery.attempts))) == {0}
        assert session.scalars(select(Suppression)).all() == []
        session.rollback()
        assert send_until_empty(replace(outbox, server=wrong))[Verdict.UNREACHABLE] == notice
        resume(session, first, second)
        clock.move(minutes=1)
        done = send_until_empty(replace(outbox, server=right))
    assert done == Counter({Verdict.SENT: 5 + notice})


def resume(session: Session, *mailings: Mailing) -> None:
    for mailing in mailings:
        service.resume_mailing(session, mailing)
    session.commit()
