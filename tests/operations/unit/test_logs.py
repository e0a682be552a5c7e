"""What is logged is a line of words or of JSON, and bears no address."""

import json
import logging
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.operations.logs import init_logs, without_addresses

WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+-_é'!#$&*/=?^`{|}~", min_size=1)
QUOTED = st.text("abc .@<>(),;:'", min_size=1).map(lambda words: f'"{words}"')
LOCAL = WORD | QUOTED
AT = st.sampled_from(["@", "%40", "＠"])
AROUND = st.text(st.characters(exclude_characters='"'))
DOMAIN = st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z]{2,10}){1,3}", fullmatch=True)


@given(AROUND, LOCAL, AT, DOMAIN, AROUND)
def test_no_address_survives_whatever_stands_around_it(
    before: str, local: str, at: str, domain: str, after: str
) -> None:
    said = without_addresses(f"{before} {local}{at}{domain} {after}")
    assert f"{local}{at}{domain}" not in said
    assert f"{at}{domain}" not in said


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("550 o'brien@gemeente.example unknown", "550 … unknown"),
        ('550 "jan jansen"@gemeente.example unknown', "550 … unknown"),
        ("RCPT TO:<lezer@gemeente.example>", "RCPT TO:<…>"),
        ("Key (address)=(lezer@gemeente.example)", "Key (address)=(…)"),
        ("GET /x?wie=lezer%40gemeente.example", "GET …"),
        ("postgresql://user:secret@db.example/n", "…"),
    ],
)
def test_nothing_of_an_address_is_left(said: str, logged: str) -> None:
    assert without_addresses(said) == logged


def test_a_long_line_costs_no_more_than_its_length() -> None:
    began = time.process_time()
    without_addresses('"' * 200_000 + " " + "x" * 200_000 + " " + '"a' * 100_000)
    assert time.process_time() - began < 2


@given(st.text("abc <>()\n", max_size=30))
def test_words_without_an_address_stay_as_they_are(words: str) -> None:
    assert without_addresses(words) == words


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level


def test_a_machine_reads_one_object_a_line_with_fields_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    init_logs("json")
    log = logging.getLogger("newsletter_service.delivery")
    log.info("mailing %d paused: 550 lezer@gemeente.example", 7, extra={"mailing": 7})
    try:
        raise ValueError("geen lezer@gemeente.example")
    except ValueError:
        log.exception("went wrong")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first["message"] == "mailing 7 paused: 550 …"
    assert (first["level"], first["logger"], first["mailing"]) == ("info", "newsletter_service.delivery", 7)
    assert first["time"].endswith("+00:00")
    assert "ValueError: geen …" in second["exception"]


def test_a_person_reads_the_message_alone(capsys: pytest.CaptureFixture[str]) -> None:
    init_logs("json")
    init_logs("text")
    logging.getLogger("scheduled_jobs").info("to %s", "lezer@gemeente.example")
    logging.getLogger("somebody.else").info("chatter")
    assert capsys.readouterr().err == "to …\n"


def test_a_record_that_cannot_be_written_gives_nothing_away(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().handlers = []  # pytest's own would raise
    init_logs("json")
    logging.getLogger("newsletter_service.delivery").info("%d letters", "lezer@gemeente.example")
    said = capsys.readouterr().err
    assert said.startswith("a record of newsletter_service.delivery, line ")
    assert "lezer" not in said
