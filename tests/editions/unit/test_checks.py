"""The checks that an edition gets before it goes out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from newsletter_service.editions.composing.checks import Check, EditionFacts, ItemFacts, faults
from tests.conftest import NOW

ITEM = ItemFacts(
    title="Een bericht",
    lead="Wat u moet weten.",
    has_picture=True,
    picture_alt="Een kaart",
    deadline=None,
    readers=10,
)
EDITION = EditionFacts(
    subject="Weerbaar bestuur",
    preheader="Ook in deze editie: de regionale monitor",
    introduction="Beste lezer.",
    sends_at=NOW,
    html_bytes=31_000,
    items=(ITEM,),
)


def test_an_edition_in_order_has_no_faults() -> None:
    assert faults(EDITION) == []


@pytest.mark.parametrize(
    ("change", "check", "blocks"),
    [
        ({"subject": ""}, Check.SUBJECT, True),
        ({"subject": "x" * 61}, Check.SUBJECT, False),
        ({"preheader": ""}, Check.PREHEADER, False),
        ({"preheader": "x" * 111}, Check.PREHEADER, False),
        ({"introduction": " "}, Check.INTRODUCTION, False),
        ({"html_bytes": 80_001}, Check.SIZE, False),
        ({"html_bytes": 100_001}, Check.SIZE, True),
    ],
)
def test_each_fault_of_an_edition_is_found(change: dict[str, object], check: Check, blocks: bool) -> None:
    found = faults(replace(EDITION, **change))  # type: ignore[arg-type]  # each change fits its field
    assert [(one.check, one.blocks) for one in found] == [(check, blocks)]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"picture_alt": " "}, Check.ALT),
        ({"lead": ""}, Check.LEAD),
        ({"deadline": NOW}, Check.TIMELY),
        ({"deadline": NOW - timedelta(days=1)}, Check.TIMELY),
        ({"readers": 0}, Check.READERS),
    ],
)
def test_each_fault_of_an_item_is_found_and_names_it(change: dict[str, object], check: Check) -> None:
    item = replace(ITEM, **change)  # type: ignore[arg-type]  # each change fits its field
    found = faults(replace(EDITION, items=(item,)))
    assert [(one.check, one.about) for one in found] == [(check, "Een bericht")]


def test_a_title_that_comes_twice_is_found_once() -> None:
    twin = replace(ITEM, title="EEN BERICHT")
    found = faults(replace(EDITION, items=(ITEM, twin)))
    assert [(one.check, one.number) for one in found] == [(Check.TITLES, 2)]


def test_what_blocks_stands_first() -> None:
    found = faults(replace(EDITION, preheader="", html_bytes=100_001))
    assert [one.check for one in found] == [Check.SIZE, Check.PREHEADER]
