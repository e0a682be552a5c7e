"""The SMTP protocol word by word: what is said when, and what each reply means for which letter."""

import pytest

from newsletter_service.smtp.extensions import Extensions
from newsletter_service.smtp.messages import Outcome, OutgoingMessage
from newsletter_service.smtp.protocol import SmtpProtocol
from newsletter_service.smtp.replies import Phase, Reply

LOCKSTEP = Extensions()
PIPELINING = Extensions(pipelining=True)
CHUNKING = Extensions(pipelining=True, chunking=True)
ENVELOPE = b"MAIL FROM:<b+%d@b.example>\r\nRCPT TO:<l%d@g.example>\r\n"


def letter(number: int, recipient: str = "", message: bytes = b"") -> OutgoingMessage:
    return OutgoingMessage(
        number,
        f"b+{number}@b.example",
        recipient or f"l{number}@g.example",
        (message or b"Letter %d\r\n" % number,),
    )


def envelope(number: int) -> bytes:
    return ENVELOPE % (number, number)


def said(protocol: SmtpProtocol) -> bytes:
    return b"".join(protocol.data_to_send())


def results(outcomes: list[Outcome]) -> list[tuple[object, Phase, int | None]]:
    return [(outcome.message.key, outcome.reply.phase, outcome.reply.code) for outcome in outcomes]


def with_letters(extensions: Extensions, count: int = 1, depth: int = 1) -> SmtpProtocol:
    protocol = SmtpProtocol(extensions, depth)
    if depth > 1:
        have_one_accepted(protocol)
    for number in range(1, count + 1):
        assert protocol.can_start
        assert protocol.start(letter(number)) is None
    return protocol


def have_one_accepted(protocol: SmtpProtocol) -> None:
    assert protocol.start(letter(0)) is None
    said(protocol)
    assert results(protocol.receive(b"250 OK\r\n" * 3)) == [(0, Phase.DOT, 250)]


def test_without_extensions_each_command_waits_for_the_reply_to_the_last() -> None:
    protocol = with_letters(LOCKSTEP)
    assert said(protocol) == b"MAIL FROM:<b+1@b.example>\r\n"
    assert protocol.receive(b"250 OK\r\n") == []
    assert said(protocol) == b"RCPT TO:<l1@g.example>\r\n"
    assert protocol.receive(b"250 OK\r\n") == []
    assert said(protocol) == b"DATA\r\n"
    assert protocol.receive(b"354 Go\r\n") == []
    assert said(protocol) == b"Letter 1\r\n.\r\n"
    assert not protocol.can_start
    assert results(protocol.receive(b"250 OK\r\n")) == [(1, Phase.DOT, 250)]
    assert protocol.can_start


def test_without_extensions_a_refused_letter_is_reset_before_the_next() -> None:
    protocol = with_letters(LOCKSTEP)
    outcomes = protocol.receive(b"250 OK\r\n550 5.1.1 no\r\n")
    assert results(outcomes) == [(1, Phase.RCPT, 550)]
    said(protocol)
    protocol.start(letter(2))
    assert said(protocol) == b"RSET\r\n"
    protocol.receive(b"250 OK\r\n")
    assert said(protocol) == b"MAIL FROM:<b+2@b.example>\r\n"


def test_with_pipelining_the_next_envelope_goes_along_with_the_final_dot() -> None:
    protocol = with_letters(PIPELINING)
    assert said(protocol) == envelope(1) + b"DATA\r\n"
    protocol.start(letter(2))
    assert said(protocol) == b""
    assert not protocol.can_start
    protocol.receive(b"250 OK\r\n250 OK\r\n354 Go\r\n")
    assert said(protocol) == b"Letter 1\r\n.\r\n" + envelope(2) + b"DATA\r\n"
    assert results(protocol.receive(b"250 OK\r\n250 OK\r\n250 OK\r\n354 Go\r\n")) == [(1, Phase.DOT, 250)]
    assert said(protocol) == b"Letter 2\r\n.\r\n"


def test_a_refused_recipient_gets_nothing_even_where_the_server_goes_ahead() -> None:
    protocol = with_letters(PIPELINING, 2)
    said(protocol)
    assert results(protocol.receive(b"250 OK\r\n550 5.1.1 no\r\n354 Go\r\n")) == [(1, Phase.RCPT, 550)]
    assert said(protocol) == b".\r\n" + envelope(2) + b"DATA\r\n"
    assert protocol.receive(b"554 5.5.1 nobody to send it to\r\n") == []
    assert results(protocol.receive(b"250 OK\r\n250 OK\r\n452 4.3.1 full\r\n")) == [(2, Phase.DATA, 452)]


def test_after_a_refused_envelope_the_next_begins_with_a_reset() -> None:
    protocol = with_letters(PIPELINING, 2)
    said(protocol)
    outcomes = protocol.receive(b"250 OK\r\n450 4.2.1 later\r\n503 5.5.1 RCPT first\r\n")
    assert results(outcomes) == [(1, Phase.RCPT, 450)]
    assert said(protocol) == b"RSET\r\n" + envelope(2) + b"DATA\r\n"
    outcomes = protocol.receive(b"250 reset\r\n250 OK\r\n250 OK\r\n354 Go\r\n250 OK\r\n")
    assert results(outcomes) == [(2, Phase.DOT, 250)]


def test_the_first_refusal_of_a_letter_counts_and_the_others_do_not() -> None:
    protocol = with_letters(PIPELINING)
    outcomes = protocol.receive(b"550 5.7.1 not you\r\n503 5.5.1 MAIL first\r\n503 5.5.1 RCPT first\r\n")
    assert results(outcomes) == [(1, Phase.MAIL, 550)]
    assert outcomes[0].reply.enhanced_status == "5.7.1"
    assert protocol.lost() == []


def test_nobody_gets_an_empty_message_from_a_server_that_refuses_only_the_sender() -> None:
    protocol = with_letters(PIPELINING)
    said(protocol)
    outcomes = protocol.receive(b"450 4.7.1 not now\r\n250 OK\r\n354 Go\r\n")
    assert results(outcomes) == [(1, Phase.MAIL, 450)]
    assert said(protocol) == b""
    assert protocol.finished


def test_with_chunking_letters_go_whole_and_one_behind_the_other() -> None:
    protocol = with_letters(CHUNKING, 2, depth=2)
    first, second = (envelope(n) + b"BDAT 10 LAST\r\nLetter %d\r\n" % n for n in (1, 2))
    assert said(protocol) == first + b"RSET\r\n" + second
    assert not protocol.can_start
    outcomes = protocol.receive(b"250 OK\r\n550 5.1.1 no\r\n554 5.5.1 nobody\r\n250 reset\r\n")
    assert results(outcomes) == [(1, Phase.RCPT, 550)]
    outcomes = protocol.receive(b"250 OK\r\n250 OK\r\n250 OK\r\n")
    assert results(outcomes) == [(2, Phase.DOT, 250)]
    protocol.start(letter(3))
    assert said(protocol).startswith(b"MAIL"), "an idle server with nothing open needs no reset"


def test_until_a_server_has_accepted_a_letter_no_second_one_can_be_in_doubt() -> None:
    protocol = SmtpProtocol(CHUNKING, depth=8)
    protocol.start(letter(1))
    assert not protocol.can_start
    protocol.receive(b"250 OK\r\n" * 2 + b"451 4.3.0 later\r\n")
    protocol.start(letter(2))
    assert not protocol.can_start
    protocol.receive(b"250 OK\r\n" * 4)
    protocol.start(letter(3))
    assert protocol.can_start


def test_with_chunking_a_reset_goes_along_as_long_as_an_earlier_letter_may_fail() -> None:
    protocol = with_letters(CHUNKING, 2, depth=2)
    assert results(protocol.receive(b"250 OK\r\n250 OK\r\n250 OK\r\n")) == [(1, Phase.DOT, 250)]
    said(protocol)
    protocol.start(letter(3))
    assert said(protocol).startswith(b"RSET\r\nMAIL")


def test_chunking_without_pipelining_is_left_alone() -> None:
    protocol = SmtpProtocol(Extensions.announced({"chunking": ""}), depth=8)
    protocol.start(letter(1))
    assert said(protocol) == b"MAIL FROM:<b+1@b.example>\r\n"
    assert not protocol.can_start


@pytest.mark.parametrize("extensions", [LOCKSTEP, PIPELINING, CHUNKING])
def test_a_closing_server_answers_one_letter_and_the_rest_is_lost(extensions: Extensions) -> None:
    protocol = with_letters(extensions, 1)
    said(protocol)
    assert results(protocol.receive(b"421 4.3.2 going down\r\n")) == [(1, Phase.MAIL, 421)]
    assert protocol.finished
    assert not protocol.can_start
    assert said(protocol) == b""
    assert protocol.lost() == []


def test_a_server_that_closes_between_letters_leaves_nothing_in_doubt() -> None:
    protocol = with_letters(PIPELINING, 2)
    outcomes = protocol.receive(b"250 OK\r\n250 OK\r\n354 Go\r\n421 4.3.2 going down\r\n")
    assert results(outcomes) == [(1, Phase.DOT, 421)]
    assert said(protocol) == b""
    assert results(protocol.lost()) == [(2, Phase.MAIL, None)]


def test_a_farewell_nobody_asked_for_concerns_no_letter() -> None:
    protocol = SmtpProtocol(PIPELINING)
    assert protocol.receive(b"421 4.4.2 timed out\r\n") == []
    assert protocol.finished


def test_a_server_that_closes_has_none_of_the_letters_behind_that_word() -> None:
    protocol = with_letters(CHUNKING, 3, depth=3)
    outcomes = protocol.receive(b"250 OK\r\n250 OK\r\n250 OK\r\n421 4.3.2 closing\r\n")
    assert results(outcomes) == [(1, Phase.DOT, 250)]
    assert results(protocol.lost()) == [(2, Phase.MAIL, None), (3, Phase.MAIL, None)]


def test_a_server_gets_letters_to_as_many_domains_as_it_takes() -> None:
    protocol = SmtpProtocol(Extensions(pipelining=True, chunking=True, domain_max=2), depth=9)
    for number, domain in enumerate(["a.example", "b.example", "a.example"]):
        assert protocol.accepts_domain(domain)
        protocol.start(letter(number, f"l@{domain}"))
    assert protocol.accepts_domain("b.example")
    assert not protocol.accepts_domain("c.example")
    assert with_letters(CHUNKING, 1).accepts_domain("c.example")


@pytest.mark.parametrize(
    ("replies", "phase"),
    [
        (b"", Phase.MAIL),
        (b"250 OK\r\n", Phase.RCPT),
        (b"250 OK\r\n250 OK\r\n35", Phase.DATA),
        (b"250 OK\r\n250 OK\r\n354 Go\r\n", Phase.DOT),
        (b"250 OK\r\n250 OK\r\n354 Go\r\n25", Phase.DOT),
    ],
)
def test_a_letter_is_in_doubt_once_its_content_may_have_gone_out(replies: bytes, phase: Phase) -> None:
    protocol = with_letters(PIPELINING)
    protocol.receive(replies)
    assert results(protocol.lost()) == [(1, phase, None)]


def test_with_chunking_a_letter_is_in_doubt_from_the_start() -> None:
    assert results(with_letters(CHUNKING, 2, depth=3).lost()) == [(1, Phase.DOT, None), (2, Phase.DOT, None)]


@pytest.mark.parametrize(
    "nonsense",
    [
        b"what?\r\n",
        b"\r\n",
        b"999 no\r\n",
        b"250OK\r\n",
        b"354 Go\r\n",
        b"250-" + b"x" * 70_000,
        b"250-x\r\n" * 20_000,
    ],
)
def test_a_reply_without_sense_ends_the_dialogue_and_says_why(nonsense: bytes) -> None:
    protocol = with_letters(PIPELINING)
    said(protocol)
    assert protocol.receive(nonsense + b"250 OK\r\n250 OK\r\n354 Go\r\n250 OK\r\n") == []
    assert protocol.finished
    assert said(protocol) == b""
    (outcome,) = protocol.lost()
    assert outcome.reply.code is None
    assert "reply" in outcome.reply.text


def test_what_was_not_yet_written_when_a_reply_made_no_sense_is_never_written() -> None:
    protocol = with_letters(PIPELINING)
    protocol.receive(b"250 OK\r\n250 OK\r\n354 Go\r\nwhat?\r\n")
    assert said(protocol) == b""
    assert results(protocol.lost()) == [(1, Phase.DOT, None)]


def test_a_server_that_does_not_reset_is_left() -> None:
    protocol = with_letters(PIPELINING, 2)
    protocol.receive(b"250 OK\r\n550 no\r\n503 no\r\n502 5.5.1 no such command\r\n")
    assert protocol.finished
    assert results(protocol.lost()) == [(2, Phase.MAIL, None)]


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (b"250 2.0.0 Ok: queued as 4X\r\n", "2.0.0 Ok: queued as 4X"),
        (b"250\r\n", ""),
        (b"250 bare line feed\n", "bare line feed"),
        (b"250-2.0.0 one\r\n250-2.0.0  two\r\n250 2.0.0 three\r\n", "2.0.0 one two three"),
        (b"250-2.0.0 one\r\n250 2.1.5 two\r\n", "2.0.0 one 2.1.5 two"),
        (b"250 tab\there \xe2\x82\xac \xff\x00\r\n", "tab here € �"),
        (b"250 " + b"y" * 2_000 + b"\r\n", "y" * 500),
    ],
)
def test_the_servers_words_are_kept_on_one_line(reply: bytes, text: str) -> None:
    protocol = with_letters(CHUNKING)
    (outcome,) = protocol.receive(b"250 OK\r\n250 OK\r\n" + reply)
    assert outcome.reply == Reply(Phase.DOT, 250, text)


def test_a_refusal_over_several_lines_counts_by_its_last_code() -> None:
    protocol = with_letters(PIPELINING)
    (outcome,) = protocol.receive(b"250 OK\r\n250-5.1.1 not\r\n550 5.1.1 here\r\n")
    assert outcome.reply == Reply(Phase.RCPT, 550, "5.1.1 not here")


def test_size_is_told_and_kept_to_where_the_server_announces_it() -> None:
    protocol = SmtpProtocol(Extensions.announced({"pipelining": "", "size": "12"}))
    too_large = protocol.start(letter(1, message=b"x" * 11 + b"\r\n"))
    assert too_large is not None
    assert (too_large.reply.phase, too_large.reply.code) == (Phase.MAIL, 552)
    assert said(protocol) == b""
    assert protocol.start(letter(2, message=b"x" * 10 + b"\r\n")) is None
    assert said(protocol).startswith(b"MAIL FROM:<b+2@b.example> SIZE=12\r\n")
    assert protocol.started == 1


def test_an_address_beyond_ascii_goes_only_where_the_server_takes_it() -> None:
    refused = SmtpProtocol(PIPELINING).start(letter(1, recipient="jörg@g.example"))
    assert refused is not None
    assert (refused.reply.code, refused.reply.enhanced_status) == (553, "5.6.7")
    protocol = SmtpProtocol(Extensions(pipelining=True, smtputf8=True))
    protocol.start(letter(1, recipient="jörg@g.example"))
    assert said(protocol).startswith(
        "MAIL FROM:<b+1@b.example> SMTPUTF8\r\nRCPT TO:<jörg@g.example>\r\n".encode()
    )


def test_an_address_cannot_bring_a_command_with_it() -> None:
    protocol = SmtpProtocol(PIPELINING)
    refused = protocol.start(letter(1, recipient="x@g.example>\r\nRCPT TO:<y@g.example"))
    assert refused is not None
    assert (refused.reply.phase, refused.reply.enhanced_status) == (Phase.RCPT, "5.1.3")
    assert said(protocol) == b""


@pytest.mark.parametrize(
    ("features", "read"),
    [
        ({}, Extensions()),
        ({"pipelining": "", "chunking": "", "smtputf8": ""}, Extensions(True, True, True)),
        ({"chunking": "", "size": ""}, Extensions()),
        ({"size": "10240000", "limits": "RCPTMAX=20 mailmax=100"}, Extensions(size=10_240_000, mail_max=100)),
        ({"limits": "RCPTDOMAINMAX=3 MAILMAX=9"}, Extensions(mail_max=9, domain_max=3)),
        ({"size": "0", "limits": "MAILMAX MAILMAX=many"}, Extensions()),
        ({"size": "9" * 5000, "limits": f"MAILMAX={'9' * 5000}"}, Extensions()),
        ({"size": "²"}, Extensions()),
    ],
)
def test_what_a_server_announces_is_read_with_care(features: dict[str, str], read: Extensions) -> None:
    assert Extensions.announced(features) == read


@pytest.mark.parametrize("extensions", [LOCKSTEP, PIPELINING, CHUNKING])
def test_goodbye_is_said_after_what_is_under_way(extensions: Extensions) -> None:
    protocol = with_letters(extensions, 1)
    protocol.quit()
    protocol.quit()
    assert not protocol.can_start
    replies = [b"250 OK\r\n", b"250 OK\r\n"] + [b"354 Go\r\n"] * (not extensions.chunking) + [b"250 OK\r\n"]
    outcomes, words = [], said(protocol)
    for reply in replies:
        outcomes += protocol.receive(reply)
        words += said(protocol)
    assert results(outcomes) == [(1, Phase.DOT, 250)]
    assert words.count(b"QUIT\r\n") == 1
    assert words.endswith(b"QUIT\r\n")
    protocol.receive(b"221 Bye\r\n")
    assert protocol.finished


def test_what_is_heard_after_nothing_can_be_written_still_counts() -> None:
    protocol = with_letters(PIPELINING, 2)
    said(protocol)
    protocol.receive(b"250 OK\r\n250 OK\r\n354 Go\r\n")
    protocol.stop_sending("ConnectionResetError")
    assert results(protocol.receive(b"552 5.3.4 too large\r\n250 OK\r\n250 OK\r\n354 Go\r\n")) == [
        (1, Phase.DOT, 552)
    ]
    assert said(protocol) == b""
    (second,) = protocol.lost()
    assert second.reply == Reply(Phase.DATA, None, "ConnectionResetError")


def test_the_phase_waited_for_is_that_of_the_oldest_reply_outstanding() -> None:
    protocol = with_letters(PIPELINING)
    phases = [protocol.awaited_phase]
    for reply in [b"250 OK\r\n", b"250 OK\r\n", b"354 Go\r\n", b"250 OK\r\n"]:
        protocol.receive(reply)
        phases.append(protocol.awaited_phase)
    assert phases == [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT, None]
