import pytest

from newsletter_service.publisher.models import Organisation, UnreadableColours
from newsletter_service.publisher.rules import UNCHOSEN


def test_an_organisation_that_has_not_chosen_can_be_read() -> None:
    assert str(Organisation(colours=UNCHOSEN).livery) == UNCHOSEN


def test_colours_that_somebody_could_not_read_are_refused_with_the_pair_named() -> None:
    with pytest.raises(UnreadableColours) as refused:
        Organisation(colours="#0b5587 #5f93b5 #e2eef6 #58a6d8 #b3daf3 #15344a")
    assert str(refused.value) == (
        "ink on tint in light: 2.8, 4.5 is needed; ink on ground in light: 3.1, 4.5 is needed; "
        "ink on paper in light: 3.3, 4.5 is needed; ink on sunk in light: 2.8, 4.5 is needed"
    )


def test_colours_are_kept_as_they_are_compared() -> None:
    assert Organisation(colours=UNCHOSEN.upper()).colours == UNCHOSEN
