"""Settings that cannot work are said in one line each, by every process, which then ends: also gunicorn, at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.waiting import PATIENCE_SECONDS

BIN = Path(sys.executable).parent
COMMANDS: dict[str, list[str | Path]] = {
    "newsletter": [BIN / "newsletter", "editions", "list"],
    "newsletter db": [BIN / "newsletter", "db", "upgrade"],
    "newsletter send": [BIN / "newsletter", "send"],
    "newsletter send --watch": [BIN / "newsletter", "send", "--watch"],
    "newsletter serve": [BIN / "newsletter", "serve", "--bind", "127.0.0.1:0"],
    "scheduler": [sys.executable, "-m", "scheduled_jobs"],
    "gunicorn": [BIN / "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"],
}
DATABASES = ["mysql://anna:geheim@db.example/n", "sqlite:////nowhere/at/all/brief.db"]
IMPOSSIBLE = {
    "DATABASE_URL": DATABASES[0],
    "BOUNCE_DOMAIN": "terug@nieuwsbrief.example",
    "SMTP_HOST": "smtp://mail.nieuwsbrief.example",
    "SMTP_CA_FILE": "/nowhere/at/all/ca.pem",
    "SMTP_PASSWORD": "geheim",
    "DKIM_SELECTOR": "twee woorden",
    "LOG_FORMAT": "xml",
}


def run(command: str, tmp_path: Path, **settings: str) -> list[str]:
    """The lines that a process said before it ended by itself, not well."""
    ran = subprocess.run(
        COMMANDS[command],
        env={"PATH": os.environ["PATH"], "DEMO": "1", "INSTANCE_DIR": str(tmp_path), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    said = ran.stdout + ran.stderr
    assert ran.returncode != 0
    assert "Traceback" not in said
    assert "geheim" not in said
    return said.splitlines()


@pytest.mark.parametrize("url", DATABASES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_cannot_be_is_said_in_one_line(command: str, url: str, tmp_path: Path) -> None:
    said = run(command, tmp_path, DATABASE_URL=url)
    assert len([line for line in said if line.startswith("DATABASE_URL")]) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_each_setting_that_cannot_work_is_said_in_one_line(command: str, tmp_path: Path) -> None:
    said = run(command, tmp_path, **IMPOSSIBLE)
    named = [
        line.split()[0] for line in said if line.split()[0:1] and line.split()[0] in {*IMPOSSIBLE, "DEMO"}
    ]
    assert sorted(named) == sorted([*IMPOSSIBLE, "DEMO"])  # a demonstration has no server elsewhere, too


def test_a_name_that_is_nearly_a_setting_is_said_and_stops_nothing(tmp_path: Path) -> None:
    said = run("newsletter", tmp_path, SMTP_HOTS="mail.example")
    assert "SMTP_HOTS is no setting: is SMTP_HOST meant?" in said
    assert any("needs `newsletter db upgrade`" in line for line in said)
