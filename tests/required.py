"""What to do when a part that a test needs is not on the machine."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test where somebody tries the project out; fail it in CI, where nothing may be skipped."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}; CI must have it")
    pytest.skip(what)
