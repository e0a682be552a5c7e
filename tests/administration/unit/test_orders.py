from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.administration.rules import Act, moved


def test_one_goes_up_or_down_by_a_place_and_stays_at_the_end() -> None:
    assert moved([1, 2, 3], 2, Act.UP) == [2, 1, 3]
    assert moved([1, 2, 3], 2, Act.DOWN) == [1, 3, 2]
    assert moved([1, 2, 3], 1, Act.UP) == [1, 2, 3]
    assert moved([1, 2, 3], 3, Act.DOWN) == [1, 2, 3]


@given(st.lists(st.integers(), min_size=1, unique=True), st.data())
def test_nobody_is_lost_and_down_takes_back_up(ids: list[int], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(ids))
    after = moved(ids, one, Act.UP)
    assert sorted(after) == sorted(ids)
    if after != ids:
        assert moved(after, one, Act.DOWN) == ids
