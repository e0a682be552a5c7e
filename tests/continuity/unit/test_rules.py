from datetime import UTC, datetime

import pytest

from newsletter_service.continuity.rules import Known, Place, Seen, Why, why_still

HERE, ELSEWHERE = Place("here", 1), Place("elsewhere", 1)
PROMOTED = Place("here", 2)
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DATABASE = Known(("name", "after a restore"), 7, HERE)


@pytest.mark.parametrize(
    ("place", "seen", "why"),
    [
        (HERE, None, None),
        (HERE, Seen("after a restore", 7, AT), None),
        (HERE, Seen("after a restore", 6, AT), None),
        (HERE, Seen("after a restore", 8, AT), Why.PUT_BACK),
        (HERE, Seen("name", 900, AT), None),
        (HERE, Seen("of a later restore", 1, AT), Why.PUT_BACK),
        (ELSEWHERE, None, Why.COPIED),
        (ELSEWHERE, Seen("after a restore", 7, AT), Why.COPIED),
        (ELSEWHERE, Seen("after a restore", 8, AT), Why.PUT_BACK),
        (PROMOTED, None, Why.COPIED),
        (PROMOTED, Seen("after a restore", 7, AT), None),
        (PROMOTED, Seen("after a restore", 8, AT), Why.PUT_BACK),
    ],
)
def test_a_database_goes_on_only_where_it_was_and_with_all_that_this_machine_saw_of_it(
    place: Place, seen: Seen | None, why: Why | None
) -> None:
    assert why_still(DATABASE, place, seen) is why
