"""A connection over real sockets: to servers that err on command, that dribble, that stall, that speak out of turn."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes

import pytest

from newsletter_service.smtp.connection import ConnectFailed, SmtpConnection, SmtpServer, open_connection
from newsletter_service.smtp.extensions import Extensions
from newsletter_service.smtp.messages import OutgoingMessage
from newsletter_service.smtp.replies import Phase, Reply
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.handing_in import content_of, hand_in, letter, letters, means_the_same
from tests.pipelining_server import DROP, USUAL, running_erring_server

PIPELINING = Extensions(pipelining=True, size=10_000_000)
CHUNKING = Extensions(pipelining=True, chunking=True, smtputf8=True)
EVERY_KIND = pytest.mark.parametrize(
    "extensions", [Extensions(), PIPELINING, CHUNKING], ids=["lock-step", "pipelining", "chunking"]
)


def plain(port: int) -> SmtpServer:
    return SmtpServer("127.0.0.1", port, "none")


def in_short(replies: dict[object, Reply]) -> dict[object, tuple[Phase, int | None]]:
    return {key: (reply.phase, reply.code) for key, reply in replies.items()}


def erring(verb: str, recipient: str) -> str:
    """Refuses by recipient, and goes ahead with DATA all the same."""
    refusals = {"RCPT weg@g.example": "550 5.1.1 gone", ". vol@g.example": "452 4.3.1 full"}
    return refusals.get(f"{verb} {recipient}", USUAL.get(verb, "250 OK"))


@EVERY_KIND
@pytest.mark.parametrize("dribbling", [False, True])
def test_refusals_are_met_one_by_one_though_the_server_goes_ahead(
    extensions: Extensions, dribbling: bool
) -> None:
    sent = letters("een", "weg", "twee", "vol", "drie")
    with running_erring_server(extensions, erring, dribbling=dribbling) as server:
        replies = hand_in(plain(server.port), sent, depth=3)
    assert in_short(replies) == {
        **dict.fromkeys(["een", "twee", "drie"], (Phase.DOT, 250)),
        "weg": (Phase.RCPT, 550),
        "vol": (Phase.DOT, 452),
    }
    assert server.violations == []
    assert [mail.recipient for mail in server.received] == [
        f"{name}@g.example" for name in ("een", "twee", "drie")
    ]
    assert all(
        means_the_same(content_of(a), b.content) for a, b in zip(sent[::2], server.received, strict=True)
    )


@EVERY_KIND
def test_a_refused_sender_is_refused_for_each_letter(extensions: Extensions) -> None:
    def answer(verb: str, recipient: str) -> str:
        return "550 5.7.1 not you" if verb == "MAIL" else USUAL.get(verb, "250 OK")

    with running_erring_server(extensions, answer) as server:
        replies = hand_in(plain(server.port), letters("een", "twee"), depth=2)
    assert set(in_short(replies).values()) == {(Phase.MAIL, 550)}
    assert server.violations == []


@EVERY_KIND
@pytest.mark.parametrize("farewell", ["421 4.3.2 going down", DROP])
def test_a_server_that_goes_away_at_the_dot_has_at_most_that_letter_in_doubt(
    extensions: Extensions, farewell: str
) -> None:
    def answer(verb: str, recipient: str) -> str:
        return farewell if (verb, recipient) == (".", "twee@g.example") else USUAL.get(verb, "250 OK")

    with running_erring_server(extensions, answer) as server:
        replies = in_short(hand_in(plain(server.port), letters("een", "twee", "drie")))
    assert replies.pop("een") == (Phase.DOT, 250)
    assert replies.pop("twee") == (Phase.DOT, None if farewell == DROP else 421)
    assert replies in ({}, {"drie": (Phase.MAIL, None)})
    assert server.violations == []


@pytest.mark.parametrize("noise", [b"421 4.3.2 going down\r\n", b"250 by the way\r\n", b"250"])
def test_what_a_server_says_along_with_its_answer_to_ehlo_is_not_overheard(noise: bytes) -> None:
    with scripted_server(b"250-mx\r\n250 PIPELINING\r\n" + noise) as port:
        if noise == b"250":
            connection = open_connection(plain(port))
            connection.protocol.start(letter("een"))
            assert connection.protocol.receive(b" OK\r\n550 no\r\n")[0].reply.phase is Phase.RCPT
            connection.close()
        else:
            with pytest.raises(ConnectFailed, match="unexpected"):
                open_connection(plain(port))


def test_a_server_that_is_not_there_or_turns_us_away_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ConnectFailed) as absent:
        open_connection(plain(port))
    assert absent.value.reply == Reply(Phase.CONNECT, None, "ConnectionRefusedError")
    with (
        scripted_server(b"", greeting=b"554 5.7.1 go away\r\n") as port,
        pytest.raises(ConnectFailed) as turned_away,
    ):
        open_connection(plain(port))
    assert turned_away.value.reply == Reply(Phase.CONNECT, 554, "5.7.1 go away")


def test_the_time_that_ehlo_took_is_known() -> None:
    with scripted_server(b"250 mx\r\n", think=0.2) as port:
        connection = open_connection(plain(port))
        connection.close()
    assert connection.ehlo_seconds >= 0.2


def test_a_server_that_does_not_read_gets_the_rest_when_it_does() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        connection = SmtpConnection(ours, PIPELINING)
        large = OutgoingMessage("groot", "b@b.example", "groot@g.example", (b"x" * 3_000_000 + b"\r\n",))
        connection.protocol.start(large)
        connection.flush()
        theirs.recv(999)
        theirs.sendall(b"250 OK\r\n250 OK\r\n354 Go\r\n")
        connection.on_readable()
        connection.flush()
        assert connection.wants_write
        got = b""
        while not got.endswith(b"\r\n.\r\n"):
            got += theirs.recv(100_000)
            connection.flush()
        assert not connection.wants_write
        assert got == content_of(large) + b".\r\n"
        connection.close()


@pytest.mark.parametrize("announced", [PIPELINING, Extensions(pipelining=True, chunking=True)])
def test_a_letter_of_which_a_part_never_went_out_has_not_arrived(announced: Extensions) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        connection = SmtpConnection(ours, announced)
        connection.protocol.start(
            OutgoingMessage("groot", "b@b.example", "groot@g.example", (b"x" * 9_000_000 + b"\r\n",))
        )
        connection.flush()
        if not announced.chunking:
            theirs.sendall(b"250 OK\r\n250 OK\r\n354 Go\r\n")
            connection.on_readable()
            connection.flush()
        assert connection.wants_write
    while not connection.closed:
        connection.on_readable()
    (lost,) = connection.lost()
    assert (lost.reply.phase, lost.reply.code) in {(Phase.DATA, None), (Phase.MAIL, None)}


def test_a_server_is_late_by_the_limit_of_the_phase_and_no_dribble_helps() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        connection = SmtpConnection(ours, PIPELINING)
        now = time.monotonic()
        assert not connection.overdue(now + 10_000)
        connection.protocol.start(letter("een"))
        connection.flush()
        assert not connection.overdue(now + 299)
        theirs.sendall(b"2")
        connection.on_readable()
        assert connection.overdue(time.monotonic() + 301)
        theirs.sendall(b"50 OK\r\n250 OK\r\n354 Go\r\n")
        connection.on_readable()
        connection.flush()
        assert not connection.overdue(now + 590)
        assert connection.overdue(time.monotonic() + 601)
        connection.close()


def test_a_connection_that_ends_says_how() -> None:
    ours, theirs = socket.socketpair()
    connection = SmtpConnection(ours, PIPELINING)
    connection.protocol.start(letter("een"))
    connection.flush()
    theirs.close()
    assert connection.on_readable() == []
    assert connection.closed
    assert connection.fileno() == -1
    (lost,) = connection.lost()
    assert (lost.reply.phase, lost.reply.code) == (Phase.MAIL, None)
    assert lost.reply.text


def test_last_words_are_read_though_writing_fails() -> None:
    ours, theirs = socket.socketpair()
    connection = SmtpConnection(ours, PIPELINING)
    connection.protocol.start(letter("een"))
    connection.flush()
    theirs.sendall(b"250 OK\r\n250 OK\r\n354 Go\r\n")
    connection.on_readable()
    theirs.recv(99_999)
    theirs.sendall(b"552 5.3.4 too large\r\n")
    theirs.close()
    connection.flush()
    assert not connection.wants_write
    assert not connection.protocol.can_start
    (outcome,) = connection.on_readable()
    assert (outcome.reply.phase, outcome.reply.code) == (Phase.DOT, 552)
    connection.close()


def test_what_the_servers_get_parses_without_a_defect() -> None:
    with running_erring_server(CHUNKING) as server:
        hand_in(plain(server.port), letters("een"))
    assert message_from_bytes(server.received[0].content).defects == []


@contextmanager
def scripted_server(after_ehlo: bytes, greeting: bytes = b"220 mx\r\n", think: float = 0.0) -> Iterator[int]:
    """Greets, hears one line, answers it after `think` seconds, and stays silent until we close."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                client.sendall(greeting)
                if client.recv(999):
                    time.sleep(think)
                    client.sendall(after_ehlo)
                while client.recv(999):
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE_SECONDS)
