"""What is pasted keeps its shape, and every change can be undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from newsletter_service.letters.markdown.html import to_html
from tests.browser.conftest import Open, sign_in

STATIC = Path(__file__).parents[2] / "newsletter_service" / "web" / "static"
CLIPBOARD = Path(__file__).parents[1] / "editorial" / "clipboard.txt"
NEW = "/redactie/kopij/nieuw"
PASTE = """(area, [html, plain]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", plain);
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def snippets() -> list[tuple[str, str, str]]:
    """What programs put on the clipboard: a name, the HTML, and the Markdown that it should become."""
    found = []
    for piece in CLIPBOARD.read_text("utf-8").split("\n=== ")[1:]:
        name, rest = piece.split("\n", 1)
        html, markdown = rest.split("\n--->\n")
        found.append((name, html, markdown.rstrip("\n")))
    return found


@pytest.fixture(scope="module")
def reader(chromium: Browser) -> Iterator[Page]:
    """An empty page that can read a clipboard."""
    page = chromium.new_page()
    page.evaluate((STATIC / "markdown.js").read_text("utf-8"))
    yield page
    page.close()


@pytest.mark.parametrize(("html", "markdown"), [pytest.param(*rest, id=name) for name, *rest in snippets()])
def test_what_programs_put_on_the_clipboard_becomes_markdown(reader: Page, html: str, markdown: str) -> None:
    assert reader.evaluate("(html) => window.markdown.fromHtml(html)", html) == markdown


def test_lists_and_tables_from_the_clipboard_are_such_in_letters() -> None:
    pieces = {name: to_html(markdown) for name, _html, markdown in snippets()}
    assert pieces["Word: numbers, with letters below them"].count("<ol>") == 2
    assert pieces["Word: bullets, some a level deeper"].count("<ul>") == 2
    assert pieces["Word: a table"].count("<td>") == 2


def body(page: Page) -> None:
    """Open a new item with the longer text at hand."""
    sign_in(page, "communicatie")
    page.goto(NEW)
    page.get_by_text("Langere tekst").click()
    page.locator("#body").focus()


def test_pasting_is_undone_in_one_step_and_stands_apart_from_the_words_around(browse: Open) -> None:
    with browse() as page:
        body(page)
        area = page.locator("#body")
        page.keyboard.type("Voor na")
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
        area.evaluate(PASTE, ["<ul><li>een</li><li><b>twee</b></li></ul>", "een twee"])
        expect(area).to_have_value("Voor\n\n- een\n- **twee**\n\n na")
        expect(page.locator("#body-gezegd")).to_have_text("Geplakt met opmaak.")
        page.keyboard.press("Control+z")
        expect(area).to_have_value("Voor na")
        page.keyboard.press("Control+Shift+z")
        expect(area).to_have_value("Voor\n\n- een\n- **twee**\n\n na")


def test_an_address_pasted_over_words_becomes_their_link(browse: Open) -> None:
    with browse() as page:
        body(page)
        area = page.locator("#body")
        page.keyboard.type("het plan")
        page.keyboard.press("Control+a")
        area.evaluate(PASTE, ["<a href='https://noord.example/'>x</a>", "https://noord.example/plan"])
        expect(area).to_have_value("[het plan](https://noord.example/plan)")
        page.keyboard.press("Control+z")
        expect(area).to_have_value("het plan")
