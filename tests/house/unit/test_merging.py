from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.merging import fingerprints, merge

BEGAN = {
    "title": "Oud",
    "lead": "Kort",
    "joint": False,
    "segments": [1, 2],
    "day": (date(2026, 12, 10), None),
}


def test_fields_that_only_the_other_changed_are_taken_over() -> None:
    merged = merge(fingerprints(BEGAN), BEGAN | {"title": "Mijn"}, BEGAN | {"lead": "Hun", "joint": True})
    assert (merged.taken, merged.collisions) == ({"lead": "Hun", "joint": True}, [])


def test_a_field_that_both_changed_is_a_collision_unless_both_wrote_the_same() -> None:
    theirs = BEGAN | {"title": "Hun", "lead": "Samen"}
    merged = merge(fingerprints(BEGAN), BEGAN | {"title": "Mijn", "lead": "Samen"}, theirs)
    assert (merged.taken, merged.collisions) == ({}, ["title"])


def test_a_form_that_does_not_say_what_it_began_from_collides_wherever_it_differs() -> None:
    for began in ("", "onzin", "title", "title=", "= = ="):
        merged = merge(began, BEGAN | {"title": "Mijn"}, BEGAN | {"lead": "Hun"})
        assert (merged.taken, merged.collisions) == ({}, ["title", "lead"])


def test_what_a_form_has_nothing_to_say_about_is_left_alone() -> None:
    theirs = BEGAN | {"image": "een nieuwe"}
    assert merge(fingerprints(BEGAN | {"image": ""}), BEGAN, theirs).collisions == []


def test_nothing_is_an_empty_text_and_the_order_of_ticks_says_nothing() -> None:
    began = fingerprints({"place": None, "segments": [1, 2]})
    merged = merge(began, {"place": "", "segments": [2, 1]}, {"place": "Dordrecht", "segments": [3]})
    assert merged.taken == {"place": "Dordrecht", "segments": [3]}


TEXTS = st.dictionaries(st.sampled_from("abcd"), st.text(max_size=3), min_size=4)


@given(TEXTS, TEXTS, TEXTS)
def test_no_change_is_lost_without_being_told(
    began: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    merged = merge(fingerprints(began), mine, theirs)
    saved = mine | merged.taken
    for name in "abcd":
        if mine[name] != began[name]:
            assert saved[name] == mine[name]
        if theirs[name] != began[name]:
            assert saved[name] == theirs[name] or name in merged.collisions
        if name in merged.collisions:
            assert mine[name] != began[name] != theirs[name] != mine[name]
