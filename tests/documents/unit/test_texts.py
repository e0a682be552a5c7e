from datetime import date

import pytest

from newsletter_service.documents.default_texts import default_words
from newsletter_service.documents.rules import (
    ONE_LINE,
    Kind,
    Section,
    Slot,
    filled,
    next_version,
    sections,
    unknown_slots,
)
from newsletter_service.languages import LANGUAGES, Language
from newsletter_service.subscriptions.models import Subscriber


def test_slots_are_filled_in_and_what_is_none_stays_as_typed() -> None:
    words = filled(
        "{nieuwsbrief} van {organisaties} {zomaar} {}", {Slot.NEWSLETTER: "Brief", Slot.ORGANISATIONS: "A"}
    )
    assert words == "Brief van A {zomaar} {}"


def test_what_fills_a_slot_is_not_filled_in_itself() -> None:
    assert filled("{nieuwsbrief}", {Slot.NEWSLETTER: "{contact}", Slot.MAIL: "a@b.example"}) == "{contact}"


def test_a_slot_that_nobody_knows_is_named_and_lists_have_no_place_beside_the_button() -> None:
    assert unknown_slots(Kind.PRIVACY, "{bewaren} {bewaaren}") == ["{bewaaren}"]
    assert unknown_slots(Kind.CONSENT, "{nieuwsbrief} {bewaren}") == ["{bewaren}"]
    assert unknown_slots(Kind.PRIVACY, "{ contact }") == ["{ contact }"], "readers would see the braces"


def test_a_second_version_on_a_day_gets_a_number() -> None:
    day = date(2026, 11, 27)
    assert next_version(day, set()) == "2026-11-27"
    assert next_version(day, {"2026-11-27", "2026-11-27-2"}) == "2026-11-27-3"


def test_a_text_parts_at_its_headings() -> None:
    assert list(sections("Eerst dit.\n\n## Kop\n\nDan dit.\n\n## Leeg")) == [
        Section("", "Eerst dit."),
        Section("Kop", "Dan dit."),
        Section("Leeg", ""),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_the_texts_that_come_with_the_product_fill_in_only_what_can_be(
    kind: Kind, language: Language
) -> None:
    words = default_words(kind, language)
    assert unknown_slots(kind, words) == []
    assert len(words) < 1000 or kind is not Kind.CONSENT


def test_what_stands_beside_the_button_is_one_line() -> None:
    assert set(Slot) > ONE_LINE
    assert "\n" not in default_words(Kind.CONSENT, "nl")


IN_THE_STATEMENT = {
    "address": "e-mailadres",
    "language": "de taal die u koos",
    "name": "naam",
    "organisation": "organisatie",
    "asked_at": "Wanneer u zich aanmeldde",
    "confirmed_at": "dat bevestigde",
    "left_at": "zich afmeldde",
    "paused_until": "stilzette",
}
TELLS_NO_MORE = {"id", "address_hmac", "domain", "status", "link_key", "search", "former_link"}
"""What is made of the rest, or of chance."""


def test_the_privacy_statement_names_all_that_is_kept_of_a_reader() -> None:
    assert set(Subscriber.__table__.c.keys()) == IN_THE_STATEMENT.keys() | TELLS_NO_MORE
    words = default_words(Kind.PRIVACY, "nl")
    assert [name for name in IN_THE_STATEMENT.values() if name not in words] == []
