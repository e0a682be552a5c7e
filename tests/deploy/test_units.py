"""The units of deploy/systemd: what they may on the machine, and that what they start is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from newsletter_service.cli import COMMANDS
from tests.required import missing

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
EXPOSURE = 2.0


def values(unit: Path, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


def test_there_is_one_for_pages_scheduler_and_workers() -> None:
    assert [unit.name for unit in UNITS] == [
        "newsletter-scheduler.service",
        "newsletter-web.service",
        "newsletter-worker@.service",
    ]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_systemd_holds_against_it_is_two_of_ten_at_most(unit: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze (Debian's package systemd) is not installed")
    options = ("--offline=true", "--no-pager", f"--threshold={EXPOSURE * 10:.0f}")
    done = subprocess.run(
        ["systemd-analyze", "security", *options, str(unit)], capture_output=True, text=True, check=False
    )
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found is not None, done.stderr
    assert float(found[1]) <= EXPOSURE
    assert done.returncode == 0


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_runs_as_an_account_of_its_own_on_settings_and_data_of_its_own(unit: Path) -> None:
    assert values(unit, "User") == ["newsletter"]
    assert values(unit, "EnvironmentFile") == ["/etc/newsletter/environment"]
    assert values(unit, "StateDirectory") == ["newsletter"]
    assert "INSTANCE_DIR=/var/lib/newsletter" in values(unit, "Environment")[0]
    assert values(unit, "PartOf") == ["newsletter.target"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_it_starts_is_there_once_the_service_is_installed(unit: Path) -> None:
    (started,) = values(unit, "ExecStart")
    program, first, *more = started.split()
    assert program.startswith("/opt/newsletter/current/bin/")
    if program.endswith("/newsletter"):
        assert first in COMMANDS
    else:
        assert [program.rpartition("/")[2], first, *more] == ["python", "-m", "scheduled_jobs"]


def test_the_settings_of_the_example_are_such_as_there_are() -> None:
    text = (DEPLOY / "environment.example").read_text("utf-8")
    named = re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)
    known = "".join(one.read_text("utf-8") for one in (DEPLOY.parent / "newsletter_service").glob("*.py"))
    assert len(named) > 8
    assert [name for name in named if f'"{name}"' not in known] == []
