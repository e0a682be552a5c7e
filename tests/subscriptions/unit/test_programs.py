"""Exports of programs that send newsletters are read as they come; who left there is known to have left."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter_service.files.csv import text_file
from newsletter_service.subscriptions.importing.rules import Standing
from newsletter_service.subscriptions.importing.sheets import Sheet, read_sheet
from tests.conftest import NOW

SAMPLES = Path(__file__).parents[1] / "samples"
HALF_PAST_TEN = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
EIGHT_THE_NEXT_DAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


def read(name: str) -> Sheet:
    sheet = read_sheet(text_file(SAMPLES / name), {}, {}, NOW)
    assert not sheet.faults, [fault.what for fault in sheet.faults.kept]
    return sheet


@pytest.mark.parametrize(
    ("name", "program", "standings"),
    [
        ("listmonk.csv", "listmonk", ["active", "left", "blocked"]),
        ("mailchimp-subscribed.csv", "Mailchimp", ["active"]),
        ("mailchimp-unsubscribed.csv", "Mailchimp", ["left"]),
        ("mailchimp-cleaned.csv", "Mailchimp", ["bounced"]),
        ("mailchimp-all.csv", "Mailchimp", ["active"]),
        ("laposta.csv", "Laposta", ["active", "left", "bounced", "pending"]),
        ("laposta-sheet.csv", "", ["active", "left", "bounced", "pending"]),
        ("mailman.csv", "Mailman", ["active", "left", "bounced"]),
        ("mailman-modes.csv", "Mailman", ["active"]),
        ("mailman-members.txt", "", ["active", "active"]),
    ],
)
def test_exports_are_known_by_their_headings_and_say_who_left(
    name: str, program: str, standings: list[str]
) -> None:
    sheet = read(name)
    assert sheet.program == program
    assert [line.status for line in sheet.lines] == [Standing(one) for one in standings]
    assert (sheet.lines[0].address.text, sheet.lines[0].name) == ("anna@gemeente.example", "Anna Vos")
    assert not sheet.remarks


@pytest.mark.parametrize("name", ["listmonk.csv", "laposta.csv", "laposta-sheet.csv"])
def test_moments_are_meant_on_the_clocks_of_the_program(name: str) -> None:
    assert read(name).lines[0].asked_at == HALF_PAST_TEN


def test_mailchimp_says_when_consent_was_confirmed_and_laposta_where_it_was_given() -> None:
    assert read("mailchimp-subscribed.csv").lines[0].confirmed_at == HALF_PAST_TEN
    assert read("laposta.csv").lines[0].source == "https://gemeente.example/nieuws"


@pytest.mark.parametrize("name", ["mailchimp-unsubscribed.csv", "mailchimp-cleaned.csv"])
def test_when_somebody_left_there_is_known(name: str) -> None:
    assert read(name).lines[0].left_at == EIGHT_THE_NEXT_DAY
