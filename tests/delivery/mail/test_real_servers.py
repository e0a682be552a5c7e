"""Letters handed in to servers that others wrote: aiosmtpd, Postfix and its smtp-sink, all with their faults."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from newsletter_service.smtp.connection import SmtpServer
from newsletter_service.smtp.messages import OutgoingMessage
from newsletter_service.smtp.replies import Phase, Reply
from tests.chaos.waiting import PATIENCE_SECONDS, until
from tests.handing_in import content_of, hand_in, letter, letters, means_the_same
from tests.postfix import Postfix, running_postfix
from tests.required import missing
from tests.smtp_server import Received, RecordingServer, running_smtp_server

NAMES = ("een", "weg", "twee", "later", "drie", "data", "vier")
DELAYED_SECONDS = 0.04
TAKEN = {"een", "twee", "drie", "vier"}
BEYOND_ASCII = OutgoingMessage("jörg", "b+1@b.example", "jörg@g.example", letter("jorg").content)


def plain(port: int) -> SmtpServer:
    return SmtpServer("127.0.0.1", port, "none")


def in_short(replies: dict[object, Reply]) -> dict[object, tuple[Phase, int | None]]:
    return {key: (reply.phase, reply.code) for key, reply in replies.items()}


def arrived(server: RecordingServer, names: set[str]) -> list[Received]:
    """What got through to the end, once all of it is there."""
    until(lambda: {mail.recipient.partition("@")[0] for mail in server.received} >= names)
    return server.received


def check(sent: list[OutgoingMessage], got: list[Received], taken: set[str]) -> None:
    """Each of `taken` has its own letter, once; nobody else has any."""
    assert sorted(mail.recipient.partition("@")[0] for mail in got) == sorted(taken)
    by_recipient = {one.recipient: one for one in sent}
    for mail in got:
        assert means_the_same(content_of(by_recipient[mail.recipient]), mail.content)
        assert mail.sender == by_recipient[mail.recipient].sender


# --- aiosmtpd: neither PIPELINING nor CHUNKING ---


def test_aiosmtpd_is_spoken_to_one_command_at_a_time(smtp: RecordingServer) -> None:
    smtp.answers = {"weg@g.example": "550 5.1.1 gone", "later@g.example": "450 4.2.1 later"}
    smtp.after_data = {"data@g.example": "451 4.7.1 not now"}
    sent = letters(*NAMES)
    replies = hand_in(plain(smtp.port), sent, depth=8)
    assert in_short(replies) == {
        **dict.fromkeys(TAKEN, (Phase.DOT, 250)),
        "weg": (Phase.RCPT, 550),
        "later": (Phase.RCPT, 450),
        "data": (Phase.DOT, 451),
    }
    check(sent, smtp.received, TAKEN)
    assert smtp.received[0].content == content_of(sent[0])


def test_aiosmtpd_hanging_up_after_the_dot_leaves_that_letter_in_doubt(smtp: RecordingServer) -> None:
    smtp.after_data = {"twee@g.example": "drop"}
    replies = hand_in(plain(smtp.port), letters("een", "twee", "drie"))
    assert in_short(replies) == {"een": (Phase.DOT, 250), "twee": (Phase.DOT, None)}


def test_aiosmtpd_takes_no_address_beyond_ascii_and_is_not_asked_to(smtp: RecordingServer) -> None:
    reply = hand_in(plain(smtp.port), [BEYOND_ASCII])["jörg"]
    assert (reply.phase, reply.code, reply.enhanced_status) == (Phase.RCPT, 553, "5.6.7")
    assert smtp.received == []


# --- Postfix ---

POSTFIXES = {
    "chunking": (True, False),
    "data": (False, False),
    "chunking, TLS": (True, True),
    "data, TLS": (False, True),
}


@pytest.fixture(scope="module")
def behind() -> Iterator[RecordingServer]:
    """Where Postfix passes on what it accepted."""
    with running_smtp_server() as server:
        yield server


@pytest.fixture(scope="module", params=list(POSTFIXES.values()), ids=list(POSTFIXES))
def postfix(
    request: pytest.FixtureRequest, behind: RecordingServer, certificate: Path
) -> Iterator[tuple[Postfix, SmtpServer]]:
    chunking, encrypted = request.param
    with running_postfix(
        behind.port, chunking=chunking, certificate=certificate if encrypted else None
    ) as postfix:
        server = SmtpServer(
            "127.0.0.1", postfix.port, "starttls" if encrypted else "none", ca_file=str(certificate)
        )
        yield postfix, server


@pytest.mark.parametrize("depth", [1, 4])
def test_postfix_passes_on_what_it_took_and_only_that(
    postfix: tuple[Postfix, SmtpServer], behind: RecordingServer, depth: int
) -> None:
    behind.received.clear()
    sent = letters(*NAMES)
    replies = hand_in(postfix[1], sent, depth)
    refused_data = replies.pop("data")
    assert in_short(replies) == {
        **dict.fromkeys(TAKEN, (Phase.DOT, 250)),
        "weg": (Phase.RCPT, 550),
        "later": (Phase.RCPT, 450),
    }
    assert (refused_data.code, refused_data.enhanced_status) == (451, "4.7.1")
    assert "queued as" in replies["een"].text
    check(sent, arrived(behind, TAKEN), TAKEN)


def test_postfix_takes_hundreds_in_a_row(
    postfix: tuple[Postfix, SmtpServer], behind: RecordingServer
) -> None:
    """Beyond its limit of a hundred commands that bring nothing, of which RSET is one."""
    behind.received.clear()
    names = {f"lezer{number}" for number in range(250)}
    replies = hand_in(postfix[1], letters(*sorted(names)), depth=6)
    assert set(in_short(replies).values()) == {(Phase.DOT, 250)}
    assert {mail.recipient.partition("@")[0] for mail in arrived(behind, names)} == names


def test_postfix_is_not_waited_for_between_letters(
    postfix: tuple[Postfix, SmtpServer], behind: RecordingServer
) -> None:
    """Delayed acknowledgements would cost 40 ms for each letter that does not fit in one of its reads.

    That is a timer, which no machine is too quick for; without it some letter of a hundred is quicker on any machine.
    """
    behind.received.clear()
    names = {f"lezer{number}" for number in range(100)}
    sent = [letter(name, "Lang.\n" * 2_500) for name in sorted(names)]
    begun: list[float] = []

    def one_by_one() -> Iterator[OutgoingMessage]:
        for one in sent:
            begun.append(time.monotonic())
            yield one

    hand_in(postfix[1], one_by_one())
    assert min(later - earlier for earlier, later in pairwise(begun)) < DELAYED_SECONDS
    check(sent, arrived(behind, names), names)


def test_postfix_takes_a_letter_as_large_as_it_announces_and_no_larger(
    postfix: tuple[Postfix, SmtpServer], behind: RecordingServer
) -> None:
    behind.received.clear()
    large, too_large = letter("groot", "Lang.\n" * 40_000), letter("tegroot", "Lang.\n" * 70_000)
    replies = hand_in(postfix[1], [too_large, large])
    assert in_short(replies) == {"tegroot": (Phase.MAIL, 552), "groot": (Phase.DOT, 250)}
    check([large], arrived(behind, {"groot"}), {"groot"})


def test_postfix_takes_an_address_beyond_ascii(postfix: tuple[Postfix, SmtpServer]) -> None:
    assert hand_in(postfix[1], [BEYOND_ASCII])["jörg"].code == 250


def test_postfix_refusing_the_sender_concerns_every_letter(postfix: tuple[Postfix, SmtpServer]) -> None:
    unwanted = OutgoingMessage("een", "ongewenst@b.example", "een@g.example", letter("een").content)
    reply = hand_in(postfix[1], [unwanted])["een"]
    assert (reply.code, reply.enhanced_status) == (554, "5.7.1")


def test_postfix_closing_after_too_many_errors_leaves_nothing_in_doubt_that_it_refused(
    postfix: tuple[Postfix, SmtpServer], behind: RecordingServer
) -> None:
    """It says 421 in the middle of what was sent along."""
    behind.received.clear()
    refused = [
        OutgoingMessage(number, "b+1@b.example", "weg@g.example", letter("weg").content)
        for number in range(40)
    ]
    replies = in_short(hand_in(postfix[1], refused, depth=4))
    assert 10 <= list(replies.values()).count((Phase.RCPT, 550)) < 40
    assert set(replies.values()) <= {
        (Phase.RCPT, 550),
        (Phase.RCPT, 421),
        (Phase.MAIL, 421),
        (Phase.DOT, None),
    } | {(phase, None) for phase in Phase}
    assert behind.received == []


# --- smtp-sink ---


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., int]]:
    """Starts smtp-sink with options; its port."""
    processes = []

    def start(*options: str) -> int:
        program = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            missing("smtp-sink (Debian's package postfix) is not installed")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port: int = probe.getsockname()[1]
        user = ["-u", "postfix"] if os.geteuid() == 0 else []
        processes.append(subprocess.Popen([program, *user, *options, f"127.0.0.1:{port}", "64"]))
        until(lambda: listens(port))
        return port

    yield start
    for process in processes:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@contextmanager
def dump_folder() -> Iterator[Path]:
    """A folder that smtp-sink may write to as its own user."""
    folder = Path("/tmp") / f"newsletter-sink-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir()
    folder.chmod(0o777)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("options", [(), ("-p",), ("-e",)], ids=["pipelining", "lock-step", "HELO only"])
def test_smtp_sink_gets_each_letter_as_it_was_meant(
    sink: Callable[..., int], options: tuple[str, ...]
) -> None:
    sent = letters("een", "twee", "drie")
    with dump_folder() as folder:
        replies = hand_in(plain(sink(*options, "-d", f"{folder}/mail.")), sent)
        assert set(in_short(replies).values()) == {(Phase.DOT, 250)}
        dumps = [file.read_bytes() for file in folder.iterdir()]
    assert len(dumps) == 3
    for one in sent:
        assert [means_the_same(content_of(one), dump) for dump in dumps].count(True) == 1


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-r", "MAIL"), (Phase.MAIL, 450)),
        (("-f", "MAIL"), (Phase.MAIL, 500)),
        (("-r", "RCPT"), (Phase.RCPT, 450)),
        (("-f", "RCPT"), (Phase.RCPT, 500)),
        (("-r", "DATA"), (Phase.DATA, 450)),
        (("-f", "DATA"), (Phase.DATA, 500)),
        (("-r", "."), (Phase.DOT, 450)),
        (("-f", "."), (Phase.DOT, 500)),
    ],
)
def test_smtp_sink_refusing_at_each_step_refuses_each_letter(
    sink: Callable[..., int], options: tuple[str, str], expected: tuple[Phase, int]
) -> None:
    replies = hand_in(plain(sink(*options)), letters("een", "twee", "drie"))
    assert in_short(replies) == dict.fromkeys(["een", "twee", "drie"], expected)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-q", "MAIL"), (Phase.MAIL, None)),
        (("-q", "RCPT"), (Phase.RCPT, None)),
        (("-q", "DATA"), (Phase.DATA, None)),
        (("-q", "."), (Phase.DOT, None)),
        (("-Q", "MAIL"), (Phase.MAIL, 421)),
        (("-Q", "RCPT"), (Phase.RCPT, 421)),
        (("-Q", "DATA"), (Phase.DATA, 421)),
        (("-Q", "."), (Phase.DOT, 421)),
    ],
)
@pytest.mark.parametrize("more", [(), ("-p",)], ids=["pipelining", "lock-step"])
def test_smtp_sink_going_away_at_each_step_puts_no_more_in_doubt_than_it_must(
    sink: Callable[..., int],
    options: tuple[str, str],
    expected: tuple[Phase, int | None],
    more: tuple[str, ...],
) -> None:
    replies = in_short(hand_in(plain(sink(*more, *options)), letters("een", "twee", "drie")))
    assert replies.pop("een") == expected
    assert set(replies.values()) <= {(Phase.MAIL, None)}


def test_smtp_sink_refusing_before_the_letter_is_over_is_heard(sink: Callable[..., int]) -> None:
    """It answers 550 and reads no further: what it said counts, though writing fails."""
    replies = hand_in(plain(sink("-A", "0")), [letter("een", "Lang.\n" * 1_000_000)])
    assert in_short(replies) == {"een": (Phase.DOT, 550)}
