from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from newsletter_service.registry.why.rules import Chosen, chosen_at, stopped_by
from newsletter_service.subscriptions.consent.rules import Step
from tests.conftest import NOW


@dataclass(frozen=True)
class Taken:
    step: Step
    at: datetime
    detail: dict[str, Any] | None = None


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def chose(number: int, segments: list[str], topics: list[str], step: Step = Step.CHANGED) -> Taken:
    return Taken(step, day(number), {"segments": segments, "topics": topics, "language": "nl"})


def checked(number: int, step: Step) -> Taken:
    return Taken(step, day(number), {"segment": "politie"})


STEPS = [
    chose(0, ["politie"], [], Step.CONFIRMED),
    checked(1, Step.VERIFIED),
    Taken(Step.CHANGED, day(2), {"changed": ["name"]}),
    chose(3, ["politie", "om"], ["haven"]),
    checked(4, Step.LAPSED),
    chose(5, [], ["haven"]),
]


def test_what_a_reader_had_chosen_is_what_the_last_step_before_says() -> None:
    police = frozenset({"politie"})
    assert chosen_at(STEPS, day(-1)) is None
    assert chosen_at(STEPS, day(0)) == Chosen(police, frozenset(), frozenset())
    assert chosen_at(STEPS, day(2)) == Chosen(police, police, frozenset())
    assert chosen_at(STEPS, day(3)) == Chosen(police | {"om"}, police, frozenset({"haven"}))
    assert chosen_at(STEPS, day(4)) == Chosen(police | {"om"}, frozenset(), frozenset({"haven"}))
    assert chosen_at(STEPS, day(9)) == Chosen(frozenset(), frozenset(), frozenset({"haven"}))


def test_steps_that_tell_no_choices_tell_nothing() -> None:
    assert chosen_at([Taken(Step.CONFIRMED, NOW), checked(0, Step.VERIFIED)], day(9)) is None


def test_a_letter_was_stopped_by_the_step_of_that_very_moment() -> None:
    steps = [Taken(Step.PAUSED, day(0)), Taken(Step.CHANGED, day(1)), Taken(Step.LEFT, day(2))]
    assert stopped_by(steps, day(0)) is Step.PAUSED
    assert stopped_by(steps, day(2)) is Step.LEFT
    assert stopped_by(steps, day(1)) is None
    assert stopped_by(steps, None) is None
