"""Letters as programs on this machine see them: a spam filter, and browsers that show nothing but text."""

import shutil
from collections.abc import Mapping

import pytest

from tests.every_letter.checks import TEXT_BROWSERS, as_text, spam_scores, verdict
from tests.every_letter.kinds import Kind, every_kind
from tests.required import missing

ONE_OF_EACH = [kind for kind in every_kind() if kind.name.endswith("-nl") or kind.name == "restricted-en"]


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    for program in ("spamassassin", *TEXT_BROWSERS):
        if shutil.which(program) is None:
            missing(f"{program} is not installed")


@pytest.fixture(scope="module")
def spam(programs: None) -> Mapping[str, float | None]:
    """The points of each letter, by the name of its kind."""
    return dict(zip((kind.name for kind in ONE_OF_EACH), spam_scores(ONE_OF_EACH), strict=True))


@pytest.mark.parametrize("kind", ONE_OF_EACH, ids=lambda kind: str(kind.name))
def test_no_program_finds_fault_with_a_letter(kind: Kind, spam: Mapping[str, float | None]) -> None:
    seen = verdict(kind, spam[kind.name])
    assert seen.faults == ()
    assert seen.spam is not None
    assert seen.spam <= 0


def test_text_browsers_show_every_item_and_its_restriction() -> None:
    kind = next(kind for kind in every_kind() if kind.name == "restricted-nl")
    for _browser, shown in as_text(kind):
        words = " ".join(shown.split())
        assert "Beperkte toegang · alleen voor politie, OM en burgemeesters, niet doorsturen" in words
        assert "Voorkeuren aanpassen" in words
