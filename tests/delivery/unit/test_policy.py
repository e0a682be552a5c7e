"""A policy that refuses a letter: it pauses the mailing, but not for ever because of one reader."""

from datetime import timedelta

import pytest

from newsletter_service.delivery.rules import (
    MOST_PAUSES,
    DeliveryState,
    Verdict,
    classify,
    is_about_the_letter,
    settlement,
)
from newsletter_service.smtp.replies import Phase, Reply
from tests.conftest import NOW

LATER = NOW + timedelta(hours=48)
REFUSED = Reply(Phase.RCPT, 550, "5.7.1 policy")


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.DOT])
def test_one_letter_pauses_its_mailing_twice_and_then_fails_alone(phase: Phase) -> None:
    refused = REFUSED._replace(phase=phase)
    seen: list[Verdict] = []
    attempts = 0
    while seen[-1:] != [Verdict.FAIL]:
        seen.append(classify(refused, attempts=attempts))
        costs = is_about_the_letter(refused)
        attempts += settlement(seen[-1], attempts, LATER, NOW, 0.5, costs=costs).counts
    assert seen == [Verdict.PAUSE] * MOST_PAUSES + [Verdict.FAIL]


@pytest.mark.parametrize("phase", [Phase.AUTH, Phase.MAIL])
def test_what_is_refused_to_ourselves_is_never_blamed_on_a_reader(phase: Phase) -> None:
    refused = REFUSED._replace(phase=phase)
    assert classify(refused, attempts=99) is Verdict.PAUSE
    assert not is_about_the_letter(refused)


def test_a_notice_that_nobody_takes_is_given_up_in_the_end() -> None:
    refused = Reply(Phase.MAIL, 552, "5.3.4 too large")
    assert classify(refused, pausable=False) is Verdict.UNREACHABLE
    waiting = settlement(Verdict.UNREACHABLE, 0, LATER, NOW, 0.5)
    assert (waiting.state, waiting.counts) == (DeliveryState.READY, False)
    over = [settlement(Verdict.UNREACHABLE, attempts, NOW, NOW, 0.5) for attempts in range(5)]
    assert [one.state for one in over] == [DeliveryState.DEFERRED] * 4 + [DeliveryState.FAILED]
    assert all(one.counts for one in over)
