"""What counts as trouble, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter_service.health.rules import (
    Disk,
    DueEdition,
    Observation,
    Run,
    Server,
    Symptom,
    is_about_to_end,
    overdue,
    shortage,
    silence,
    symptoms,
)
from newsletter_service.smtp.certificates import Validity

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
GB = 1024**3


def ago(**by: float) -> datetime:
    return NOW - timedelta(**by)


def lasting(*, life: float, left: float) -> Validity:
    """A certificate that holds for so many days in all, and for so many more."""
    return Validity(NOW + timedelta(days=left - life), NOW + timedelta(days=left))


GOOD = Server("mail.example:25", validity=lasting(life=90, left=40))


@pytest.mark.parametrize(
    ("seen", "kinds"),
    [
        (Observation(), []),
        (Observation(smtp=GOOD, web=GOOD), []),
        (Observation(editions=[DueEdition(4, ago(minutes=10))]), []),
        (
            Observation(editions=[DueEdition(4, ago(minutes=11)), DueEdition(5, ago(hours=9))]),
            ["edition_late"] * 2,
        ),
        (Observation(smtp=Server("mail.example:25", "535 no")), ["smtp_refuses"]),
        (Observation(oldest_due=ago(minutes=31)), ["letters_wait"]),
        (Observation(oldest_due=ago(hours=9), workers=1), []),
        (Observation(oldest_due=ago(hours=9), smtp=Server("x", "535 no")), ["smtp_refuses"]),
        (Observation(smtp=Server("x", validity=lasting(life=90, left=13))), ["certificate"]),
        (Observation(web=Server("x", "the server's certificate has expired")), ["certificate"]),
        (Observation(failing=[Run("finish-due", ago(minutes=11), "KeyError")]), ["job_fails"]),
        (Observation(failing=[Run("finish-due", ago(minutes=9), "KeyError")]), []),
        (Observation(failing=[Run("deliver", ago(hours=1), "no")], smtp=Server("x", "no")), ["smtp_refuses"]),
    ],
)
def test_what_is_seen_and_what_is_wrong_with_it(seen: Observation, kinds: list[str]) -> None:
    assert [one.kind for one in symptoms(seen, NOW)] == kinds


@pytest.mark.parametrize(
    ("disks", "stands", "megabytes"),
    [
        ([Disk(GB, 100 * GB)], False, None),
        ([Disk(GB - 1, 100 * GB)], False, 1023),
        ([Disk(GB - 1, 5 * GB)], False, None),
        ([Disk(GB + 1, 100 * GB)], True, 1024),
        ([Disk(GB * 5 // 4, 100 * GB)], True, None),
        ([Disk(50 * GB, 100 * GB), Disk(GB // 2, 20 * GB)], False, 512),
        ([Disk(GB // 2, 2 * GB), Disk(GB - 1, 20 * GB)], False, 1023),
    ],
)
def test_a_machine_is_short_of_disk_until_there_is_a_quarter_more_than_too_little(
    disks: list[Disk], stands: bool, megabytes: int | None
) -> None:
    assert shortage(disks, stands=stands) == megabytes


def test_a_symptom_says_of_what_it_is_one() -> None:
    (found,) = symptoms(Observation(editions=[DueEdition(4, ago(hours=1))]), NOW)
    assert found == Symptom(found.kind, "4", {"due_at": "2026-11-27T11:00:00+00:00"})


@pytest.mark.parametrize(
    ("life", "left", "ends"),
    [
        (90, 15, False),
        (90, 13, True),
        (365, 15, False),
        (6, 3, False),
        (6, 1, True),
        (45, 10, False),
        (90, -1, True),
    ],
)
def test_a_certificate_is_about_to_end_by_its_own_life(life: float, left: float, ends: bool) -> None:
    assert is_about_to_end(lasting(life=life, left=left), NOW) is ends


def test_a_scheduler_is_silent_since_it_last_spoke_or_since_somebody_listens() -> None:
    assert silence(ago(minutes=5), ago(hours=1), NOW) == timedelta(minutes=5)
    assert silence(ago(hours=9), ago(minutes=1), NOW) == timedelta(minutes=1)
    assert silence(None, ago(minutes=3), NOW) == timedelta(minutes=3)
    assert silence(NOW + timedelta(hours=1), ago(hours=1), NOW) == timedelta()


def test_overdue_is_what_is_overdue_for_longest() -> None:
    assert overdue([], NOW) == timedelta()
    assert overdue([DueEdition(1, ago(hours=1)), DueEdition(2, ago(hours=3))], NOW) == timedelta(hours=3)
