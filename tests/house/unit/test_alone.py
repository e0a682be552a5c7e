"""Tests that need the machine for themselves have it."""

import threading
from pathlib import Path

import pytest

from tests.alone import turn
from tests.chaos.waiting import PATIENCE_SECONDS


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (True, True)])
def test_whoever_is_alone_waits_for_others_and_they_for_it(tmp_path: Path, first: bool, second: bool) -> None:
    gate, room, came = tmp_path / "gate", tmp_path / "room", threading.Event()
    gate.touch()
    room.touch()

    def come() -> None:
        with turn(gate, room, alone=second):
            came.set()

    with turn(gate, room, alone=first):
        other = threading.Thread(target=come)
        other.start()
        assert not came.wait(0.05)
    assert came.wait(PATIENCE_SECONDS)
    other.join()


def test_all_others_run_beside_each_other(tmp_path: Path) -> None:
    gate, room = tmp_path / "gate", tmp_path / "room"
    gate.touch()
    room.touch()
    came = threading.Event()

    def come() -> None:
        with turn(gate, room, alone=False):
            came.set()

    with turn(gate, room, alone=False):
        other = threading.Thread(target=come)
        other.start()
        assert came.wait(PATIENCE_SECONDS)
        other.join()
