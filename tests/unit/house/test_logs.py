"""What is logged is a line of words or of JSON, and bears no address."""

import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.logs import init_logs, without_addresses

LOCAL = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+-_é", min_size=1)
DOMAIN = st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z]{2,10}){1,3}", fullmatch=True)


@given(st.text(), LOCAL, DOMAIN, st.text())
def test_no_address_survives_whatever_stands_around_it(
    before: str, local: str, domain: str, after: str
) -> None:
    said = without_addresses(f"{before} {local}@{domain} {after}")
    assert f"{local}@{domain}" not in said


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
