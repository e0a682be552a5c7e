"""Pages on paper, in colours that the reader's system forces, with text twice as large, and without motion."""

import pytest

from tests.browser.conftest import Open, overflows, sign_in
from tests.browser.test_accessibility import violations

READERS = ("/", "/aanmelden", "/archief", "/archief/1", "/archief/1/bericht-1", "/contact")
DESK = (
    "/redactie/",
    "/redactie/kopij/",
    "/redactie/kopij/nieuw",
    "/redactie/edities",
    "/redactie/edities/1",
    "/redactie/edities/2",
    "/redactie/kalender",
)
FILLS = "(where) => [...document.querySelectorAll(where)].map((one) => getComputedStyle(one).fill)"


def test_text_twice_as_large_fits_on_the_smallest_screen(browse: Open) -> None:
    with browse(width=320) as page:
        sign_in(page, "beheer")
        for path in READERS + DESK:
            page.goto(path)
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert not overflows(page), path


def test_in_forced_colours_the_strokes_of_who_speaks_still_differ_from_the_others(browse: Open) -> None:
    with browse() as page:
        page.emulate_media(forced_colors="active")
        for path in READERS:
            page.goto(path)
            assert violations(page) == [], path
        page.goto("/archief/1")
        lit, unlit = (
            page.evaluate(FILLS, f".by .strokes path{which}") for which in ("[class]", ":not([class])")
        )
        assert set(lit).isdisjoint(unlit)


def test_on_paper_an_edition_is_its_text_alone(browse: Open) -> None:
    with browse() as page:
        page.goto("/archief/1")
        page.emulate_media(media="print")
        assert page.locator("article h1").is_visible()
        for gone in (".menu", ".foot", ".invite", ".contents"):
            assert not page.locator(gone).is_visible(), gone


@pytest.mark.parametrize(("wanted", "seconds"), [("reduce", "0s"), ("no-preference", "0.12s, 0.12s, 0.12s")])
def test_nothing_moves_for_who_wants_no_motion(browse: Open, wanted: str, seconds: str) -> None:
    with browse() as page:
        page.emulate_media(reduced_motion="reduce" if wanted == "reduce" else "no-preference")
        page.goto("/")
        button = page.get_by_role("button", name="Meld mij aan")
        assert button.evaluate("(one) => getComputedStyle(one).transitionDuration") == seconds
