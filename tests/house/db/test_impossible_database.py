"""A database that cannot be is said in one line, by every process, before anything else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
COMMANDS: dict[str, list[str | Path]] = {
    "newsletter": [BIN / "newsletter", "editions", "list"],
    "newsletter db": [BIN / "newsletter", "db", "upgrade"],
    "newsletter send": [BIN / "newsletter", "send"],
    "scheduler": [sys.executable, "-m", "scheduled_jobs"],
    "gunicorn": [BIN / "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"],
}


@pytest.mark.parametrize("url", ["mysql://anna:geheim@db.example/n", "sqlite:////nowhere/at/all/brief.db"])
@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_said_in_one_line(command: str, url: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        COMMANDS[command],
        env={"PATH": os.environ["PATH"], "DEMO": "1", "INSTANCE_DIR": str(tmp_path), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    said = ran.stdout + ran.stderr
    assert ran.returncode != 0
    assert "Traceback" not in said
    assert "geheim" not in said
    assert len([line for line in said.splitlines() if line.startswith("DATABASE_URL")]) == 1
