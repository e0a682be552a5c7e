"""What becomes of the parts of two items that become one."""

from datetime import UTC, datetime

import pytest

from newsletter_service.conversations.rules import (
    Choice,
    Part,
    Side,
    can_be_both,
    differing,
    joined,
    paragraphs,
)
from newsletter_service.editorial.likeness.passages import passages
from newsletter_service.editorial.rules import Content, Kind

DAY = datetime(2027, 1, 21, 12, tzinfo=UTC)
FIRST = Content(
    kind=Kind.EVENT,
    title="Leerhuis buitengebied",
    lead="Boeren vertellen.",
    body="Een.\n\nTwee.",
    starts_at=DAY,
    place="Brielle",
    segment_ids=frozenset({1}),
    topic_ids=frozenset({5}),
)
SECOND = Content(
    kind=Kind.EVENT,
    title="Kennissessie buitengebied",
    lead="Een ronde over een erf.",
    body="Drie.",
    link_url="https://leerhuis.example/buitengebied",
    link_label="Meld u aan",
    starts_at=DAY.replace(day=14),
    place="Brielle",
    priority=2,
    segment_ids=frozenset({2}),
    topic_ids=frozenset({6}),
)


def test_only_what_differs_is_to_be_chosen() -> None:
    assert differing(FIRST, SECOND) == (Part.TITLE, Part.LEAD, Part.WHEN, Part.AUDIENCE)


def test_each_part_comes_from_whom_it_was_chosen_and_the_rest_from_whichever_says_it() -> None:
    choice = Choice(
        {Part.LEAD: Side.BOTH, Part.WHEN: Side.SECOND, Part.AUDIENCE: Side.BOTH},
        {(Side.FIRST, 1), (Side.SECOND, 0)},
    )
    made = joined(FIRST, SECOND, choice)
    assert made.joint
    assert (made.title, made.lead) == (FIRST.title, f"{FIRST.lead} {SECOND.lead}")
    assert (made.body, made.starts_at) == ("Twee.\n\nDrie.", SECOND.starts_at)
    assert (made.link_url, made.link_label) == (SECOND.link_url, SECOND.link_label)
    assert (sorted(made.segment_ids), sorted(made.topic_ids), made.priority) == ([1, 2], [5, 6], 2)


def test_for_readers_of_both_means_for_everybody_where_one_is() -> None:
    everybody = Content(Kind.NEWS, "Voor iedereen", segment_ids=frozenset())
    assert joined(everybody, SECOND, Choice({Part.AUDIENCE: Side.BOTH}, ())).segment_ids == frozenset()


@pytest.mark.parametrize("side", list(Side))
def test_what_is_restricted_in_one_never_opens_up_by_choosing_both(side: Side) -> None:
    secret = Content(Kind.NEWS, "Vertrouwelijk", segment_ids=frozenset({1}), restricted=True)
    public = Content(Kind.NEWS, "Openbaar", segment_ids=frozenset({2}))
    assert not can_be_both(Part.AUDIENCE, secret, public)
    made = joined(secret, public, Choice({Part.AUDIENCE: side}, ()))
    assert (sorted(made.segment_ids), made.restricted) in (([1], True), ([2], False))


def test_two_leads_that_are_too_long_together_are_not_put_after_each_other() -> None:
    long = Content(Kind.NEWS, "Lang", lead="x" * 300)
    assert not can_be_both(Part.LEAD, long, long)
    assert (
        joined(long, Content(Kind.NEWS, "Kort", lead="y" * 200), Choice({Part.LEAD: Side.BOTH}, ())).lead
        == long.lead
    )


def test_news_made_of_an_event_has_no_day() -> None:
    news = Content(Kind.NEWS, "Verslag")
    made = joined(FIRST, news, Choice({Part.KIND: Side.SECOND}, ()))
    assert (made.kind, made.starts_at, made.place) == (Kind.NEWS, None, "")


def test_a_text_is_chosen_paragraph_by_paragraph() -> None:
    assert paragraphs("Een\nregel.\r\n\r\n- a\n- b\n\n\nDrie.") == ("Een\nregel.", "- a\n- b", "Drie.")


def test_what_the_other_text_says_too_is_marked_as_one_passage() -> None:
    text = "Het OM bezoekt morgen scholen, want geldezels vallen op."
    found = passages(text, "Het Openbaar Ministerie komt op school. Geldezels vallen altijd op.")
    assert "".join(one.text for one in found) == text
    assert [one.text for one in found if one.shared] == ["OM", "scholen", "geldezels vallen"]
