"""How a letter of twelve items lies on a telephone, its pictures on and off."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from newsletter_service.letters.mime.reading import html_of
from tests.browser.conftest import Open, overflows
from tests.every_letter.kinds import ADDRESSES_OF_PICTURES, every_kind, pictures

SCREEN = 812
MOST_SCREENS = 7
EDITIONS = [kind for kind in every_kind() if kind.name.startswith(("edition", "proof"))]


@contextmanager
def telephone(browse: Open, width: int, *, with_pictures: bool) -> Iterator[Page]:
    """A window that shows letters with their pictures, or as a mail program that loads none."""
    drawn = pictures()
    with browse(width=width) as page:
        page.route(
            ADDRESSES_OF_PICTURES,
            lambda route: (
                route.fulfill(body=drawn[route.request.url.rpartition("/")[2]], content_type="image/png")
                if with_pictures
                else route.abort()
            ),
        )
        yield page


@pytest.mark.parametrize("with_pictures", [True, False])
def test_twelve_items_are_read_in_seven_screens(browse: Open, with_pictures: bool) -> None:
    with telephone(browse, 375, with_pictures=with_pictures) as page:
        for kind in EDITIONS:
            page.set_content(html_of(kind.message), wait_until="load")
            height = page.evaluate("document.documentElement.scrollHeight")
            assert SCREEN < height <= MOST_SCREENS * SCREEN, kind.name


def test_no_letter_is_wider_than_the_smallest_telephone(browse: Open) -> None:
    with telephone(browse, 320, with_pictures=True) as page:
        for kind in every_kind():
            page.set_content(html_of(kind.message), wait_until="load")
            assert not overflows(page), kind.name
