"""Texts as people bring them along: out of word processors, mail programs and spreadsheets."""

import re

import pytest

from newsletter_service.letters.links.addresses import without_identities
from newsletter_service.letters.markdown.html import to_html, to_text

SAFE = (
    "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fplan.example%2F&data=jan%40x.example"
)


@pytest.mark.parametrize(
    "address",
    [
        "https://gemeente.sharepoint.example/_layouts/15/Doc.aspx?file=jaarplan_2027_.docx&action=default",
        "https://zoek.example/?q=*bibob*&p=1",
        "https://zoek.example/?a=1&copy;=2&lt;=3",
        "https://zoek.example/_a_/*b*/__c__",
        "http://127.0.0.1:8000/a~b;c=d?x[]=1",
    ],
)
@pytest.mark.parametrize(
    "text", ["Zie {} voor meer.", "({})", "“{}”", "**{}**", "_Zie {}_", "{}, en verder", "{}"]
)
def test_a_bare_address_is_a_link_to_exactly_itself(address: str, text: str) -> None:
    html = to_html(text.format(address))
    escaped = address.replace("&", "&amp;")
    assert f'<a href="{escaped}">{escaped}</a>' in html
    assert address in to_text(text.format(address))
    assert to_text(text.format(address)).count(address) == 1


def test_addresses_without_a_scheme_and_of_mailboxes_are_links() -> None:
    html = to_html(
        "Kijk op www.gemeente.example/agenda of mail ovv_team_@gemeente.example, _team_@x.example."
    )
    assert re.findall('href="([^"]*)"', html) == [
        "https://www.gemeente.example/agenda",
        "mailto:ovv_team_@gemeente.example",
        "mailto:_team_@x.example",
    ]


@pytest.mark.parametrize(
    "data",
    [
        r"\\server\_deel_\*.docx",
        r"C:\Users\jan_de_vries\_oud_\*.txt",
        r"(P:\map\_x_)",
        r"documenten\_x_\*.docx",
        "2*3*4",
        "2**3**4",
        "snake_case_naam",
        "__init__.py en _x_.docx",
        "*.docx, *.xlsx en *.doc*",
        "map/_deel_/x",
        "5 * 3 * 2",
        "*|FNAME|*",
        "06-12 34 56 78",
    ],
)
def test_file_names_and_sums_are_no_markup(data: str) -> None:
    assert to_html(data) == f"<p>{data}</p>"
    assert to_text(data) == data


def test_what_is_meant_as_markup_still_is() -> None:
    assert to_html(r"**Let op**: _zo_, *zo* en **zo**aan. \*niet\*") == (
        "<p><strong>Let op</strong>: <em>zo</em>, <em>zo</em> en <strong>zo</strong>aan. *niet*</p>"
    )


@pytest.mark.parametrize(
    "bullet", ["•\t", "• ", "·  ", "o\t", "o   ", "–\t", "– ", "▪ ", "* ", "- ", "\uf0b7\t", "§\t", "•\xa0"]
)
def test_bullets_of_word_processors_are_lists(bullet: str) -> None:
    text = f"De punten:\n{bullet}Eerste\n{bullet}Tweede"
    assert to_html(text) == "<p>De punten:</p>\n<ul>\n<li>Eerste</li>\n<li>Tweede</li>\n</ul>"
    assert to_text(text) == "De punten:\n\n- Eerste\n- Tweede"


@pytest.mark.parametrize("bullet", ["•", "▪", "\uf0b7", "➢"])
def test_bullets_need_no_blank_where_nothing_else_begins_like_them(bullet: str) -> None:
    assert to_text(f"De punten:\n{bullet}Eerste\n{bullet}Tweede") == "De punten:\n\n- Eerste\n- Tweede"


def test_numbers_and_letters_of_word_processors_are_lists() -> None:
    assert to_html("1) een\n2) twee") == "<ol>\n<li>een</li>\n<li>twee</li>\n</ol>"
    text = "Stappen:\na.\tbel\nb.\tschrijf\nc.\twacht"
    assert to_html(text) == (
        '<p>Stappen:</p>\n<ol type="a">\n<li>bel</li>\n<li>schrijf</li>\n<li>wacht</li>\n</ol>'
    )
    assert to_text(text) == "Stappen:\n\na. bel\nb. schrijf\nc. wacht"


def test_bullets_below_bullets_stand_below_them() -> None:
    assert to_text("•\tEen\no\tonder een\n▪\tdaaronder\no\took onder een\n•\tTwee\nEn verder.") == (
        "- Een\n  - onder een\n    - daaronder\n  - ook onder een\n- Twee\n\nEn verder."
    )
    assert to_text("•\tEen\n\na.\tbel\nb.\tschrijf") == "- Een\n\na. bel\nb. schrijf"
    assert to_text("1.\tEen\na)\teerst\nb)\tdan\n2.\tTwee") == "1. Een\n   a. eerst\n   b. dan\n2. Twee"


@pytest.mark.parametrize("text", ["o wee, wat nu?", "a. Jansen", "A. Jansen\nB. de Vries", "o ja\nen dan"])
def test_words_at_the_start_of_a_line_are_no_bullets(text: str) -> None:
    assert "<li>" not in to_html(text)


@pytest.mark.parametrize(
    "soft_break", ["\n", "\v", "\f", "\x0e", "\x1c", "\x1d", "\u2028", "\u2029", "\x85", "\r\n"]
)
def test_line_ends_separate(soft_break: str) -> None:
    assert to_html(f"Dijkweg 12{soft_break}3000 AA Delfhaven") == "<p>Dijkweg 12<br>\n3000 AA Delfhaven</p>"
    assert to_text(f"Dijkweg 12{soft_break}3000 AA Delfhaven") == "Dijkweg 12\n3000 AA Delfhaven"


def test_words_signs_for_cells_and_hyphens_separate() -> None:
    assert to_text("3 december\x07Delft, nood\x1everordening") == "3 december Delft, nood-verordening"


def test_a_blank_stays_between_two_elements_on_two_lines() -> None:
    html = to_html("**Let op:**\n[Lees dit](https://gemeente.example/)")
    assert html == '<p><strong>Let op:<br>\n</strong> <a href="https://gemeente.example/">Lees dit</a></p>'
    assert to_text("**Let op:**\n[Lees dit](https://gemeente.example/)") == (
        "Let op:\nLees dit <https://gemeente.example/>"
    )


@pytest.mark.parametrize(
    "table",
    [
        "| Datum | Plaats |\n|---|---|\n| 3 dec | Delft |\n| 4 dec | |",
        "Datum\tPlaats\n3 dec\tDelft\n4 dec\t",
        "| Datum | Plaats |\n| 3 dec | Delft |\n| 4 dec | |",
    ],
)
def test_small_tables_are_tables(table: str) -> None:
    html = to_html(f"Wanneer:\n\n{table}\n\nTot dan.")
    assert '<th scope="col">Datum</th>' in html
    assert "<td>Delft</td>" in html
    assert to_text(f"Wanneer:\n\n{table}\n\nTot dan.") == (
        "Wanneer:\n\n- Datum: 3 dec; Plaats: Delft\n- Datum: 4 dec\n\nTot dan."
    )


def test_labels_with_tabs_are_no_table() -> None:
    assert to_html("Naam:\tJan\nPlaats:\tDelft") == "<p>Naam:\tJan<br>\nPlaats:\tDelft</p>"


def test_links_work_as_people_write_them() -> None:
    html = to_html(
        "[010 123 45 67](tel:+31 10 123 45 67) [verslag](https://a.example/mijn verslag (1).pdf) "
        '[site](www.a.example) [titel](https://a.example/ "Titel") [haakjes](<https://a.example/b c>)'
    )
    assert re.findall('href="([^"]*)"', html) == [
        "tel:+31101234567",
        "https://a.example/mijn%20verslag%20%281%29.pdf",
        "https://www.a.example",
        "https://a.example/",
        "https://a.example/b%20c",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[hier](zie boven)",
        "[x](javascript:alert(1))",
        "[p](https://politie.example@kwaad.example/)",
        "https://politie.example@kwaad.example/",
    ],
)
def test_links_that_are_refused_stay_as_they_were_typed(text: str) -> None:
    assert to_html(text) == f"<p>{text}</p>"
    assert to_text(text) == text


def test_nobody_is_named_by_an_address_or_its_label() -> None:
    for text in (SAFE, f"[{SAFE}]({SAFE})", f"<{SAFE}>"):
        assert to_html(text) == '<p><a href="https://plan.example/">https://plan.example/</a></p>'
        assert to_text(text) == "https://plan.example/"
    assert without_identities(f"Zie {SAFE}, of **{SAFE}** en https://a.example/?utm_source=x#b.") == (
        "Zie https://plan.example/, of **https://plan.example/** en https://a.example/#b."
    )


def test_the_words_for_a_readers_own_links_lead_where_they_are_told() -> None:
    text, own = (
        "[mijn keuzes](voorkeuren) [weg](Afmelden)",
        {"voorkeuren": "https://a.example/v", "afmelden": "https://a.example/a"},
    )
    assert re.findall('href="([^"]*)"', to_html(text, own=own)) == list(own.values())
    assert to_text(text, own=own) == "mijn keuzes <https://a.example/v> weg <https://a.example/a>"


def test_where_there_is_no_reader_their_words_are_only_words() -> None:
    assert to_text("Kies [mijn voorkeuren](voorkeuren).") == "Kies mijn voorkeuren."


def test_left_over_placeholders_are_text() -> None:
    text = "Beste {{ name }}, van [NAAM] en *|FNAME|* en %(name)s en ${naam}"
    assert to_html(text) == f"<p>{text}</p>"


def test_a_line_without_bars_ends_a_table() -> None:
    text = "| Datum | Plaats |\n|---|---|\n| 3 dec | Delft |\nMeld u aan."
    assert to_html(text).endswith("</table>\n<p>Meld u aan.</p>")
    assert to_text(text) == "- Datum: 3 dec; Plaats: Delft\n\nMeld u aan."


def test_a_table_that_is_cut_ends_with_a_whole_row() -> None:
    table = "| Datum | Plaats |\n|---|---|\n| 3 dec | Delft |\n| 4 dec | Delfhaven |"
    assert to_text(table, limit=24) == "- Datum: 3 dec; Plaats: Delft"
    assert "4 dec" not in to_html(table, limit=28)
