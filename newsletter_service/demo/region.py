"""The invented region of the demonstration, as it is set up."""

import tomllib
from functools import cache
from pathlib import Path

from newsletter_service.setup.plans import Plan
from newsletter_service.setup.rules import read_plan

_FILE = Path(__file__).with_name("region.toml")


@cache
def region() -> Plan:
    """What the demonstration is set up with."""
    return read_plan(tomllib.loads(_FILE.read_text("utf-8")))
