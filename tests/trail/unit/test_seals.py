"""What an entry is sealed as stays the same for ever: seals are compared with those of years ago."""

import pytest

from newsletter_service.staff.trail.rules import BEGINNING, Entry, Fault, Link, sealed, walk

AT = "2026-03-05T08:30:00.000000+00:00"
ENTRY = Entry(
    9, AT, 3, "", "item.edit", "item", 4, "k", '{"z": [1, null, 1.5], "Stra\\u00dfe": "\\u00e9\\u00e9n"}'
)
HASH = "fdc4945327b847cc2e5fbe1b0983c0d397b2c02c90aabbff8d26728a408979a1"


def test_an_entry_is_sealed_today_as_it_always_was() -> None:
    assert sealed(7, BEGINNING, ENTRY) == HASH


def test_the_order_and_the_spaces_in_which_its_detail_was_stored_do_not_matter() -> None:
    other = ENTRY._replace(detail='{"Straße":"één","z":[1,null,1.5]}')
    assert sealed(7, BEGINNING, other) == HASH


@pytest.mark.parametrize("detail", ["", "{", '{"z": 1} {}', "null"])
def test_an_entry_whose_detail_can_not_be_read_any_more_is_named_as_changed(detail: str) -> None:
    found = walk([Link(7, BEGINNING, HASH, ENTRY._replace(detail=detail))])
    assert (found.fault, found.number, found.entry and found.entry.id) == (Fault.CHANGED, 7, 9)
