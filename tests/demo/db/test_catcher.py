import queue
import smtplib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from newsletter_service.bounces.reading import read
from newsletter_service.demo.catcher import Mailbox
from newsletter_service.demo.people import ABOLISHED_DOMAIN, people
from newsletter_service.demo.returning import message
from tests.chaos.waiting import PATIENCE_SECONDS

MAIL = b"Subject: hallo\r\nTo: anna@gemeente.example\r\n\r\nDag =C3=A9en.\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def port(folder: Path, free_port: Callable[[], int]) -> Iterator[int]:
    controller = Controller(Mailbox(folder), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


def test_a_mail_is_kept_byte_by_byte(port: int, folder: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("redactie@nieuwsbrief.example", ["anna@gemeente.example"], MAIL)
        (file,) = folder.iterdir()
    assert file.suffix == ".eml"
    assert file.read_bytes() == MAIL


def test_an_office_that_is_no_more_refuses_its_mail(port: int, folder: Path) -> None:
    with (
        smtplib.SMTP("127.0.0.1", port) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refused,
    ):
        client.sendmail("redactie@nieuwsbrief.example", [f"anna@{ABOLISHED_DOMAIN}"], MAIL)
    ((code, text),) = refused.value.recipients.values()
    assert (code, text[:5]) == (550, b"5.1.1")
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("number", "verdict", "status"), [(61, "hard", "5.1.1"), (187, "soft", "5.2.2"), (302, "complaint", "")]
)
def test_what_comes_back_is_read_as_what_it_is(number: int, verdict: str, status: str) -> None:
    sender = "b+1-00000000000000000000@bounces.maasdelta.example"
    raw = message(sender, people()[number].address)
    assert raw is not None
    found = read(raw)
    assert (found.verdict, found.status, sender in found.addresses) == (verdict, status, True)


def test_mail_to_who_is_unknown_comes_back_to_its_sender(folder: Path, free_port: Callable[[], int]) -> None:
    came: queue.Queue[bytes] = queue.Queue()

    async def send_back(raw: bytes) -> None:
        came.put(raw)

    controller = Controller(Mailbox(folder, send_back=send_back), hostname="127.0.0.1", port=free_port())
    controller.start()
    with smtplib.SMTP("127.0.0.1", controller.port) as client:
        for number in (61, 62):
            client.sendmail("b+1-0@bounces.maasdelta.example", [people()[number].address], MAIL)
    raw = came.get(timeout=PATIENCE_SECONDS)
    controller.stop()
    assert b"To: b+1-0@bounces.maasdelta.example" in raw
    assert came.empty()


def test_file_names_sort_by_arrival_and_the_oldest_are_forgotten(folder: Path) -> None:
    mailbox = Mailbox(folder, keep=30)
    for number in range(100):
        mailbox.store(b"%d" % number)
    kept = [int(file.read_bytes()) for file in sorted(folder.iterdir())]
    assert kept == list(range(70, 100))


def test_a_mail_that_is_still_being_written_is_no_mail_yet(folder: Path) -> None:
    mailbox = Mailbox(folder)
    mailbox.store(MAIL)
    assert not list(folder.glob("*.part"))
