import pytest

from newsletter_service.letters.links.rules import Refusal
from newsletter_service.letters.review import Finding, Remark, refused_links, review

SITE = "https://nieuwsbrief.example"
OWN = f"{SITE}/voorkeuren/12-1-zegelzegelzegel"


def found_in(text: str, **asked: bool) -> list[tuple[Remark, str]]:
    return [(one.remark, one.what) for one in review(text, SITE, **({"markdown": True} | asked))]


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        f"Wijzig [hier]({OWN}) uw keuzes.",
        f"Kijk ({OWN}).",
        f"<{OWN}>",
        OWN.replace("https://nieuwsbrief", "HTTP://NIEUWSBRIEF").replace("/voorkeuren", ":8443/%76oorkeuren"),
        f"https://eur02.safelinks.protection.outlook.com/?url={OWN.replace(':', '%3A').replace('/', '%2F')}&data=1",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__nieuwsbrief.example_voorkeuren_12-2D1-2Dz&d=x",
        OWN.removeprefix("https://"),
    ],
)
@pytest.mark.parametrize("markdown", [True, False])
def test_a_link_of_one_reader_blocks_wherever_it_stands(text: str, markdown: bool) -> None:
    (finding,) = [one for one in review(text, SITE, markdown=markdown) if one.blocks]
    assert finding == Finding(Remark.PERSONAL_LINK, "voorkeuren")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kijk op https://bit.ly/3abcd.", [(Remark.SHORTENED_LINK, "https://bit.ly/3abcd")]),
        (f"[hier]({SITE}/redactie/edities/3)", [(Remark.STAFF_LINK, f"{SITE}/redactie/edities/3")]),
        ("http://plan.example/", [(Remark.UNENCRYPTED_LINK, "http://plan.example/")]),
        ("[hier](zie boven)", [(Remark.BROKEN_LINK, "zie boven")]),
        ("[hier](ftp://plan.example/)", [(Remark.REFUSED_LINK, "ftp://plan.example/")]),
        ("Zie <b>dit</b> en<br>dat", [(Remark.HTML, "<b>"), (Remark.HTML, "<br>")]),
        ("![kaart](kaart.png)", [(Remark.BROKEN_LINK, "kaart.png"), (Remark.PICTURE, "![kaart](kaart.png)")]),
        ("Dit staat vast[^1].", [(Remark.FOOTNOTE, "[^1]")]),
        ("Typ `dit` over", [(Remark.CODE, "`dit`")]),
        ("~~Niet~~ wel", [(Remark.STRUCK_OUT, "~~Niet~~")]),
        ("- [ ] bellen", [(Remark.TASK, "- [ ]")]),
        ("Zie [dit stuk][1]", [(Remark.REFERENCE, "[dit stuk][1]")]),
        ("|a|b|c|d|e|\n|-|-|-|-|-|\n|1|2|3|4|5|", [(Remark.WIDE_TABLE, "5")]),
    ],
)  # fmt: skip
def test_what_does_not_work_is_named(text: str, found: list[tuple[Remark, str]]) -> None:
    assert found_in(text) == found


@pytest.mark.parametrize(
    "left_over",
    [
        "{{ name }}", "{% if x %}", "${naam}", "{naam}", "[NAAM]", "[datum]", "*|FNAME|*", "%(name)s", "%%NAAM%%",
        "PM", "P.M.", "nader te bepalen", "nog in te vullen", "%name%", "%voornaam%", "%First_Name%",
        "«Naam»", "<<naam>>", "<naam>", "XXX", "xx-xx-2026", "TODO", "TK", "Lorem ipsum", "INVULLEN", "[invullen]",
    ],
)  # fmt: skip
def test_left_over_placeholders_are_named(left_over: str) -> None:
    assert found_in(f"Wij komen op {left_over} bij u langs.") == [(Remark.PLACEHOLDER, left_over)]
    assert found_in(f"Wij komen op {left_over} langs.", markdown=False) == [(Remark.PLACEHOLDER, left_over)]


@pytest.mark.parametrize("text", ["Datum: invullen", "nog invullen", "invullen"])
def test_an_order_to_oneself_is_a_placeholder(text: str) -> None:
    assert [remark for remark, _what in found_in(text)] == [Remark.PLACEHOLDER]


@pytest.mark.parametrize(
    "text",
    [
        "U kunt het formulier invullen tot 3 december.",
        "De TK vergadert; zie TK 29 911.",
        "De PM spreekt om 3 PM over PM10; de kosten zijn 5 euro p.m. en het is 50% meer of 20% minder.",
        "[mijn voorkeuren](voorkeuren) en [afmelden](afmelden)",
        "[LET OP](https://plan.example/)",
        "Kamers L en XXL, 5 < 6 en 7 > 3, 50% korting, C++ en AT&T",
        "Mail <jan@plan.example> of kijk op <https://plan.example/{id}>",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "Een *zacht* en **hard** woord.\n\n- een\n- twee",
        "",
    ],
)
def test_ordinary_texts_are_left_alone(text: str) -> None:
    assert found_in(text, after_greeting=True) == []


@pytest.mark.parametrize(
    "greeting",
    [
        *(
            "Beste lezer,",
            "Geachte heer/mevrouw,",
            "Beste collega's!",
            "Hallo allemaal",
            "L.S.,",
            "Dear reader,",
        ),
        *(
            "Welkom lezer,",
            "Welkom allemaal!",
            "Beste Jan,",
            "Beste alle oud-collega's,",
            "Beste vroedvrouwen,",
        ),
        *("Lieve lezers,", "Dag collega's,", "Goedendag,", "Goeiemorgen!", "Dames en heren,"),
    ],
)
def test_a_second_greeting_is_named(greeting: str) -> None:
    text = f"{greeting}\n\nEr is veel gebeurd."
    assert found_in(text, after_greeting=True) == [(Remark.GREETING, greeting)]
    assert found_in(text) == []


def test_a_word_of_greeting_within_a_sentence_is_none() -> None:
    assert found_in("Beste voorbeelden van samenwerking vindt u hieronder", after_greeting=True) == []
    assert found_in("Beste praktijken, zo vinden wij, deelt u.", after_greeting=True) == []
    assert found_in("Beste praktijken\n\nUit de regio", after_greeting=True) == []
    assert found_in("Welkom bij deze nieuwe editie, de twaalfde.", after_greeting=True) == []
    assert found_in("Dag in dag uit werken wij samen.", after_greeting=True) == []


def test_marks_where_none_work_are_named() -> None:
    text = "Een **vette** titel met <b>tags</b> en een [link](https://plan.example/)"
    assert [remark for remark, _what in found_in(text, markdown=False)] == [
        Remark.HTML,
        Remark.MARKUP,
        Remark.MARKUP,
    ]


def test_links_that_mislead_are_not_saved() -> None:
    text = "[a](javascript:alert(1)) https://politie.example@kwaad.example/ http:kwaad.example [b](zie boven)"
    assert refused_links(text) == [
        ("javascript:alert(1)", Refusal.SCHEME),
        ("https://politie.example@kwaad.example/", Refusal.USER),
        ("http:kwaad.example", Refusal.HOST),
    ]
    assert refused_links("Data:3 december. [c](voorkeuren) file: leeg") == []


def test_marks_hide_no_greeting() -> None:
    found = found_in("**Beste lezer**,\n\nEr is veel gebeurd.", after_greeting=True)
    assert [remark for remark, _what in found] == [Remark.GREETING]


@pytest.mark.parametrize(
    "left", ["<%= naam %>", "$naam", "#naam#", "t.b.d", "TBD", "[tekst volgt]", "[link hier]"]
)
def test_what_still_had_to_be_filled_in_is_named(left: str) -> None:
    assert found_in(f"De zaal is {left} en open.") == [(Remark.PLACEHOLDER, left)]


def test_a_day_with_a_name_is_no_greeting() -> None:
    assert found_in("Dag van de veiligheid, 3 mei.", after_greeting=True) == []
