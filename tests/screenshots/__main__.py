"""`make screenshots`: every page of the demonstration at three widths, in light and dark, in build/screenshots."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, Site, running_site, sign_in
from tests.browser.test_accessibility import PUBLIC, STAFF

FOLDER = Path("build/screenshots")
WIDTHS = (1280, 768, 390)
_NO_NAME = re.compile(r"[^a-z0-9]+")


def main(wanted: str = "") -> None:
    """Take them all, or those of the pages whose address holds `wanted`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, running_site(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for width in WIDTHS:
            for dark in (False, True):
                _take(browser, site, width, dark, wanted)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")  # noqa: T201  # it speaks to whoever started it


def _take(browser: Browser, site: Site, width: int, dark: bool, wanted: str) -> None:
    scheme = "dark" if dark else "light"
    page = browser.new_page(
        base_url=site.base_url,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        locale="nl-NL",
    )
    _shoot(page, PUBLIC, f"{width}-{scheme}", wanted)
    sign_in(page, "beheer")
    _shoot(page, STAFF, f"{width}-{scheme}", wanted)
    page.close()


def _shoot(page: Page, addresses: Iterable[str], look: str, wanted: str) -> None:
    for address in addresses:
        if wanted in address:
            page.goto(address)
            page.wait_for_load_state("networkidle")
            name = _NO_NAME.sub("-", address.strip("/")) or "voorpagina"
            page.screenshot(path=FOLDER / f"{name}-{look}.png", full_page=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
