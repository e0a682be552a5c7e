"""How a letter of twelve items lies on a telephone, its pictures on and off."""

import pytest
from playwright.sync_api import Page

from newsletter_service.letters.mime.reading import html_of
from tests.browser.conftest import Open, overflows
from tests.every_letter.kinds import ADDRESSES_OF_PICTURES, Kind, every_kind, pictures

SCREEN = 812
MOST_SCREENS = 7
EDITIONS = [kind for kind in every_kind() if kind.name.startswith(("edition", "proof"))]


def opened(page: Page, kind: Kind, *, with_pictures: bool) -> None:
    """Show the letter with its pictures, or as a mail program that loads none."""
    drawn = pictures()
    page.route(
        ADDRESSES_OF_PICTURES,
        lambda route: (
            route.fulfill(body=drawn[route.request.url.rpartition("/")[2]], content_type="image/png")
            if with_pictures
            else route.abort()
        ),
    )
    page.set_content(html_of(kind.message), wait_until="load")


@pytest.mark.parametrize("with_pictures", [True, False])
@pytest.mark.parametrize("kind", EDITIONS, ids=lambda kind: str(kind.name))
def test_twelve_items_are_read_in_seven_screens(browse: Open, kind: Kind, with_pictures: bool) -> None:
    with browse(width=375) as page:
        opened(page, kind, with_pictures=with_pictures)
        assert page.evaluate("document.documentElement.scrollHeight") <= MOST_SCREENS * SCREEN


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: str(kind.name))
def test_no_letter_is_wider_than_the_smallest_telephone(browse: Open, kind: Kind) -> None:
    with browse(width=320) as page:
        opened(page, kind, with_pictures=True)
        assert not overflows(page)
