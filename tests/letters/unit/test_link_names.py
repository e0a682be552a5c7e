from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.letters.links.names import LinkNames

ONE, OTHER = "https://een.example/a", "https://twee.example/b"


def test_a_link_that_says_where_it_leads_keeps_its_name() -> None:
    assert LinkNames([("Lees de handreiking", ONE)]).name("Lees de handreiking", ONE) == "Lees de handreiking"


def test_the_same_words_for_two_places_are_told_apart_by_what_they_are_about() -> None:
    names = LinkNames([("Meld u aan", ONE), ("Meld u aan", OTHER)])
    assert names.name("Meld u aan", ONE, "Leerhuis") == "Meld u aan – Leerhuis"
    assert names.name("Meld u aan", OTHER, "Conferentie") == "Meld u aan – Conferentie"


def test_the_same_words_for_the_same_place_stay() -> None:
    names = LinkNames([("De monitor", ONE), ("de monitor", ONE)])
    assert [names.name("De monitor", ONE), names.name("de monitor", ONE)] == ["De monitor", "de monitor"]


@pytest.mark.parametrize("label", ["hier", "Klik hier", "LEES MEER", "lees  meer …", "Read more »", "here."])
def test_words_that_say_nothing_get_company(label: str) -> None:
    assert LinkNames([(label, ONE)]).name(label, ONE, "Monitor") == f"{label} – Monitor"
    assert LinkNames([(label, ONE)]).name(label, ONE) == f"{label} – een.example"


def test_a_link_without_words_is_called_by_its_place() -> None:
    names = LinkNames([(" ", ONE)])
    assert names.name("", ONE) == "een.example"
    assert names.name("", "mailto:a@b.example") == "a@b.example"


def test_when_nothing_else_helps_links_are_numbered() -> None:
    names = LinkNames([("Meld u aan", ONE), ("Meld u aan", OTHER)])
    assert names.name("Meld u aan", ONE, "Dag") == "Meld u aan – Dag"
    assert names.name("Meld u aan", OTHER, "Dag") == "Meld u aan – Dag (2)"
    assert names.name("Meld u aan", ONE, "Dag") == "Meld u aan – Dag"


def test_the_letters_own_links_keep_their_names() -> None:
    names = LinkNames([("Afmelden", ONE)], fixed=[("Afmelden", OTHER)])
    assert names.name("Afmelden", ONE, "Cursus") == "Afmelden – Cursus"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["", "hier", "Hier", "meld u aan", "Meld u aan (2)", "Meld u aan – x", "De kaart"]
            ),
            st.sampled_from([ONE, OTHER, "https://een.example/c", "mailto:a@b.example"]),
            st.sampled_from(["", "x", "Titel"]),
        ),
        max_size=12,
    )
)
def test_no_two_links_say_the_same_and_lead_to_different_places(links: list[tuple[str, str, str]]) -> None:
    names = LinkNames([(label, address) for label, address, _about in links])
    named = sorted((names.name(*link).casefold(), link[1]) for link in links)
    assert all(name != "" for name, _address in named)
    for (name, address), (next_name, next_address) in pairwise(named):
        assert name != next_name or address == next_address
