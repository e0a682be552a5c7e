"""The style sheets of pages: one file a component, small, and for readers nothing that is the desk's."""

import re
from pathlib import Path

import pytest
import tinycss2

from newsletter_service.errors import NotFound
from newsletter_service.web.sheets import SHEETS, STYLES, digest, sheet
from tests.house.reader_templates import words_of_reader_pages
from tests.house.stylesheets import SKIP, classes_of, named, nodes_of

COMPONENTS = sorted(STYLES.glob("*.css"))
ALL_BYTES, READERS_BYTES = 70_000, 30_000
MAY_INSIST = ("print", "prefers-reduced-motion")


def test_all_components_together_stay_small() -> None:
    assert sum(one.stat().st_size for one in COMPONENTS) < ALL_BYTES


def test_readers_load_a_part_of_it() -> None:
    assert len(sheet("lezers").encode()) < READERS_BYTES


def test_every_component_is_in_a_sheet_and_every_sheet_has_its_components() -> None:
    assert {one.stem for one in COMPONENTS} == {one for names in SHEETS.values() for one in names}


@pytest.mark.parametrize("name", [one for one in SHEETS["lezers"] if one != "tokens"])
def test_every_class_that_readers_load_is_on_a_page_of_theirs(name: str) -> None:
    of_component = classes_of((STYLES / f"{name}.css").read_text())
    assert of_component - named(of_component, words_of_reader_pages()) == set()


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.stem)
def test_nothing_insists_but_for_print_and_reduced_motion(component: Path) -> None:
    assert insisting(component.read_text()) == []


def test_what_insists_is_noticed() -> None:
    assert insisting("p { color: red !important }") == ["color"]
    assert insisting("@media print { p { color: red !important } }") == []


def insisting(text: str) -> list[str]:
    """The declarations with !important where none belongs."""
    outside = [
        rule
        for rule in tinycss2.parse_stylesheet(text, **SKIP)
        if not (rule.type == "at-rule" and re.search("|".join(MAY_INSIST), tinycss2.serialize(rule.prelude)))
    ]
    return [one.name for one in nodes_of(outside) if one.type == "declaration" and one.important]


def test_a_new_version_has_another_address() -> None:
    assert digest("lezers") != digest("redactie")


def test_a_sheet_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        sheet("tokens")
