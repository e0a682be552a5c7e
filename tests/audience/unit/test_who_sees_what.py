from collections.abc import Set
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.audience.rules import (
    ANYONE,
    ItemView,
    ListedDomain,
    SubscriberView,
    may_see,
    member_of,
    proof_of,
    subscriber_view,
    visible,
)

POLICE, MAYORS = 1, 2
DRUGS, FRAUD = 11, 12


def reader(
    segments: Set[int] = frozenset(), verified: Set[int] = frozenset(), topics: Set[int] = frozenset()
) -> SubscriberView:
    return SubscriberView(frozenset(segments), frozenset(verified), frozenset(topics))


def item(
    segments: Set[int] = frozenset(),
    topics: Set[int] = frozenset(),
    *,
    restricted: bool = False,
    number: int = 1,
) -> ItemView:
    return ItemView(number, frozenset(segments), frozenset(topics), restricted)


CASES = [
    ("an item for everyone reaches a reader without segments", reader(), item(), True),
    ("an item for a segment reaches those who claim it", reader({POLICE}), item({POLICE}), True),
    ("an item for a segment stays away from others", reader({MAYORS}), item({POLICE}), False),
    ("one of several segments is enough", reader({MAYORS}), item({POLICE, MAYORS}), True),
    ("a claim is not enough for a restricted item", reader({POLICE}), item({POLICE}, restricted=True), False),
    (
        "a verified member sees a restricted item",
        reader({POLICE}, {POLICE}),
        item({POLICE}, restricted=True),
        True,
    ),
    (
        "being verified elsewhere does not help",
        reader({POLICE, MAYORS}, {MAYORS}),
        item({POLICE}, restricted=True),
        False,
    ),
    ("a claim that awaits its check blocks no general item", reader({POLICE}), item(), True),
    ("a reader without topics gets all topics", reader(), item(topics={DRUGS}), True),
    ("an item without topics is for all", reader(topics={FRAUD}), item(), True),
    ("a chosen topic is enough", reader(topics={FRAUD, DRUGS}), item(topics={DRUGS}), True),
    ("an item about other topics stays away", reader(topics={FRAUD}), item(topics={DRUGS}), False),
    (
        "segment and topic must both fit",
        reader({POLICE}, topics={FRAUD}),
        item({POLICE}, topics={DRUGS}),
        False,
    ),
]


@pytest.mark.parametrize(
    ("who", "what", "seen"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_one_rule(who: SubscriberView, what: ItemView, seen: bool) -> None:
    assert may_see(who, what) is seen


def test_what_is_visible_keeps_its_order() -> None:
    items = [item(number=3), item({POLICE}, number=1), item(number=2)]
    assert visible(items, reader()) == (3, 2)
    assert visible(items, member_of(POLICE)) == (3, 1, 2)


def test_a_previewed_member_is_verified_and_chose_no_topics() -> None:
    assert may_see(member_of(POLICE), item({POLICE}, {DRUGS}, restricted=True))


def test_a_passer_by_sees_only_what_is_for_everyone() -> None:
    assert may_see(ANYONE, item(topics={DRUGS}))
    assert not may_see(ANYONE, item({POLICE}))


@pytest.mark.parametrize(
    ("domain", "alone", "with_subdomains"),
    [
        ("politie.example", True, True),
        ("rotterdam.politie.example", False, True),
        ("nepolitie.example", False, False),
        ("politie.example.test", False, False),
        ("example", False, False),
    ],
)
def test_a_listed_domain_proves_for_its_addresses_and_for_those_below_it_if_it_says_so(
    domain: str, alone: bool, with_subdomains: bool
) -> None:
    assert (proof_of(domain, [ListedDomain("politie.example")]) is not None) is alone
    wide = ListedDomain("politie.example", subdomains=True)
    assert (proof_of(domain, [wide]) is not None) is with_subdomains


def test_of_two_listed_domains_the_nearest_is_the_proof() -> None:
    near = ListedDomain("rotterdam.politie.example", subdomains=True)
    far = ListedDomain("politie.example", subdomains=True)
    assert proof_of("wijk.rotterdam.politie.example", [far, near]) == near


def test_only_verified_claims_count_for_restricted_items() -> None:
    view = subscriber_view({POLICE: True, MAYORS: False}, [DRUGS])
    assert view == reader({POLICE, MAYORS}, {POLICE}, {DRUGS})


ids = st.sets(st.integers(1, 4), max_size=3)


@given(ids, ids, ids, ids, st.booleans(), st.integers(1, 4))
def test_claiming_more_segments_never_hides_anything(
    claimed: set[int], topics: set[int], for_segments: set[int], about: set[int], restricted: bool, extra: int
) -> None:
    what = item(for_segments, about, restricted=restricted)
    before, after = reader(claimed, set(), topics), reader(claimed | {extra}, set(), topics)
    assert may_see(after, what) or not may_see(before, what)


def test_verified_members_see_all_that_other_members_see() -> None:
    for for_segments, restricted in product([set(), {POLICE}, {MAYORS}], [False, True]):
        what = item(for_segments, restricted=restricted)
        assert may_see(member_of(POLICE), what) or not may_see(reader({POLICE}), what)
