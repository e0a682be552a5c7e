"""`make screenshots`: every page of the demonstration and every letter, at three widths, in light and in dark."""

import logging
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, Site, running_site, sign_in
from tests.browser.test_accessibility import PUBLIC, STAFF
from tests.screenshots.states import errors, letters, reader_states

FOLDER = Path("build/screenshots")
WIDTHS = (1280, 768, 390)
HEIGHT = 900
_NO_NAME = re.compile(r"[^a-z0-9]+")
# A picture of the whole page is taken without scrolling: what waits to be scrolled to is asked for first.
LOAD_ALL = """async () => {
  const frames = [...document.querySelectorAll("iframe[loading=lazy]")];
  const empty = frames.filter((one) => one.contentDocument?.URL === "about:blank");
  const waiting = [...empty, ...[...document.images].filter((one) => !one.complete)];
  const loaded = (one) => new Promise((done) => { one.onload = one.onerror = done; one.loading = "eager"; });
  await Promise.all(waiting.map(loaded));
}"""


def main(wanted: str = "") -> None:
    """Take them all, or those whose name holds `wanted`."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, running_site(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                page = _window(browser, site, width, scheme)
                for name in _everything(site, page, wanted):
                    if wanted in name:
                        _shoot(page, f"{name}-{width}-{scheme}")
                page.context.close()
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")  # noqa: T201  # it speaks to whoever started it


def _window(browser: Browser, site: Site, width: int, scheme: str) -> Page:
    return browser.new_page(
        base_url=site.base_url,
        viewport={"width": width, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="nl-NL",
    )


def _everything(site: Site, page: Page, wanted: str) -> Iterator[str]:
    """Open one page after the other; the name of the one that is open."""
    yield from _opened(page, PUBLIC, wanted)
    yield from letters(page)
    yield from errors(site, page)
    yield from reader_states(site, page)
    sign_in(page, "beheer")
    yield from _opened(page, STAFF, wanted)


def _opened(page: Page, addresses: Iterable[str], wanted: str) -> Iterator[str]:
    for address in addresses:
        name = _NO_NAME.sub("-", address.strip("/")).strip("-") or "voorpagina"
        if wanted in name:
            page.goto(address)
            yield name


def _shoot(page: Page, name: str) -> None:
    width = page.viewport_size["width"] if page.viewport_size else WIDTHS[0]
    if page.evaluate("document.scripts.length"):
        page.wait_for_load_state("networkidle")
    page.evaluate(LOAD_ALL)
    if len(page.frames) > 1:  # Chromium paints a frame of another origin only where it is in the window
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
    page.set_viewport_size({"width": width, "height": HEIGHT})


if __name__ == "__main__":
    main(*sys.argv[1:2])
