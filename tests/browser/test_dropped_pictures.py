"""A picture that is dropped or pasted: made smaller on the way, and asked what it shows."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, sign_in
from tests.browser.test_pasting import NEW

BRING = """async (form, [kind, type, width]) => {
  const data = new DataTransfer();
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = 30;
  const blob = await new Promise((done) => canvas.toBlob(done, type));
  data.items.add(new File([blob ?? "geen"], "foto.png", { type }));
  const event = kind === "drop" ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  form.dispatchEvent(event);
  return event.defaultPrevented;
}"""
SIZE = """async (field) => {
  const image = await createImageBitmap(field.files[0]);
  return [image.width, image.height];
}"""


@pytest.mark.parametrize(("kind", "type_"), [("drop", "image/png"), ("paste", "image/jpeg")])
def test_a_picture_is_taken_smaller_and_asks_what_it_shows(browse: Open, kind: str, type_: str) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto(NEW)
        assert page.locator("#bericht").evaluate(BRING, [kind, type_, 3000])
        expect(page.get_by_text("“foto.png” staat klaar. Wat is erop te zien?")).to_be_visible()
        expect(page.get_by_label("Wat staat er op de afbeelding?")).to_be_focused()
        assert page.locator("#image").evaluate(SIZE) == [1200, 12]
        page.keyboard.type("Een leeg vlak")
        page.get_by_label("Titel").fill("Met een foto")
        page.get_by_role("button", name="Bewaar als klad").click()
        page.get_by_role("link", name="Met een foto").first.wait_for()


def test_a_file_that_is_no_picture_is_refused_and_the_page_stays(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto(NEW)
        page.get_by_text("met een beschrijving erbij").click()
        assert page.locator("#bericht").evaluate(BRING, ["drop", "text/plain", 1])
        expect(page.get_by_text("Dit is geen afbeelding.")).to_be_visible()
