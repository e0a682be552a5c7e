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
MOVING = """() => [...document.querySelectorAll("*")]
  .filter((one) => {
    const style = getComputedStyle(one);
    return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
  })
  .map((one) => one.outerHTML.slice(0, 80))"""
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


def test_in_forced_colours_what_is_chosen_at_the_desk_still_stands_out(browse: Open) -> None:
    with browse() as page:
        page.emulate_media(forced_colors="active")
        sign_in(page, "beheer")
        for path in DESK:
            page.goto(path)
            assert violations(page) == [], path
            area = page.locator(".areas nav a")
            edges = area.evaluate_all("(all) => all.map((one) => getComputedStyle(one).borderLeftColor)")
            assert len(set(edges)) == 2, path
        page.goto("/redactie/edities/2")
        chosen, other = (
            page.locator(which).first.evaluate("(one) => getComputedStyle(one).backgroundColor")
            for which in (".picker a[aria-current]", ".picker a:not([aria-current])")
        )
        assert chosen != other


def test_on_paper_an_edition_is_its_text_alone(browse: Open) -> None:
    with browse() as page:
        page.goto("/archief/1")
        page.emulate_media(media="print")
        assert page.locator("article h1").is_visible()
        for gone in (".menu", ".foot", ".invite", ".contents"):
            assert not page.locator(gone).is_visible(), gone


def test_on_paper_an_item_and_a_page_of_the_desk_are_their_text_alone(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "beheer")
        page.emulate_media(media="print")
        for path, kept, gone in (
            ("/archief/1/bericht-1", "article h1", (".menu", ".foot", ".invite", ".next", ".alone .panel")),
            ("/redactie/edities/2", "h1", (".desk-frame", ".actions", "form button")),
        ):
            page.goto(path)
            assert page.locator(kept).first.is_visible(), path
            for one in gone:
                assert not page.locator(one).first.is_visible(), (path, one)


def test_no_page_moves_for_who_wants_no_motion(browse: Open) -> None:
    with browse() as page:
        page.emulate_media(reduced_motion="reduce")
        sign_in(page, "beheer")
        for path in READERS + DESK:
            page.goto(path)
            assert page.evaluate(MOVING) == [], path


def test_without_scripts_every_page_shows_its_text_and_asks_for_none(browse: Open) -> None:
    with browse(scripts=False) as page:
        sign_in(page, "beheer")
        for path in READERS + DESK:
            page.goto(path)
            assert page.locator("main h1").is_visible(), path
            assert page.locator("main [data-with-js]:visible").count() == 0, path
            assert page.locator("a[href='#'], a[href^='javascript:']").count() == 0, path


@pytest.mark.parametrize(("wanted", "seconds"), [("reduce", "0s"), ("no-preference", "0.12s, 0.12s, 0.12s")])
def test_nothing_moves_for_who_wants_no_motion(browse: Open, wanted: str, seconds: str) -> None:
    with browse() as page:
        page.emulate_media(reduced_motion="reduce" if wanted == "reduce" else "no-preference")
        page.goto("/")
        button = page.get_by_role("button", name="Meld mij aan")
        assert button.evaluate("(one) => getComputedStyle(one).transitionDuration") == seconds


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_of_components_shows_both_schemes_whatever_the_browser_prefers(
    browse: Open, dark: bool
) -> None:
    with browse(dark=dark) as page:
        sign_in(page, "beheer")
        page.goto("/redactie/stijl", wait_until="networkidle")
        grounds = [
            frame.evaluate("getComputedStyle(document.body).backgroundColor")
            for frame in page.main_frame.child_frames
        ]
        assert grounds == ["rgb(248, 245, 239)", "rgb(16, 23, 29)", "rgb(241, 244, 247)", "rgb(15, 22, 28)"]
