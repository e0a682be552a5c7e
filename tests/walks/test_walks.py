"""The walks stay as short as decision 0018 says they are: whoever makes one longer says why, there and here."""

import pytest

from tests.walks.recorder import Step, Walk, walk_of
from tests.walks.walks import all_walks

FILES_AND_RETURNS = {
    "worker to wire": (9, 3),
    "reply to ledger": (5, 0),
    "release": (14, 17),
    "unsubscribe": (9, 3),
}


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Walk]:
    return dict(all_walks(tmp_path_factory.mktemp("walks")))


@pytest.mark.parametrize("name", FILES_AND_RETURNS)
def test_no_walk_gets_longer_unnoticed(name: str, walks: dict[str, Walk]) -> None:
    files, returns = FILES_AND_RETURNS[name]
    walk = walks[name]
    assert walk.entered > 1
    assert (walk.entered, walk.returns) <= (files, returns), walk.files
    assert walk.returns <= returns, walk.files


def test_a_walk_counts_files_and_returns_without_the_furniture() -> None:
    steps = [Step(file, "f") for file in ("a.py", "a.py", "b.py", "db.py", "b.py", "a.py", "c.py")]
    walk = walk_of(steps, furniture=("db.py",))
    assert (walk.entered, walk.returns) == (3, 1)
    assert walk.files == ["a.py", "b.py", "a.py", "c.py"]
