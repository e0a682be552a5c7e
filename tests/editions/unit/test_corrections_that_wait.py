from datetime import UTC, datetime, timedelta

import pytest

from newsletter_service.editions.corrections.rules import Next, due_at, what_next
from newsletter_service.editions.rules import BRAKE, ReleaseRule

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
AUTOMATIC, BOTH = ReleaseRule.AUTOMATIC, ReleaseRule.BOTH
SOON, JUST_NOW, LONG_AGO = NOW + timedelta(minutes=1), NOW, NOW - BRAKE - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("rule", "missing", "due", "held", "expected"),
    [
        (AUTOMATIC, (2,), SOON, False, Next.WAIT),
        (AUTOMATIC, (2,), JUST_NOW, False, Next.GO),
        (AUTOMATIC, (2,), LONG_AGO, False, Next.HOLD),
        (AUTOMATIC, (2,), JUST_NOW, True, Next.WAIT),
        (AUTOMATIC, (2,), LONG_AGO, True, Next.WAIT),
        (AUTOMATIC, (2,), None, False, Next.WAIT),
        (AUTOMATIC, (), SOON, False, Next.GO),
        (AUTOMATIC, (), None, True, Next.GO),
        (BOTH, (2,), None, False, Next.WAIT),
        (BOTH, (2,), JUST_NOW, False, Next.WAIT),
        (BOTH, (2,), LONG_AGO, False, Next.WAIT),
        (BOTH, (), None, False, Next.GO),
        (BOTH, (), None, True, Next.GO),
    ],
)
def test_a_correction_goes_when_all_agree_or_when_its_time_comes_and_nobody_holds_it(
    rule: ReleaseRule, missing: tuple[int, ...], due: datetime | None, held: bool, expected: Next
) -> None:
    assert what_next(rule, missing, due, NOW, held=held) is expected


def test_only_under_the_automatic_rule_has_it_a_time() -> None:
    assert due_at(AUTOMATIC, 30, NOW, held=False) == NOW + timedelta(minutes=30)
    assert due_at(AUTOMATIC, 30, NOW, held=True) is None
    assert due_at(BOTH, 30, NOW, held=False) is None
