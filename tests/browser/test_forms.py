"""Nobody's words are lost, doubled or blamed on a colleague: the forms of staff, and everybody's errors."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import select

from newsletter_service.editorial.models import Item
from tests.browser.conftest import Open, Site, overflows, sign_in
from tests.browser.test_accessibility import WIDTHS, check, check_in_both_schemes

NEW = "/redactie/kopij/nieuw"
DRAFTS = "() => Object.keys(localStorage).filter((key) => key.startsWith('concept:'))"


def states(site: Site, title: str) -> list[str]:
    with site.stored() as session:
        return list(session.scalars(select(Item.state).where(Item.title == title)))


def drafts(page: Page) -> list[str]:
    kept: list[str] = page.evaluate(DRAFTS)
    return kept


def leave(page: Page, go: Callable[[], object]) -> list[str]:
    """Leave the page and insist on it when asked; what was asked."""
    asked: list[str] = []

    def insist(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", insist)
    go()
    page.remove_listener("dialog", insist)
    return asked


def type_an_item(page: Page, title: str) -> None:
    """Type all that an item needs; done when it is kept, and the preview that follows has shown the last of it."""
    page.goto(NEW)
    page.get_by_label("Oproep").check()
    page.get_by_label("Titel").click()
    page.keyboard.type(title)
    page.get_by_label("Samenvatting").click()
    page.keyboard.type("Een uur werk.")
    expect(page.locator("form[data-kept]")).to_be_attached()
    preview = page.frame_locator("iframe[name=voorbeeld]")
    expect(preview.get_by_text("Een uur werk.").first).to_be_attached()


@pytest.mark.parametrize("width", WIDTHS)
def test_what_was_typed_comes_back_until_it_is_saved(site: Site, browse: Open, width: int) -> None:
    title = f"Een concept van {width}"
    with browse(width=width) as page:
        sign_in(page, "communicatie")
        type_an_item(page, title)
        assert leave(page, lambda: page.goto(NEW)) == ["beforeunload"]
        check_in_both_schemes(page)
        expect(page.get_by_text("iets dat nog niet is bewaard")).to_be_visible()
        expect(
            page.get_by_text(re.compile(r"hier op \w+dag \d+ \w+ om \d\d\.\d\d uur iets dat"))
        ).to_be_visible()
        expect(page.get_by_label("Titel")).to_have_value("")
        left = page.locator(".draft-offer, form[data-draft]").evaluate_all(
            "(all) => all.map((one) => one.getBoundingClientRect().left)"
        )
        assert left[0] == left[1]  # above the form, not beside it
        page.get_by_role("button", name="Terugzetten").click()
        expect(page.get_by_label("Titel")).to_have_value(title)
        expect(page.get_by_label("Samenvatting")).to_have_value("Een uur werk.")
        expect(page.get_by_label("Oproep")).to_be_checked()
        assert leave(page, page.get_by_role("button", name="Bewaar als klad").click) == []
        expect(page.get_by_text("Het bericht is bewaard als klad.")).to_be_visible()
        assert drafts(page) == []
        page.goto(NEW)
        expect(page.get_by_role("button", name="Terugzetten")).to_have_count(0)
    assert states(site, title) == ["draft"]


def test_a_draft_is_kept_while_somebody_types_on_without_a_pause(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto(NEW)
        page.get_by_label("Samenvatting").click()
        page.keyboard.type("zonder pauze " * 3, delay=80)
        assert page.locator("form[data-kept]").count() == 1


def test_a_correction_is_a_draft_too(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/1/correctie")
        expect(page.get_by_role("button", name="Verstuur de correctie")).to_have_count(0)
        page.get_by_label("Wat er niet klopte").fill("De tijd klopte niet.")
        expect(page.locator("form[data-kept]")).to_be_attached()
        assert leave(page, page.reload) == ["beforeunload"]
        page.get_by_role("button", name="Terugzetten").click()
        expect(page.get_by_label("Wat er niet klopte")).to_have_value("De tijd klopte niet.")
        page.get_by_role("button", name="Bewaar en bekijk").click()
        expect(page.get_by_role("button", name="Verstuur de correctie")).to_be_visible()
        assert drafts(page) == []


def test_a_draft_can_be_thrown_away(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        type_an_item(page, "Toch maar niet")
        leave(page, lambda: page.goto(NEW))
        page.get_by_role("button", name="Weggooien").click()
        assert drafts(page) == []


def test_a_draft_says_when_it_was_written_on_the_clocks_of_the_pages(browse: Open) -> None:
    with browse(zone="America/New_York") as page:
        sign_in(page, "communicatie")
        page.clock.set_fixed_time(datetime(2026, 11, 26, 23, 23, tzinfo=UTC))
        type_an_item(page, "Diep in de nacht")
        leave(page, lambda: page.goto(NEW))
        expect(page.get_by_text("U schreef hier op vrijdag 27 november om 00.23 uur iets")).to_be_visible()


WARNING = "Uitloggen gooit weg wat u in deze browser typte en nog niet heeft bewaard."


def open_menu(page: Page, width: int) -> None:
    if width < 1024:
        page.get_by_role("button", name="Menu").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_way_out_says_what_goes_where_there_are_drafts(browse: Open, width: int) -> None:
    with browse(width=width) as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities")
        expect(page.get_by_text(WARNING)).to_be_hidden()
        type_an_item(page, "Nog niet af")
        open_menu(page, width)
        expect(page.get_by_text(WARNING)).to_be_visible()
        leave(page, lambda: page.goto("/redactie/edities"))
        open_menu(page, width)
        expect(page.get_by_text(WARNING)).to_be_visible()
        expect(page.get_by_role("button", name="Uitloggen")).to_have_accessible_description(WARNING)
        assert not overflows(page)
        check_in_both_schemes(page)
        page.goto(NEW)
        page.get_by_role("button", name="Weggooien").click()
        expect(page.get_by_text(WARNING)).to_be_hidden()


def test_drafts_are_for_the_account_that_wrote_them_and_go_when_it_signs_out(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        type_an_item(page, "Van de een")
        page.context.clear_cookies()
        leave(page, lambda: page.goto("/redactie/inloggen"))
        sign_in(page, "hoofd.var")
        page.goto(NEW)
        expect(page.get_by_label("Titel")).to_have_value("")
        expect(page.get_by_role("button", name="Terugzetten")).to_have_count(0)
        page.get_by_role("button", name="Uitloggen").click()
        page.wait_for_url("**/inloggen**")
        sign_in(page, "communicatie")
        page.goto(NEW)
        expect(page.get_by_role("button", name="Terugzetten")).to_be_visible()
        page.get_by_role("button", name="Uitloggen").click()
        page.wait_for_url("**/inloggen**")
        assert drafts(page) == []


def test_the_texts_of_an_edition_are_drafts_too(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "communicatie")
        page.goto("/redactie/edities/2")
        page.get_by_text("Wijzig onderwerp en introductie").click()
        page.get_by_role("textbox", name="Introductie").click()
        page.keyboard.type("Een mooie inleiding. ")
        expect(page.locator("form[data-kept]")).to_be_attached()
        assert leave(page, page.reload) == ["beforeunload"]
        page.get_by_role("button", name="Terugzetten").click()
        expect(page.get_by_role("textbox", name="Introductie")).to_have_value(
            re.compile("Een mooie inleiding")
        )
        page.get_by_role("button", name="Bewaar teksten").click()
        expect(page.get_by_text("De teksten zijn bewaard.")).to_be_visible()
        assert drafts(page) == []


def test_a_double_press_makes_one_item(site: Site, browse: Open) -> None:
    with browse() as page:
        sign_in(page, "hoofd.riec")
        type_an_item(page, "Twee keer gedrukt")
        page.get_by_role("button", name="Bewaar als klad").dblclick()
        # Not by waiting for one way there: the second press ends the one that the first began.
        expect(page).not_to_have_url(re.compile("nieuw"))
    assert states(site, "Twee keer gedrukt") == ["draft"]


def test_words_that_came_back_in_their_form_are_not_offered_beside_it(site: Site, browse: Open) -> None:
    with browse() as page:
        sign_in(page, "hoofd.riec")
        type_an_item(page, "x" * 130)
        site.clock.move(seconds=3)  # what a page says about itself, such as when it was made, is no draft
        page.get_by_role("button", name="Bewaar als klad").click()
        expect(page.locator("#fouten")).to_be_focused()
        expect(page.get_by_label("Titel")).to_have_value("x" * 130)
        expect(page.locator("form[data-kept]")).to_be_attached()
        expect(page.get_by_role("button", name="Terugzetten")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_going_back_and_saving_again_makes_no_second_item(site: Site, browse: Open, scripts: bool) -> None:
    title = f"Terug en nog eens {scripts}"
    with browse(scripts=scripts) as page:
        sign_in(page, "hoofd.riec")
        page.goto(NEW)
        page.get_by_label("Titel").fill(title)
        page.get_by_role("button", name="Bewaar als klad").click()
        expect(page.get_by_text("Het bericht is bewaard als klad.")).to_be_visible()
        page.go_back()
        expect(page.get_by_text("Dit bericht stond er al.")).to_be_visible()
        page.get_by_role("button", name="Bewaar als klad").click()
        expect(page.get_by_text("Het bericht is bewaard als klad.")).to_be_visible()
    assert states(site, title) == ["draft"]


def test_enter_in_a_title_keeps_and_does_not_queue(site: Site, browse: Open) -> None:
    with browse(scripts=False) as page:
        sign_in(page, "hoofd.var")
        page.goto(NEW)
        page.get_by_label("Titel").fill("Met Enter")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Het bericht is bewaard als klad.")).to_be_visible()
    assert states(site, "Met Enter") == ["draft"]


def test_two_people_on_one_item_hear_of_each_other_only_in_the_same_field(site: Site, browse: Open) -> None:
    with browse() as mine, browse(width=360, dark=True) as theirs:
        for page, who in ((mine, "communicatie"), (theirs, "hoofd.var")):
            sign_in(page, who)
        theirs.goto(NEW)
        theirs.get_by_label("Titel").fill("Van ons samen")
        theirs.get_by_role("button", name="Bewaar als klad").click()
        for page in (mine, theirs):
            page.goto("/redactie/kopij/?staat=draft")
            page.get_by_role("link", name="Van ons samen", exact=True).click()
        theirs.get_by_label("Titel").fill("Onze titel")
        theirs.get_by_role("button", name="Bewaar als klad").click()
        mine.get_by_label("Samenvatting").fill("Mijn samenvatting.")
        mine.get_by_role("button", name="Bewaar als klad").click()
        expect(mine.get_by_text("Het bericht is bewaard als klad.")).to_be_visible()
        for page in (mine, theirs):
            page.goto("/redactie/kopij/?staat=draft")
            page.get_by_role("link", name="Onze titel", exact=True).click()
        mine.get_by_label("Titel").fill("Mijn titel")
        mine.get_by_role("button", name="Bewaar als klad").click()
        theirs.get_by_label("Titel").fill("Hun titel")
        theirs.get_by_role("button", name="Bewaar als klad").click()
        expect(theirs.get_by_role("heading", name="Iemand was u net voor")).to_be_visible()
        expect(theirs.get_by_label("Titel")).to_have_value("Hun titel")
        expect(theirs.locator("dl.theirs")).to_contain_text("Mijn titel")
        check(theirs)


@pytest.mark.parametrize("scripts", [True, False])
def test_errors_have_the_focus_and_lead_to_their_fields_by_keyboard(browse: Open, scripts: bool) -> None:
    with browse(width=360, scripts=scripts) as page:
        for address, mark in (("/aanmelden", "Fout: "), ("/aanmelden?taal=en", "Error: ")):
            page.goto(address)
            page.locator("[name=name]").fill("x" * 130)
            page.locator("[name=address]").press("Enter")
            assert page.title().startswith(mark)
            expect(page.locator("#fouten")).to_be_focused()
            expect(page.locator("#fouten li")).to_have_count(2)
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.locator("#address")).to_be_focused()
            expect(page.locator("[name=name]")).to_have_value("x" * 130)
        if scripts:
            check(page)


def test_a_text_that_is_too_long_is_kept_whole_and_counted(browse: Open) -> None:
    with browse() as page:
        sign_in(page, "hoofd.var")
        page.goto(NEW)
        page.get_by_label("Titel").fill("🚲" * 132)
        expect(page.get_by_text("132 / 120 · 12 te veel")).to_be_visible()
        page.get_by_role("button", name="Bewaar als klad").click()
        expect(page.locator("#fouten")).to_be_focused()
        expect(page.locator("#fouten")).to_contain_text("U heeft 132 tekens, 12 te veel.")
        expect(page.get_by_label("Titel")).to_have_value("🚲" * 132)
        assert page.title().startswith("Fout: ")
        check(page)
        assert leave(page, lambda: page.goto("/redactie/kopij/")) == ["beforeunload"]
