"""The same colours in the mail and on every page; what tokens.css says can be read, at the readers' and at the desk."""

import re
from dataclasses import asdict

import pytest

from newsletter_service.letters.colours import Livery, contrast
from newsletter_service.letters.palette import DARK, LIGHT, SANS, SERIF, Palette
from newsletter_service.letters.values import Publisher
from newsletter_service.web.livery import digest, style_sheet
from newsletter_service.web.sheets import STYLES

ROOT, STAFF = ":root {", ".staff {"
BLUE = Livery.parsed("#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3 #15344a")


def tokens(selector: str, scheme: str) -> dict[str, str]:
    """The colours that tokens.css gives under `selector` in a scheme (light or dark)."""
    sheet = (STYLES / "tokens.css").read_text()
    blocks = [block.partition("}")[0] for block in sheet.split(selector)[1:]]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", blocks[scheme == "dark"]))


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_letter_has_the_colours_of_the_pages(scheme: str, palette: Palette) -> None:
    said = tokens(ROOT, scheme)
    assert {name: said[name.replace("_", "-")] for name in asdict(palette)} == asdict(palette)


def test_a_letter_by_night_lies_on_its_own_ground() -> None:
    assert tokens(ROOT, "light")["letter-by-night"] == DARK.ground


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_settles_every_colour_that_light_has(scheme: str) -> None:
    assert tokens(ROOT, "light").keys() - tokens(ROOT, "dark").keys() == {"on-deep-focus", "letter-by-night"}
    assert tokens(STAFF, scheme).keys() <= tokens(ROOT, scheme).keys()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_read_at_the_desk_has_the_same_contrast(scheme: str) -> None:
    said = {**tokens(ROOT, scheme), **tokens(STAFF, scheme)}
    for ground in ("ground", "paper", "sunk", "ok-tint", "warn-tint", "wrong-tint", "action-tint"):
        for text in ("ink", "soft", "action"):
            assert contrast(said[text], said[ground]) >= 7, (text, ground)
        if ground.endswith("tint") and ground != "action-tint":
            assert contrast(said[ground.removesuffix("-tint")], said[ground]) >= 7, ground
        else:
            assert contrast(said["edge"], said[ground]) >= 3, ground


def test_each_organisation_gets_its_colours_by_its_place() -> None:
    sheet = style_sheet([Publisher("NOORD", "Noord", BLUE), Publisher("ZUID", "Zuid", BLUE)])
    light, _at, dark = sheet.partition("@media (prefers-color-scheme: dark)")
    assert ".accent-1 { --stroke: #0b5587; --name: #06406a; --tint: #e2eef6; }" in light
    assert ".accent-2 { --stroke: #58a6d8; --name: #b3daf3; --tint: #15344a; }" in dark


@pytest.mark.parametrize(("organisations", "cuts"), [(0, 0), (1, 0), (2, 1), (4, 3)])
def test_the_seam_has_a_cut_wherever_two_organisations_meet(organisations: int, cuts: int) -> None:
    sheet = style_sheet([Publisher("X", "X", BLUE)] * organisations)
    seam = next(line for line in sheet.splitlines() if "--seam" in line).partition("--rule")[0]
    assert seam.count("var(--paper)") == cuts


def test_other_colours_have_another_address() -> None:
    assert digest([Publisher("X", "X", BLUE)]) != digest([Publisher("X", "X")])


@pytest.mark.parametrize(("name", "families"), [("serif", SERIF), ("sans", SANS)])
def test_the_letter_has_the_typefaces_of_the_pages(name: str, families: str) -> None:
    said = re.findall(rf"--{name}: ([^;]+);", (STYLES / "tokens.css").read_text())[0]
    of_pages = {family.strip(' "') for family in said.split(",")}
    assert {family.strip(" '") for family in families.split(",")} <= of_pages
