"""Pages with the longest that people have on the smallest screen; what must stand out, and lie under nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from newsletter_service.audience.models import Segment
from newsletter_service.services import services
from newsletter_service.subscriptions.models import Subscriber
from tests.browser.conftest import Open, Site, overflows, sign_in
from tests.browser.test_accessibility import STAFF
from tests.factories import make_subscriber

DOMAIN = "veiligheidsregiomiddenmaasdelta.example"
NAME = "Annemarie-Wilhelmina van-der-Heijden-Brouwershuis-van-Kampen-tot-Zuidergeest"
Links = Callable[[str], list[str]]


@pytest.fixture
def links(site: Site) -> Links:
    """The pages of a new reader with a long address and name, whom nobody has checked."""

    def made(status: str) -> list[str]:
        with site.app.app_context(), site.stored() as session:
            number = session.query(Subscriber).count()
            reader = make_subscriber(
                session,
                f"annemarievanderheijdenbrouwershuis{number}@{DOMAIN}",
                now=site.clock(),
                name=NAME,
                status=status,
                segments=tuple(session.query(Segment)),
            )
            key, links = reader.link_key, services().links
            if status == "pending":
                return [links.confirm(key, site.clock())]
            asked = links.manage(key, site.clock() + timedelta(days=1))
            return [asked, links.manage(key), links.unsubscribe(key)]

    return made


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 360])
def test_an_ordinary_long_address_fits_on_a_phone(browse: Open, links: Links, width: int, dark: bool) -> None:
    with browse(width=width, dark=dark) as page:
        for link in links("pending") + links("active"):
            page.goto(link)
            assert not overflows(page), link.split("/")[3]


CONTRAST = """
(pill) => {
  const channels = (text) => text.match(/[0-9.]+/g).slice(0, 4).map(Number);
  const linear = (v) => v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const ground = (element) => {
    const color = channels(getComputedStyle(element).backgroundColor);
    return color[3] === 0 ? ground(element.parentElement) : color;
  };
  const edge = getComputedStyle(pill).boxShadow;
  const around = ground(pill.parentElement);
  return Math.max(ratio(ground(pill), around), edge === "none" ? 1 : ratio(channels(edge), around));
}
"""


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_not_checked_yet_stands_out_from_the_page(browse: Open, links: Links, dark: bool) -> None:
    with browse(dark=dark) as page:
        page.goto(links("active")[0])
        pill = page.locator(".pill.muted").first
        assert pill.inner_text() == "nog niet gecontroleerd"
        assert pill.evaluate(CONTRAST) >= 3


COVERED = """
() => {
  const one = document.activeElement;
  if (one.closest(".form-end, .decide-ticked") || one === document.body) return "";
  const box = one.getBoundingClientRect();
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  const heights = [top + 2, (top + bottom) / 2, bottom - 2];
  const places = heights.map((y) => document.elementFromPoint(box.left + box.width / 2, y));
  return places.some((place) => place && place.closest(".form-end, .decide-ticked")) ? one.name || one.innerText : "";
}
"""


def walk(page: Page, key: str) -> list[str]:
    """What the bar lay over while all that takes the focus was walked through."""
    covered = []
    for _ in range(80):
        page.keyboard.press(key)
        covered.append(str(page.evaluate(COVERED)))
    return [name for name in covered if name]


@pytest.mark.parametrize(("width", "height"), [(1024, 660), (1280, 720), (360, 740)])
def test_the_buttons_below_a_form_cover_nothing_that_has_the_focus(
    browse: Open, width: int, height: int
) -> None:
    with browse() as page:
        page.set_viewport_size({"width": width, "height": height})
        sign_in(page, "hoofd.var")
        page.goto("/redactie/kopij/nieuw")
        assert walk(page, "Tab") == []
        assert walk(page, "Shift+Tab") == []


SCROLLS_SIDEWAYS = """
() => [...document.querySelectorAll("main *")]
  .filter((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth)
  .map((one) => one.className)
"""


def test_nothing_scrolls_sideways_within_a_page_for_staff_on_a_phone(browse: Open) -> None:
    with browse(width=360) as page:
        sign_in(page, "beheer")
        for path in STAFF:
            page.goto(path)
            assert page.evaluate(SCROLLS_SIDEWAYS) == [], path


def test_every_number_of_a_former_edition_has_its_name_beside_it_on_a_phone(browse: Open) -> None:
    with browse(width=360) as page:
        sign_in(page, "beheer")
        page.goto("/redactie/edities")
        numbers = page.locator(".done tbody tr").first.locator("td.number:visible")
        beside = numbers.evaluate_all("(all) => all.map((one) => getComputedStyle(one, '::before').content)")
        assert beside[:2] == ['"Bedoeld: "', '"Verstuurd: "']
