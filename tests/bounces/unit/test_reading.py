"""What comes back from real mail servers, and what a hostile one could send."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter_service.bounces.reading import MOST_BYTES, MOST_PARTS, Reading, read
from newsletter_service.bounces.rules import Verdict
from tests.bounces.samples import FOREIGN, FOREIGN_ID, NAMES, sample

ANNA = "anna@gemeente.example"
MEANINGS = {
    "alias_with_a_dead_member": ("none", "", ""),
    "arf_abuse": ("complaint", "", ANNA),
    "arf_not_spam": ("none", "", ANNA),
    "arf_without_sender": ("complaint", "", ANNA),
    "dutch_full": ("soft", "5.2.2", ANNA),
    "dutch_unknown": ("hard", "5.1.1", ANNA),
    "exchange_online_full": ("soft", "5.2.2", ANNA),
    "exchange_online_policy": ("policy", "5.7.1", ANNA),
    "exchange_online_unknown": ("hard", "5.1.10", ANNA),
    "exim_delayed": ("none", "", ANNA),
    "exim_full": ("soft", "5.2.2", ANNA),
    "exim_unknown": ("hard", "5.1.1", ANNA),
    "gmail_full": ("soft", "5.2.2", ANNA),
    "gmail_unknown": ("hard", "5.1.1", ANNA),
    "lotus_unknown": ("hard", "5.1.1", ANNA),
    "lotus_vague": ("hard", "5.1.1", ANNA),
    "ordinary": ("none", "", ""),
    "out_of_office_by_subject": ("auto-reply", "", ""),
    "out_of_office_exchange": ("auto-reply", "", ""),
    "out_of_office_vacation": ("auto-reply", "", ""),
    "postfix_delayed": ("none", "4.4.1", ANNA),
    "postfix_expired": ("soft", "4.4.1", ANNA),
    "postfix_unknown": ("hard", "5.1.1", ANNA),
    "postfix_utf8": ("hard", "5.1.1", ANNA),
    "qmail_host": ("hard", "5.1.2", ANNA),
    "qmail_unknown": ("hard", "5.1.1", ANNA),
    "receipt": ("auto-reply", "", ""),
    "relayed": ("none", "2.0.0", ANNA),
    "sendmail_unknown": ("hard", "5.1.1", ANNA),
    "several_recipients": ("hard", "5.1.1", ANNA),
    "unknown_but_refused_for_policy": ("policy", "5.1.1", ANNA),
    "unsubscribe": ("unsubscribe", "", ""),
    "zimbra_unknown": ("hard", "5.1.1", ANNA),
}


def meaning(reading: Reading) -> tuple[str, str, str]:
    return reading.verdict.value, reading.status, reading.recipient


@pytest.mark.parametrize("name", NAMES)
def test_what_mail_servers_send_back_is_read_as_they_mean_it(name: str) -> None:
    assert meaning(read(sample(name))) == MEANINGS[name]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "arf_without_sender"])
def test_every_format_tells_which_delivery_it_may_be_about(name: str) -> None:
    assert read(sample(name)).addresses == (FOREIGN,)


@pytest.mark.parametrize(
    "name",
    [
        "arf_without_sender",
        "exim_unknown",
        "postfix_delayed",
        "qmail_unknown",
        "gmail_unknown",
        "dutch_unknown",
    ],
)
def test_the_message_id_of_the_letter_is_found_where_it_came_back(name: str) -> None:
    assert read(sample(name)).message_ids == (FOREIGN_ID,)


def test_line_ends_make_no_difference() -> None:
    for name in NAMES:
        assert meaning(read(sample(name).replace(b"\n", b"\r\n"))) == MEANINGS[name]


def test_an_encoded_status_is_read_too() -> None:
    plain = sample("postfix_utf8")
    head, _, rest = plain.partition(b"Content-Type: message/global-delivery-status\n\n")
    status, _, tail = rest.partition(b"\n\n--=_1")
    from_here = (
        b"Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n"
    )
    encoded = head + from_here + status.replace(b"5.1.1", b"5=2E1.1") + b"\n\n--=_1" + tail
    assert meaning(read(encoded)) == ("hard", "5.1.1", ANNA)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "there is no message"),
        (b" \r\n\r\n", "there is no message"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n" * (MOST_PARTS + 1), "more than 100 parts"),
        (b"Subject: x\nContent-Type: multipart/mixed; boundary*" + b"9" * 5000 + b"*=x\n\n--x\n", ""),
    ],
)
def test_what_cannot_be_taken_apart_is_unreadable_and_no_error(raw: bytes, why: str) -> None:
    reading = read(raw)
    assert reading.verdict is Verdict.NONE
    assert reading.unreadable or not why
    assert why in reading.reason


def test_of_a_huge_message_the_beginning_is_read() -> None:
    huge = sample("postfix_unknown") + b"x" * 30_000_000
    assert meaning(read(huge)) == MEANINGS["postfix_unknown"]
    assert MOST_BYTES == 1_000_000


def test_deep_mime_is_no_way_to_bring_the_reader_down() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(MOST_PARTS)
    )
    assert read(b"From: a@b.example\n" + deep).verdict is Verdict.NONE
    messages = b"From: MAILER-DAEMON@b.example\n" + b"Content-Type: message/rfc822\n\n" * MOST_PARTS
    assert read(messages).verdict is Verdict.NONE


@pytest.mark.parametrize(
    "filling", [b"\n", b" ", b"-", b"=", b"5.", b"user ", b"=?utf-8?q?a?= ", b"\0", b"--x\n\n"]
)
def test_a_megabyte_of_one_thing_is_read_like_any_other(filling: bytes) -> None:
    """Nothing looks at a text once for each of its characters: that took a minute for a megabyte of line ends."""
    times = MOST_BYTES // len(filling)
    for head in (
        b"From: postmaster@b.example\nSubject: undelivered\n\n",
        b"Subject: ",
        b"Content-Type: multipart/mixed; ",
    ):
        assert read(head + b"boundary=x\n\n" + filling * times + b"x").verdict in (Verdict.NONE, Verdict.SOFT)


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(raw: bytes) -> None:
    assert isinstance(read(raw), Reading)


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=300)
def test_a_bounce_with_bytes_cut_out_or_put_in_is_read(name: str, data: st.DataObject) -> None:
    raw = sample(name)
    start, end = sorted(data.draw(st.integers(0, len(raw))) for _ in range(2))
    reading = read(raw[:start] + data.draw(st.binary(max_size=50)) + raw[end:])
    for words in (reading.recipient, reading.reason):
        assert len(words) <= 500
        assert words.isprintable()
    (reading.headers + reading.recipient + reading.reason).encode("utf-8")
    assert "\x00" not in reading.headers


def test_what_a_letter_says_about_itself_is_no_bounce() -> None:
    """Words that stand in the copy of the letter below are not the server's."""
    told = sample("exim_full").replace(b"mailbox is full: retry timeout exceeded", b"something went wrong")
    assert meaning(read(told)) == ("soft", "5.0.0", ANNA)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Re: Undeliverable: Nieuwsbrief 3",
            "Dit is opgelost.\n\n> anna@gemeente.example\n> 550 5.1.1 User unknown",
        ),
        ("FW: Onbestelbaar: Nieuwsbrief 3", "Wat is dit?\n\nanna@gemeente.example\n550 5.1.1 User unknown"),
        ("Re: Mail delivery failed? Zo werkt de nieuwe mailserver", "Leuk stuk!"),
        ("Re: Afmelden voor de borrel kan tot vrijdag", "Ik kom niet."),
        ("Re: Nieuwsbrief 3", "afmelden"),
    ],
)
def test_what_somebody_answers_or_sends_on_is_neither_a_bounce_nor_a_request(subject: str, text: str) -> None:
    raw = f"From: Bart <bart@gemeente.example>\nSubject: {subject}\nIn-Reply-To: {FOREIGN_ID}\n\n{text}\n"
    assert read(raw.encode()).verdict is Verdict.NONE


@pytest.mark.parametrize(
    "subject", ["unsubscribe", "Re: unsubscribe", "RE: Afmelden!", "Uitschrijven nieuwsbrief"]
)
def test_who_asks_in_the_subject_is_unsubscribed(subject: str) -> None:
    raw = f"From: Bart <bart@gemeente.example>\nTo: {FOREIGN}\nSubject: {subject}\n\nDank u\n"
    assert read(raw.encode()).verdict is Verdict.UNSUBSCRIBE


def test_raw_bytes_in_a_name_keep_no_bounce_from_being_read_and_are_no_traceback(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    raw = sample("exim_unknown").replace(b"From: ", b"From: Zustell\xf6r ", 1)
    assert read(raw).verdict == "hard"
    without_from = b"Subject: failure notice\nX-Failed-Recipients: anna@gemeente.example\n\nHallo.\n"
    assert read(without_from).recipient == "anna@gemeente.example"
    assert (capfd.readouterr().err, caplog.records) == ("", [])
